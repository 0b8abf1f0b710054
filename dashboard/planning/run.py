"""One planning run: read, derive, compare, write the difference.

Run by itself it reads and derives while others write. What differs it writes some hundred rows at a time, as long as
no facts moved since they were read. Once they did, it names the SKUs that are left, and each is derived anew from the
facts of that moment, some thousand lines at a time, as an act would (dashboard/planning/increments.py). So a run never
waits for quiet, and nobody waits for the end of a run.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, fields, replace
from functools import cache

import numpy as np
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError, OperationalError

from dashboard import clock, estimates, models, topics
from dashboard.bulk import Among, Rows, columns, number
from dashboard.database import day_number, day_of, db, in_transaction, transaction
from dashboard.planning import summaries
from dashboard.planning.derive import Plan
from dashboard.planning.increments import keep_still, repeated, replan_step, save_difference
from dashboard.planning.state import (
    close_days,
    keep_planners_out,
    keep_snapshots,
    keep_sums,
    planned_day,
    say_planned,
)
from dashboard.planning.stock_figures import FigureRows, write_figures
from dashboard.planning.supply_figures import OwedDifference, write_owed
from dashboard.planning.whole import Planned, Work, facts_versions, plan_alone, save_whole, work_out
from dashboard.planning.writing import Difference, excerpt
from dashboard.planning.written_aside import StillRead, keep_in_place

# A run that finds the facts moved begins again; after this many attempts it keeps everybody else out while it reads.
FREE_ATTEMPTS = 3

# A step of a run writes so many rows, or derives SKUs with so many open lines: a fraction of a second for whoever waits
# for its end.
STEP_ROWS = 500
STEP_LINES = 2_000


@dataclass(frozen=True, slots=True)
class _Concerned:
    """The SKU (id) of every row of a difference."""

    waiting: np.ndarray
    no_longer_waiting: np.ndarray
    reserved: np.ndarray
    no_longer_reserved: np.ndarray
    stock: np.ndarray
    figures: np.ndarray
    owed: np.ndarray


@dataclass(frozen=True, slots=True)
class _Step:
    """What a run writes of some SKUs in one transaction."""

    skus: np.ndarray
    plan: Plan  # as far as the step writes it
    difference: Difference
    figures: FigureRows
    owed: OwedDifference


def plan() -> Planned:
    """Re-derives the whole plan and saves the difference; with the same facts on the same day that is nothing.

    Inside a transaction it joins it. Else facts are read and the plan is derived while others write.
    """
    begun = time.monotonic()
    if in_transaction():
        db.session().flush()
        planned, _ = plan_alone(db.session().connection())
        return _timed(planned, begun)
    for attempt in range(FREE_ATTEMPTS):
        today = clock.today()
        if estimates.is_stale(db.session().connection()):
            with transaction() as session:
                estimates.refresh_if_stale(session.connection())
        work = work_out(snapshot())
        if work.today != day_number(today):
            continue  # Midnight passed meanwhile: what is learnt is of the day before.
        if work.is_mostly_as_stored:
            planned, is_done = _save_in_steps(work)
        else:
            planned, is_done = _save_at_once(work, aside=not attempt)
        del work
        if is_done:
            return _timed(planned, begun)
    with transaction() as session:
        planned, _ = plan_alone(session.connection())
        return _timed(planned, begun)


def snapshot():
    """The session's connection at the beginning of a read that sees all tables as of one moment."""
    db.session.rollback()
    session = db.session()
    if session.get_bind().dialect.name == "postgresql":
        connection = session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        keep_in_place(connection, models.Waiting.__table__)
        return connection
    return session.connection()


def _save_at_once(work: Work, *, aside: bool):
    """The outcome, and whether it is saved: not if the facts moved since they were read, nor if somebody reads on and
    on in the table whose place another one was to take.
    """
    try:
        with transaction() as session:
            connection = session.connection()
            keep_planners_out(connection)
            if facts_versions(connection) == work.facts_seen and work.today == day_number(clock.today()):
                return save_whole(connection, work, aside=aside), True
    except StillRead:
        pass  # The next attempt writes row by row.
    except (IntegrityError, OperationalError):
        pass  # Facts that were committed between the look and the write; the next attempt sees them.
    return None, False


