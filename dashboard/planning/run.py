"""One planning run: read, derive, compare, write the difference."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace

import numpy as np
from flask import current_app
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError, OperationalError

from dashboard import clock, estimates, models, topics
from dashboard.bulk import Words, staged, upsert
from dashboard.database import day_number, db, in_transaction, transaction
from dashboard.domain.aging import WAITING_LINES
from dashboard.planning import summaries
from dashboard.planning.derive import Plan, derive
from dashboard.planning.facts import read_facts
from dashboard.planning.writing import Difference, find_difference, write_difference

# A run that finds the facts moved begins again; after this many attempts it keeps everybody else out while it reads.
FREE_ATTEMPTS = 2

# Any number that no other advisory lock of the desk uses.
PLANNING_LOCK = 7_305_117


@dataclass(frozen=True, slots=True)
class Planned:
    """What a run found and what it changed."""

    open_lines: int
    reserved_lines: int
    waiting_lines: int
    units_reserved: int
    units_backordered: int
    pegs: int
    changed: np.ndarray = field(repr=False)  # line id and part of everything that changed
    seconds: float = 0.0

    @property
    def changed_lines(self) -> int:
        return len(self.changed)


def facts_changed(session, *, history: bool = True) -> None:
    """Says that facts changed: the last call of a transaction that writes any, so that no plan of older facts is kept.

    `history` is false where estimates have nothing to learn from the change (a count, a priority, a hold).
    """
    topics.bump(session.connection(), topics.FACTS, *([topics.HISTORY] if history else []))


def plan() -> Planned:
    """Re-derives the whole plan and saves the difference; with the same facts on the same day that is nothing.

    Inside a transaction it joins it. Else facts are read and the plan is derived while others write; if they did, it
    begins again, at last with the writers kept out.
    """
    begun = time.monotonic()
    if in_transaction():
        db.session().flush()
        return _timed(plan_alone(db.session().connection()), begun)
    for _ in range(FREE_ATTEMPTS):
        if estimates.is_stale(db.session().connection()):
            with transaction() as session:
                estimates.refresh_if_stale(session.connection())
        work = _work_out(db.session().connection())
        try:
            with transaction() as session:
                connection = session.connection()
                keep_planners_out(connection)
                if topics.versions(connection, topics.FACTS, topics.PLAN) == work.seen and _is_today(work):
                    return _timed(_save(connection, work), begun)
        except (IntegrityError, OperationalError):
            # Facts that were committed between the look and the write; the next attempt sees them.
            continue
    with transaction() as session:
        return _timed(plan_alone(session.connection()), begun)


@dataclass(frozen=True, slots=True)
class _Work:
    seen: tuple[int, ...]
    today: int
    words: Words
    open_lines: int
    plan: Plan
    difference: Difference


def plan_alone(connection) -> Planned:
    """Reads and writes in one transaction."""
    keep_planners_out(connection)
    estimates.refresh_if_stale(connection)
    return _save(connection, _work_out(connection))


def _work_out(connection) -> _Work:
    """Everything that needs no lock. The versions are read first: a plan of newer facts under an older version is
    thrown away, the other way round it would be kept for ever.
    """
    seen = topics.versions(connection, topics.FACTS, topics.PLAN)
    facts = read_facts(connection, today=clock.today(), region=current_app.config["SHOP_REGION"])
    derived = derive(facts, lambda skus, days: estimates.judge_spikes(connection, skus, days))
    reserved_copies, open_lines = facts.shelf.reserved, len(facts.lines.id)
    today, words = facts.today, facts.words
    del facts  # A third of all memory; the comparison reads the stored plan into its place.
    return _Work(seen, today, words, open_lines, derived, find_difference(connection, derived, reserved_copies))


def _save(connection, work) -> Planned:
    state = models.PlanState
    shop_day = connection.scalar(select(state.shop_day))
    new_day = shop_day is None or day_number(shop_day) != work.today
    difference = work.difference
    if not difference.is_empty or new_day or len(work.plan.spikes.sku_id):
        _write(connection, work, new_day)
        topics.bump(connection, topics.PLAN)
    derived = work.plan
    backordered = derived.waiting.qty_open - derived.waiting.qty_reserved
    return Planned(
        work.open_lines,
        len(derived.reserved.line_id),
        len(derived.waiting.line_id),
        int(derived.reserved.qty_reserved.sum()),
        int(backordered.sum()),
        len(derived.pegs.line_id),
        difference.changed_parts(derived),
    )


def _write(connection, work, new_day):
    derived, difference = work.plan, work.difference
    after = summaries.counted(derived)
    touched = summaries.changed_customers(connection, derived, difference)
    before = None
    if not new_day:
        with staged(connection, "plan_customers", customer_id=touched) as customers:
            before = summaries.stored(connection, work.words, customers)
        after = after.of(np.isin(after.customer_id, touched))
    write_difference(connection, derived, difference)
    summaries.write_summaries(connection, before, after, work.words, today=work.today)
    estimates.keep_spikes(connection, derived.spikes)
    _keep_snapshot(connection, len(np.unique(derived.waiting.line_id)))
    state = upsert(connection, models.PlanState).values(
        id=1,
        shop_day=clock.today(),
        planned_at=clock.now(),
    )
    connection.execute(
        state.on_conflict_do_update(
            index_elements=["id"],
            set_={"shop_day": state.excluded.shop_day, "planned_at": state.excluded.planned_at},
        )
    )


def _keep_snapshot(connection, waiting_lines):
    """How many lines wait, under today: the last run of a day leaves the figure with which the day ended."""
    figure = upsert(connection, models.DailySnapshot).values(
        day=clock.today(), figure=WAITING_LINES, key="", currency="", amount=waiting_lines
    )
    connection.execute(
        figure.on_conflict_do_update(
            index_elements=["day", "figure", "key", "currency"], set_={"amount": figure.excluded.amount}
        )
    )


def keep_planners_out(connection):
    """One planner at a time, until the transaction ends. SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(PLANNING_LOCK)))


def _is_today(work):
    return work.today == day_number(clock.today())


def _timed(planned, begun):
    return replace(planned, seconds=time.monotonic() - begun)
