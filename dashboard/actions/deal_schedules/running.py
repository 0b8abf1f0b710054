"""Schedules carried out: a run is asked for when its time has come, and committed once it is simulated.

The tables say how far each is, so that whoever is killed is followed by the next sweep.
"""

from __future__ import annotations

from datetime import datetime
from enum import Enum

from sqlalchemy import select

from dashboard import audit, clock, models, planning, topics
from dashboard.actions.deal_runs.action import ask_for_run, commit_run
from dashboard.actions.deal_schedules.action import SUBJECT, pause
from dashboard.database import db, transaction
from dashboard.domain.deal_runs import FAILED, RUNNING, SIMULATED, WAITING
from dashboard.domain.deal_schedules import (
    LATE_AT_MOST,
    TRIES,
    given_up_in_words,
    may_no_longer_in_words,
    times_kept,
    too_late_in_words,
)
from dashboard.domain.deals import DealRefused
from dashboard.permissions import Permission, can


class Step(Enum):
    """How a schedule that is under way went on."""

    WAITS = "another worker simulates its run"
    AGAIN = "facts moved, another run is asked for"
    COMMITTED = "committed"
    GIVEN_UP = "not committed"


def begin_due(now: datetime) -> int:
    """Ask for a run of every way whose time has come; how many were begun. Of several workers one begins each."""
    row = models.DealSchedule
    kept = db.session.scalars(select(row.variant_id).where(row.paused_at.is_(None)).order_by(row.variant_id)).all()
    db.session.rollback()
    return sum(_begin(variant_id, now) for variant_id in kept)


@planning.repeated
def _begin(variant_id: int, now: datetime) -> bool:
    zone = clock.shop_zone()
    with transaction() as session:
        row = session.get_one(models.DealSchedule, variant_id, with_for_update=True, populate_existing=True)
        day, moment = times_kept(row.weekdays, row.at_minute).due_before(now, zone)
        is_over = moment <= row.set_at or (row.ran_on is not None and row.ran_on >= day)
        if row.paused_at is not None or is_over:
            return False
        row.ran_on, row.run_id, row.tries, row.failure, row.ended_at = day, None, 0, None, None
        person = session.get_one(models.User, row.set_by)
        if now - moment >= LATE_AT_MOST:
            _end(row, failure=too_late_in_words(moment, zone))
        elif not can(person, Permission.DEAL_AGAIN):
            why = may_no_longer_in_words(person.name or person.email)
            _end(row, failure=why)
            pause(row, why=why, actor=None)
        else:
            _ask(row)
            return True
        return False


def under_way() -> list[int]:
    """The ways whose run of the day is neither committed nor given up."""
    row = models.DealSchedule
    query = select(row.variant_id).where(row.run_id.is_not(None), row.ended_at.is_(None)).order_by(row.variant_id)
    found = list(db.session.scalars(query))
    db.session.rollback()
    return found


def go_on(variant_id: int) -> Step:
    """Commit the run of a schedule if it is simulated, by the same act as its page's; where facts moved, ask again."""
    row = db.session.get_one(models.DealSchedule, variant_id, populate_existing=True)
    if row.run_id is None or row.ended_at is not None:
        return Step.WAITS
    run = db.session.get_one(models.DealRun, row.run_id, populate_existing=True)
    run_id, state, failure, reason, person = run.id, run.state, run.failure, row.reason, row.set_by
    db.session.rollback()
    if state in (WAITING, RUNNING):
        return Step.WAITS
    if state == FAILED:
        return _settle(variant_id, run_id, failure=failure or "")
    if state == SIMULATED:
        try:
            commit_run(run_id, reason=reason, actor=person)
        except DealRefused as refused:
            return _try_again(variant_id, run_id, refused)
    return _settle(variant_id, run_id, failure=None)


@planning.repeated
def _try_again(variant_id: int, run_id: int, refused: DealRefused) -> Step:
    with transaction() as session:
        row = session.get_one(models.DealSchedule, variant_id, with_for_update=True, populate_existing=True)
        if row.run_id != run_id or row.ended_at is not None:
            return Step.WAITS
        if row.tries < TRIES and row.paused_at is None:
            _ask(row)
            return Step.AGAIN
        _end(row, failure=given_up_in_words(row.tries, refused))
        return Step.GIVEN_UP


@planning.repeated
def _settle(variant_id: int, run_id: int, *, failure: str | None) -> Step:
    with transaction() as session:
        row = session.get_one(models.DealSchedule, variant_id, with_for_update=True, populate_existing=True)
        if row.run_id != run_id or row.ended_at is not None:
            return Step.WAITS
        _end(row, failure=failure)
        return Step.COMMITTED if failure is None else Step.GIVEN_UP


def _ask(row: models.DealSchedule) -> None:
    asked = ask_for_run(row.variant_id, actor=row.set_by)
    row.run_id = int(asked.made)
    row.tries += 1


def _end(row: models.DealSchedule, *, failure: str | None) -> None:
    row.ended_at, row.failure = clock.real_now(), failure
    if failure is not None:
        after = {"variant": row.variant_id, "run": row.run_id, "tries": row.tries}
        audit.record("deal-schedule-failed", SUBJECT.format(row.variant_id), after=after, why=failure)
    db.session.flush()
    topics.bump(db.session.connection(), topics.WORK)