def _save_in_steps(work: Work):
    """Writes what differs a little at a time; once facts have moved, has the SKUs that are left derived anew, each time
    by the facts as they are then. The outcome, and whether no facts were left to plan meanwhile.
    """
    outcome, spikes, today, left_seen = work.outcome(), work.plan.spikes, work.today, work.left_seen
    concerned = _concerned(db.session().connection(), work)
    steps = _steps_of_rows(concerned)
    for done, skus in enumerate(steps):
        if not _save_as_found(work, _step(work, concerned, skus), done):
            for lines in _steps_of_lines(work, np.concatenate(steps[done:])):
                replan_step(lines)
            break
    with transaction() as session:
        connection = session.connection()
        if day_of(today) != clock.today():
            return outcome, False  # Midnight passed meanwhile: the next attempt is of the new day.
        left, planned = topics.versions(connection, topics.UNPLANNED, topics.PLANNED)
        if steps or len(spikes.sku_id) or planned_day(connection) != day_of(today):
            keep_planners_out(connection)
            stored_day = planned_day(connection)  # read behind the lock: another run may just have turned the day
            if stored_day != day_of(today):
                _turn_day(connection, stored_day, day_of(today))
            estimates.keep_spikes(connection, spikes)
            keep_snapshots(connection, [day_of(today)])
            say_planned(connection, day_of(today))
            topics.bump(connection, topics.PLAN)
        if planned != left_seen:
            topics.catch_up(connection, topics.PLANNED, left_seen)
    return outcome, left == left_seen


def _step(work: Work, concerned: _Concerned, skus: np.ndarray) -> _Step:
    """What a run found of some SKUs, made ready before anybody has to wait for its being written."""
    found = work.difference
    mine = {field.name: np.isin(getattr(concerned, field.name), skus) for field in fields(concerned)}
    difference = Difference(
        found.waiting[mine["waiting"]],
        tuple(column[mine["no_longer_waiting"]] for column in found.no_longer_waiting),
        found.reserved[mine["reserved"]],
        tuple(column[mine["no_longer_reserved"]] for column in found.no_longer_reserved),
        found.stock[mine["stock"]],
        is_first=False,
    )
    return _Step(skus, *excerpt(work.plan, difference), work.figures.of(skus), work.owed.of_skus(skus))


@repeated
def _save_as_found(work: Work, step: _Step, done: int) -> bool:
    """Whether a step could be written as it was derived: not if facts, or others' plans, have moved since they were
    read. Own steps before this one have each moved the plan.
    """
    facts, plan = work.facts_seen
    with transaction() as session:
        connection = session.connection()
        # An act that is under way and whose facts these hang on keeps them too, as coupled ones: it is waited for here.
        keep_still(step.skus.tolist(), planned_later=True)
        if facts_versions(connection) != (facts, plan + done) or day_number(clock.today()) != work.today:
            return False
        shop_day = planned_day(connection)
        close_days(connection, shop_day)
        write_figures(connection, step.figures)
        save_difference(connection, step.plan, step.difference, work.words, shop_day)
        write_owed(connection, step.owed)
        topics.bump(connection, topics.PLAN)
        return True


def _concerned(connection, work: Work) -> _Concerned:
    plan, difference = work.plan, work.difference
    gone, freed = difference.no_longer_waiting[0], difference.no_longer_reserved[0]
    reserved = plan.reserved.line_id[difference.reserved]
    lines = np.unique(np.concatenate((gone, freed, reserved)))
    of_line = _look_up(columns(connection, _lines_query(), lines=lines))
    of_shelf = _look_up(columns(connection, _shelves_query(), shelves=plan.stock_id[difference.stock]))
    return _Concerned(
        plan.waiting.sku_id[difference.waiting],
        of_line(gone),
        of_line(reserved),
        of_line(freed),
        of_shelf(plan.stock_id[difference.stock]),
        work.figures.sku_id,
        work.owed.sku_id,
    )


def _look_up(table):
    ids, skus = table
    by = np.argsort(ids)
    return lambda wanted: skus[by[np.searchsorted(ids, wanted, sorter=by)]]


@cache
def _lines_query():
    line = models.OrderLine
    return select(number(line.id), number(line.sku_id)).where(Among(line.id, "lines"))


@cache
def _shelves_query():
    stock = models.Stock
    return select(number(stock.id), number(stock.sku_id)).where(Among(stock.id, "shelves"))


def _steps_of_rows(concerned: _Concerned):
    """The SKUs that a difference concerns, in lists that are written one after the other."""
    rows = np.concatenate([getattr(concerned, field.name) for field in fields(concerned)])
    skus, counts = np.unique(rows, return_counts=True)
    return _parted(skus, counts, STEP_ROWS)


def _steps_of_lines(work: Work, skus):
    """SKUs in lists that are derived anew one after the other."""
    ids, counts = work.lines_of_sku
    return _parted(skus, counts[Rows(ids).of(skus)], STEP_LINES)


def _parted(skus, sizes, most):
    step = np.cumsum(sizes) // most
    return np.split(skus, np.flatnonzero(np.diff(step)) + 1) if len(skus) else []


def _turn_day(connection, yesterday, today):
    """Closes the days that ended, and has the sums be of the new one."""
    close_days(connection, yesterday)
    keep_sums(connection)
    summaries.turn_day(connection, day_number(yesterday), day_number(today))


def _timed(planned, begun):
    return replace(planned, seconds=time.monotonic() - begun)
