"""Have a way of dealing run on a schedule, pause that, and resume it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dashboard import audit, clock, models, planning, topics
from dashboard.actions.clashes import refuse_if_changed
from dashboard.actions.outcomes import Outcome, sent_before
from dashboard.database import transaction
from dashboard.domain import deal_schedules
from dashboard.domain.deal_schedules import Times, times_kept, times_of

SUBJECT = "deal-schedule {}"


@planning.repeated
def set_schedule(
    variant_id: int,
    *,
    weekdays: Collection[int],
    at: str | None,
    reason: str,
    version: str | None = None,
    submission: str | None = None,
    actor: Any,
) -> Outcome:
    """Have a way of dealing simulated and committed at these times from now on, as the act of who says so."""
    with transaction() as session:
        variant = session.get_one(models.DealVariant, variant_id, with_for_update=True, populate_existing=True)
        if repeated := sent_before(submission):
            return repeated
        row = session.get(models.DealSchedule, variant_id, with_for_update=True, populate_existing=True)
        refuse_if_changed(version, 0 if row is None else row.version, SUBJECT.format(variant_id))
        times = times_of(weekdays, at)
        if row is None:
            row = models.DealSchedule(variant_id=variant_id)
            session.add(row)
        row.weekdays = "".join(map(str, times.weekdays))
        row.at_minute = times.at.hour * 60 + times.at.minute
        row.reason = reason
        _answer_for(row, actor)
        notice = deal_schedules.scheduled_in_words(variant.name, times, following=_following(times))
        after = {"variant": variant_id, "weekdays": row.weekdays, "at": f"{times.at:%H:%M}"}
        act = audit.record("deal-scheduled", SUBJECT.format(variant_id), after=after, why=reason, actor=actor)
        return _answered(session, act, submission, notice)


@planning.repeated
def pause_schedule(
    variant_id: int, *, why: str | None, version: str | None = None, submission: str | None = None, actor: Any
) -> Outcome:
    """Let a schedule rest until somebody resumes it."""
    with transaction() as session:
        variant, row = _kept(session, variant_id)
        if repeated := sent_before(submission):
            return repeated
        who = session.scalar(
            select(func.coalesce(models.User.name, models.User.email)).where(models.User.id == row.paused_by)
        )
        deal_schedules.refuse_to_pause(is_paused=row.paused_at is not None, who=who)
        refuse_if_changed(version, row.version, SUBJECT.format(variant_id))
        act = pause(row, why=why, actor=actor)
        return _answered(session, act, submission, deal_schedules.paused_in_words(variant.name))


@planning.repeated
def resume_schedule(
    variant_id: int, *, reason: str, version: str | None = None, submission: str | None = None, actor: Any
) -> Outcome:
    """Have a paused schedule run again, from now on as the act of who resumes it."""
    with transaction() as session:
        variant, row = _kept(session, variant_id)
        if repeated := sent_before(submission):
            return repeated
        deal_schedules.refuse_to_resume(is_paused=row.paused_at is not None)
        refuse_if_changed(version, row.version, SUBJECT.format(variant_id))
        row.reason = reason
        _answer_for(row, actor)
        notice = deal_schedules.resumed_in_words(
            variant.name, following=_following(times_kept(row.weekdays, row.at_minute))
        )
        after = {"variant": variant_id}
        act = audit.record("deal-schedule-resumed", SUBJECT.format(variant_id), after=after, why=reason, actor=actor)
        return _answered(session, act, submission, notice)


def pause(row: models.DealSchedule, *, why: str | None, actor: Any) -> models.Act:
    """In a transaction: let it rest, and say so in the history."""
    row.paused_at, row.paused_by = clock.real_now(), actor
    return audit.record(
        "deal-schedule-paused",
        SUBJECT.format(row.variant_id),
        after={"variant": row.variant_id},
        why=why,
        actor=actor,
    )


def pause_if_it_runs(session: Session, variant_id: int, *, why: str, actor: Any) -> bool:
    """In a transaction: whether there was a schedule that had to be paused."""
    row = session.get(models.DealSchedule, variant_id, with_for_update=True, populate_existing=True)
    if row is None or row.paused_at is not None:
        return False
    pause(row, why=why, actor=actor)
    return True


def _kept(session: Session, variant_id: int) -> tuple[models.DealVariant, models.DealSchedule]:
    variant = session.get_one(models.DealVariant, variant_id, with_for_update=True, populate_existing=True)
    return variant, session.get_one(models.DealSchedule, variant_id, with_for_update=True, populate_existing=True)


def _answer_for(row: models.DealSchedule, actor: Any) -> None:
    """It is theirs from now on; what would have been due before is not made up for."""
    row.set_at, row.set_by = clock.real_now(), actor
    row.paused_at = row.paused_by = None


def _following(times: Times) -> str:
    zone = clock.shop_zone()
    local = times.due_after(clock.real_now(), zone).astimezone(zone)
    return f"{local:%A} {local.day} {local:%B}, {local:%H:%M}"


def _answered(session: Session, act: models.Act, submission: str | None, notice: str) -> Outcome:
    audit.record_submission(submission, act, notice)
    session.flush()
    topics.bump(session.connection(), topics.WORK)
    return Outcome(notice, moves_lines=False)
