"""Any acts, by anybody, in any order: what must be true of a shop is true after each of them."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import current_app
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from dashboard import planning
from dashboard.database import Base, db, transaction
from tests.factories import World
from tests.scenarios.hands import Hand, Posted, faults, holds_by_order, open_shop, units_ordered

CHANCE = st.randoms(use_true_random=False)
# What one shop leaves to the next one: acts cannot be taken out of the history, and people stay.
LASTING = {"acts", "submissions"}


class AnyActs(RuleBasedStateMachine):
    """A shop whose staff post whatever comes to mind."""

    first_day: date
    lasting: set[str]
    ordered: int  # units on purchase orders, by whomever

    @initialize(seed=st.integers(0, 2**32))
    def open(self, seed: int) -> None:
        current_app.config["BUSINESS_DATE"] = self.first_day
        clear(self.lasting)
        open_shop(World(), random.Random(seed))
        self.ordered = units_ordered()
        self.is_planned = True

    @rule(chance=CHANCE)
    def receive(self, chance: random.Random) -> None:
        self.do(Hand(chance).receive)

    @rule(chance=CHANCE)
    def reverse(self, chance: random.Random) -> None:
        self.do(Hand(chance).reverse)

    @rule(chance=CHANCE)
    def count(self, chance: random.Random) -> None:
        self.do(Hand(chance).count)

    @rule(chance=CHANCE)
    def cut(self, chance: random.Random) -> None:
        self.do(Hand(chance).cut)

    @rule(chance=CHANCE)
    def cancel(self, chance: random.Random) -> None:
        self.do(Hand(chance).cancel)

    @rule(chance=CHANCE)
    def ship(self, chance: random.Random) -> None:
        self.do(Hand(chance).ship)

    @rule(chance=CHANCE)
    def move_date(self, chance: random.Random) -> None:
        self.do(Hand(chance).move_date)

    @rule(chance=CHANCE)
    def prioritise(self, chance: random.Random) -> None:
        self.do(Hand(chance).prioritise)

    @rule(chance=CHANCE)
    def fix(self, chance: random.Random) -> None:
        self.do(Hand(chance).fix)

    @rule(chance=CHANCE)
    def pick(self, chance: random.Random) -> None:
        self.do(Hand(chance).pick)

    @rule(chance=CHANCE)
    def release(self, chance: random.Random) -> None:
        self.do(Hand(chance).release)

    @rule(chance=CHANCE)
    def tie(self, chance: random.Random) -> None:
        self.do(Hand(chance).tie)

    @rule(chance=CHANCE)
    def untie(self, chance: random.Random) -> None:
        self.do(Hand(chance).untie)

    @rule(chance=CHANCE)
    def reassign(self, chance: random.Random) -> None:
        self.do(Hand(chance).reassign)

    @rule(chance=CHANCE)
    def undo_reassignment(self, chance: random.Random) -> None:
        self.do(Hand(chance).undo_reassignment)

    @rule(chance=CHANCE)
    def send_draft(self, chance: random.Random) -> None:
        self.do(Hand(chance).send_draft)

    @rule(chance=CHANCE)
    def split(self, chance: random.Random) -> None:
        self.do(Hand(chance).split)

    @rule(chance=CHANCE)
    def divide(self, chance: random.Random) -> None:
        self.do(Hand(chance).divide)

    @rule(chance=CHANCE)
    def undo_split(self, chance: random.Random) -> None:
        self.do(Hand(chance).undo_split)

    @rule(chance=CHANCE)
    def authorise(self, chance: random.Random) -> None:
        self.do(Hand(chance).authorise)

    @rule(chance=CHANCE)
    def offer(self, chance: random.Random) -> None:
        self.do(Hand(chance).offer)

    @rule(chance=CHANCE)
    def withdraw(self, chance: random.Random) -> None:
        self.do(Hand(chance).withdraw)

    @rule(chance=CHANCE)
    def decide(self, chance: random.Random) -> None:
        self.do(Hand(chance).decide)

    @rule(chance=CHANCE)
    def answer(self, chance: random.Random) -> None:
        self.do(Hand(chance).answer)

    @rule(chance=CHANCE)
    def tell(self, chance: random.Random) -> None:
        self.do(Hand(chance).tell)

    @rule(chance=CHANCE)
    def take_word(self, chance: random.Random) -> None:
        self.do(Hand(chance).take_word)

    @rule()
    def plan(self) -> None:
        before = contents()
        changed = planning.plan().changed_lines
        if self.is_planned:
            assert changed == 0
            assert contents() == before
        self.is_planned = True

    @rule(days=st.integers(1, 3))
    def another_day_begins(self, days: int) -> None:
        current_app.config["BUSINESS_DATE"] += timedelta(days)
        self.is_planned = False

    @invariant()
    def everything_is_as_it_must_be(self) -> None:
        assert list(faults()) == []
        assert units_ordered() == self.ordered, "units were ordered twice, or from nobody"
        if self.is_planned:
            assert list(planning.check()) == []
        db.session.rollback()

    def do(self, act: Callable[[], Posted | None]) -> None:
        held = holds_by_order()
        posted = act()
        before, after = others(held, posted), others(holds_by_order(), posted)
        if posted is not None and posted.order_id is None:
            # Goods that come, or did not, take the units that are tied to them from the supply to the shelf, or back.
            before, after = wherever_they_are(before), wherever_they_are(after)
        assert after == before, "somebody else's hold was touched"
        if posted is None:
            return
        once = contents()
        twice = posted.again()
        assert contents() == once, "the same form, sent again, did something more"
        assert (twice.notice, twice.repeats is None) == (posted.outcome.notice, False)


def others(held: dict[int, list[tuple[Any, ...]]], posted: Posted | None) -> dict[int, list[tuple[Any, ...]]]:
    """The holds of orders that an act was not about."""
    return {order_id: holds for order_id, holds in held.items() if posted is None or order_id != posted.order_id}


def wherever_they_are(held: dict[int, list[tuple[Any, ...]]]) -> dict[int, Counter[tuple[Any, ...]]]:
    """The units that are held of each part, by kind."""
    found: dict[int, Counter[tuple[Any, ...]]] = {}
    for order_id, holds in held.items():
        for _, line_id, part, _, _, kind, qty in holds:
            found.setdefault(order_id, Counter())[line_id, part, kind] += qty
    return found


def contents() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of the shop."""
    db.session.rollback()
    found = {
        table.name: [tuple(row) for row in db.session.execute(sa.select(table).order_by(*table.primary_key))]
        for table in Base.metadata.sorted_tables
    }
    db.session.rollback()
    return found


def clear(lasting: set[str]) -> None:
    """An empty shop, for the next story."""
    with transaction() as session:
        for table in reversed(Base.metadata.sorted_tables):
            if table.name not in lasting:
                session.execute(table.delete())


def _holds_for_any_acts(first_day: date, *, stories: int, acts: int) -> None:
    lasting = LASTING | {name for name, rows in contents().items() if rows} | {"users"}
    machine = type("AnyActsOfThisShop", (AnyActs,), {"first_day": first_day, "lasting": lasting})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=stories,
            stateful_step_count=acts,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            print_blob=True,
        ),
    )


@pytest.mark.usefixtures("world")
def test_whatever_staff_do_in_turn_every_unit_is_accounted_for(today: date) -> None:
    _holds_for_any_acts(today, stories=3, acts=12)


@pytest.mark.deep
@pytest.mark.usefixtures("world")
def test_whatever_staff_do_in_very_many_stories_every_unit_is_accounted_for(today: date) -> None:
    _holds_for_any_acts(today, stories=40, acts=30)
