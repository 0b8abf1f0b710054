"""Calls back to customers: promised, put off, and done."""

from __future__ import annotations

from datetime import date
from typing import Any

from dashboard import audit, clock, models, planning, topics
from dashboard.actions.call_backs.queries import call_back_still, callers, name_of, version_of
from dashboard.actions.clashes import refuse_if_changed
from dashboard.actions.notes.queries import subject_still
from dashboard.actions.outcomes import Outcome, sent_before
from dashboard.database import transaction
from dashboard.domain.call_backs import (
    done_in_words,
    due_moment,
    given_in_words,
    moved_in_words,
    outcome_of,
    promised_in_words,
    refuse_caller,
    refuse_done,
    refuse_long,
    refuse_open,
    reopened_in_words,
)

CHANGING = ("call-back-moved", "call-back-given")


@planning.repeated
def promise_call_back(
    order_id: int,
    *,
    day: date | None,
    at: str | None,
    person: int | None = None,
    about: str | None = None,
    version: str | None = None,  # a call is in nobody’s way
    submission: str | None = None,
    actor: Any,
) -> Outcome:
    """Promise the customer of an order that somebody calls by a moment: `person`, by id, else whoever promises it."""
    with transaction() as session:
        subject = subject_still(session, order_id, None)
        if repeated := sent_before(submission):
            return repeated
        due = due_moment(day, at, now=clock.now(), zone=clock.shop_zone())
        actor_id = getattr(actor, "id", actor)
        row = models.CallBack(
            order_id=order_id,
            person_id=person if person is not None else actor_id,
            due_at=due,
            about=refuse_long(about, field="about"),
            promised_at=clock.now(),
            promised_by=actor_id,
        )
        session.add(row)
        session.flush()
        notice = promised_in_words(
            subject.number, whose=name_of(session, row.person_id), due=due, zone=clock.shop_zone()
        )
        act = audit.record(
            "call-back-promised",
            subject.in_history,
            after={"call_back": row.id, "person_id": row.person_id, "due_at": due.isoformat()},
            actor=actor,
        )
        audit.record_submission(submission, act, notice)
        session.flush()
        topics.bump(session.connection(), topics.WORK, topics.CALLS)
        return Outcome(notice, made=str(row.id), moves_lines=False)


@planning.repeated
def note_call(
    call_back_id: int,
    *,
    outcome: str | None,
    version: str | None = None,
    submission: str | None = None,
    actor: Any,
) -> Outcome:
    """Note that the customer was called, and what came of it; who notes it second is told that it was done."""
    with transaction() as session:
        row, number = call_back_still(session, call_back_id)
        if repeated := sent_before(submission):
            return repeated
        row.outcome = outcome_of(outcome, is_done=row.done_at is not None)
        row.done_at, row.done_by = clock.now(), getattr(actor, "id", actor)
        notice = done_in_words(number)
        act = audit.record("call-back-done", f"order {number}", after={"call_back": row.id}, actor=actor)
        audit.record_submission(submission, act, notice)
        session.flush()
        topics.bump(session.connection(), topics.WORK, topics.CALLS)
        return Outcome(notice, made=str(row.id), moves_lines=False)


@planning.repeated
def reopen_call(
    call_back_id: int, *, why: str | None = None, version: str | None = None, submission: str | None = None, actor: Any
) -> Outcome:
    """Take back that the customer was called: it is still to be done, by the moment that was promised."""
    with transaction() as session:
        row, number = call_back_still(session, call_back_id)
        if repeated := sent_before(submission):
            return repeated
        refuse_open(is_done=row.done_at is not None)
        row.outcome = row.done_at = row.done_by = None
        notice = reopened_in_words(number)
        act = audit.record("call-back-reopened", f"order {number}", after={"call_back": row.id}, why=why, actor=actor)
        audit.record_submission(submission, act, notice)
        session.flush()
        topics.bump(session.connection(), topics.WORK, topics.CALLS)
        return Outcome(notice, moves_lines=False)


@planning.repeated
def move_call(
    call_back_id: int,
    *,
    day: date | None,
    at: str | None,
    why: str | None = None,
    version: str | None = None,
    submission: str | None = None,
    actor: Any,
) -> Outcome:
    """Ring again by another moment, for nobody answered, or they asked for it: the promise stands until it is kept."""
    with transaction() as session:
        row, number = call_back_still(session, call_back_id)
        if repeated := sent_before(submission):
            return repeated
        subject = f"order {number}"
        refuse_done(is_done=row.done_at is not None)
        refuse_if_changed(version, version_of(row), subject, among=CHANGING)
        before, zone = row.due_at, clock.shop_zone()
        row.due_at = due_moment(day, at, now=clock.now(), zone=zone)
        notice = moved_in_words(number, due=row.due_at, zone=zone)
        act = audit.record(
            "call-back-moved",
            subject,
            before={"due_at": before.isoformat()},
            after={"due_at": row.due_at.isoformat()},
            why=why,
            actor=actor,
        )
        audit.record_submission(submission, act, notice)
        session.flush()
        topics.bump(session.connection(), topics.WORK, topics.CALLS)
        return Outcome(notice, moves_lines=False)


@planning.repeated
def give_call(
    call_back_id: int,
    *,
    person: int | None,
    version: str | None = None,
    submission: str | None = None,
    actor: Any,
) -> Outcome:
    """Have somebody else make a call that was promised, or (None) whoever is free."""
    with transaction() as session:
        row, number = call_back_still(session, call_back_id)
        if repeated := sent_before(submission):
            return repeated
        subject = f"order {number}"
        refuse_done(is_done=row.done_at is not None)
        refuse_if_changed(version, version_of(row), subject, among=CHANGING)
        people, before = callers(session), row.person_id
        refuse_caller(person, before=before, callers=people)
        row.person_id = person
        notice = given_in_words(number, whose=None if person is None else people[person])
        act = audit.record(
            "call-back-given",
            subject,
            before={"person_id": before},
            after={"call_back": row.id, "person_id": person},
            actor=actor,
        )
        audit.record_submission(submission, act, notice)
        session.flush()
        topics.bump(session.connection(), topics.WORK, topics.CALLS)
        # Who left does not get it back: whoever is free calls then.
        return Outcome(notice, made=str(before) if before in people else "nobody", moves_lines=False)
