"""Many people at the same few products at once, beside runs of the whole plan."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from functools import partial
from itertools import islice
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from dashboard import models, planning
from dashboard.actions.purchase_order_dates.action import move_date
from dashboard.actions.receipts.action import receive
from dashboard.database import db
from tests.factories import World
from tests.scenarios.hands import SKUS, Hand, Posted, faults, open_shop, unknown_to_history
from tests.scenarios.killed import Done, loads

WRITERS = 4
ACTS_EACH = 10
LOADED_ORDERS = 20
FEW_SKUS = ("CHAIR", "LAMP", "RUG")
PATIENCE_SECONDS = 120
DEADLOCK = "40P01"  # what PostgreSQL calls it; SQLite has one writer

SEEDS = [0, *(pytest.param(seed, marks=pytest.mark.deep) for seed in range(1, 16))]


class Crowd:
    """Threads, each with a context of its own as each request has, and what went wrong in them."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.errors: list[BaseException] = []
        self.threads: list[threading.Thread] = []

    def send(self, work: Callable[..., None], *args: object) -> threading.Thread:
        def run() -> None:
            try:
                with self.app.test_request_context():  # letters name the address that was asked
                    work(*args)
            except BaseException as error:
                self.errors.append(error)

        thread = threading.Thread(target=run, daemon=True)
        self.threads.append(thread)
        thread.start()
        return thread

    def wait(self) -> None:
        for thread in self.threads:
            thread.join(PATIENCE_SECONDS)
            assert not thread.is_alive(), "somebody waits for ever"


@contextmanager
def deadlocks() -> Iterator[list[str]]:
    """Statements that the database gave up because two transactions waited for each other."""
    found: list[str] = []

    def look(context: sa.engine.ExceptionContext) -> None:
        if getattr(context.original_exception, "sqlstate", None) == DEADLOCK:
            found.append(str(context.statement))

    sa.event.listen(db.engine, "handle_error", look)
    yield found
    sa.event.remove(db.engine, "handle_error", look)


def at_once(app: Flask, acts: Iterable[Callable[[], object]]) -> list[str]:
    """Does all of these at the same moment, each in a thread of its own; says which statements dead-locked."""
    acts = list(acts)
    crowd, start = Crowd(app), threading.Barrier(len(acts))

    def act(what: Callable[[], object]) -> None:
        start.wait(PATIENCE_SECONDS)
        what()

    with deadlocks() as waits:
        for what in acts:
            crowd.send(act, what)
        crowd.wait()
    assert crowd.errors == []
    return waits


def test_products_that_reach_a_new_place_at_once_make_it_once(app: Flask, world: World) -> None:
    for sku in SKUS:
        world.purchase_order(f"PO-{sku}", sku, 9, expected="2026-03-20")
        world.order(sku, sku, 5, placed="2026-03-01")
    world.plan()
    lines = [world.po_line(f"PO-{sku}").id for sku in SKUS]
    at_once(app, [partial(receive, line, qty=7, at="YARD", actor=None) for line in lines])
    assert world.reserved() == dict.fromkeys(SKUS, 5)
    assert list(planning.check()) == []


def test_acts_from_which_estimates_learn_do_not_wait_for_each_other_for_ever(
    app: Flask, world: World, today: date
) -> None:
    for sku in SKUS:
        world.stock(sku, 3)
        world.purchase_order(f"PO-{sku}", sku, 9)
        world.order(sku, sku, 5, placed="2026-03-01", customer=sku)
    world.plan()
    lines = [world.po_line(f"PO-{sku}").id for sku in SKUS]
    first_dates = [partial(move_date, line, to=today + timedelta(5), why="at last", actor=None) for line in lines]
    receipts = [partial(receive, line, qty=1, at="MAIN", actor=None) for line in lines]
    assert at_once(app, first_dates + receipts) == []
    assert {world.waiting(sku).eta for sku in SKUS} == {today + timedelta(5)}
    assert list(planning.check()) == []


def test_what_one_customer_waits_for_is_counted_once_when_it_changes_by_many_hands(app: Flask, world: World) -> None:
    for sku in SKUS:
        world.purchase_order(f"PO-{sku}", sku, 9, expected="2026-03-20")
        world.order(sku, sku, 9, placed="2026-03-01", customer="ADA")
    world.plan()

    def receive_bit_by_bit(line: int) -> None:
        for _ in range(4):
            receive(line, qty=2, at="MAIN", actor=None)

    at_once(app, [partial(receive_bit_by_bit, world.po_line(f"PO-{sku}").id) for sku in SKUS])
    assert world.reserved() == dict.fromkeys(SKUS, 8)
    assert list(planning.check()) == []


@pytest.mark.parametrize("seed", SEEDS)
def test_many_people_post_acts_while_the_plan_is_run_over_and_over(app: Flask, world: World, seed: int) -> None:
    open_shop(world, random.Random(seed), orders=15, skus=FEW_SKUS)
    crowd, done, all_done = Crowd(app), list[Posted](), threading.Event()
    runs: list[planning.Planned] = []

    def post_acts(number: int) -> None:
        hand = Hand(random.Random(seed * WRITERS + number))
        for _ in range(ACTS_EACH):
            posted = hand.post_any()
            if posted is not None:
                done.append(posted)

    def plan_over_and_over() -> None:
        while not all_done.is_set():
            runs.append(planning.plan())

    with deadlocks() as waits:
        writers = [crowd.send(post_acts, number) for number in range(WRITERS)]
        crowd.send(plan_over_and_over)
        for writer in writers:
            writer.join(PATIENCE_SECONDS)
        all_done.set()
        crowd.wait()

    assert crowd.errors == []
    assert waits == []
    assert runs
    assert len(done) >= WRITERS
    assert list(faults()) == []
    assert list(planning.check()) == []
    assert _untold(done) == []


@pytest.mark.parametrize("seed", SEEDS)
def test_files_are_loaded_while_people_post_acts(app: Flask, world: World, tmp_path: Path, seed: int) -> None:
    open_shop(world, random.Random(seed), orders=15)
    crowd, done = Crowd(app), list[Posted]()
    files: list[Done] = []

    def post_acts(number: int) -> None:
        hand = Hand(random.Random(seed * WRITERS + number))
        done.extend(filter(None, (hand.post_any() for _ in range(ACTS_EACH))))

    def load_files() -> None:
        files.extend(islice(loads(seed, tmp_path), LOADED_ORDERS))

    with deadlocks() as waits:
        for number in range(WRITERS - 1):
            crowd.send(post_acts, number)
        crowd.send(load_files)
        crowd.wait()

    assert crowd.errors == []
    assert waits == []
    planning.plan()
    assert list(faults(files_count=True)) == []
    assert list(planning.check()) == []
    assert _untold(done) == []
    numbers = db.session.scalars(sa.select(models.Order.number).where(models.Order.number.like("FILE-%"))).all()
    assert set(numbers) >= {number for _, number in files}


def _untold(done: list[Posted]) -> list[tuple[str, str]]:
    """Acts that were answered and that the history does not know: what was done, and what was said."""
    unknown = unknown_to_history({posted.submission for posted in done})
    return [(posted.verb, posted.outcome.notice) for posted in done if posted.submission in unknown]
