"""Notes about orders and lines: written down, and removed."""

from __future__ import annotations

from typing import Any

from dashboard import audit, clock, models, planning, topics
from dashboard.actions.notes.queries import note_still, subject_still
from dashboard.actions.outcomes import Outcome, sent_before
from dashboard.database import transaction
from dashboard.domain.notes import NoteRefused, noted_in_words, refuse_contact, refuse_empty, removed_in_words


@planning.repeated
def write_note(
    order_id: int,
    line_no: int | None = None,
    *,
    says: str | None,
    contact: str | None = None,
    version: str | None = None,  # a note is in nobody’s way
    submission: str | None = None,
    actor: Any,
) -> Outcome:
    """Write something down about an order, or a line of it; `contact` says how its customer was in contact. The
    history, which nobody can edit, has no word of it.
    """
    with transaction() as session:
        subject = subject_still(session, order_id, line_no)
        if repeated := sent_before(submission):
            return repeated
        note = models.Note(
            order_id=order_id,
            line_id=subject.line_id,
            says=refuse_empty(says),
            contact=refuse_contact(contact),
            made_at=clock.now(),
            made_by=getattr(actor, "id", actor),
        )
        session.add(note)
        session.flush()
        notice = noted_in_words(subject.in_words, contact)
        act = audit.record("note-written", subject.in_history, after={"note": note.id}, actor=actor)
        audit.record_submission(submission, act, notice)
        session.flush()
        topics.bump(session.connection(), topics.WORK)
        return Outcome(notice, made=str(note.id), moves_lines=False)


@planning.repeated
def remove_note(
    note_id: int,
    *,
    why: str | None = None,
    version: str | None = None,
    submission: str | None = None,
    actor: Any,
) -> Outcome:
    """Show a note no more; twice is once."""
    with transaction() as session:
        note, subject = note_still(session, note_id)
        if repeated := sent_before(submission):
            return repeated
        if note.removed_at is not None:
            raise NoteRefused("The note is removed already.", "There is nothing left to remove.")
        note.removed_at, note.removed_by = clock.now(), getattr(actor, "id", actor)
        notice = removed_in_words(subject.in_words)
        act = audit.record("note-removed", subject.in_history, after={"note": note.id}, why=why, actor=actor)
        audit.record_submission(submission, act, notice)
        session.flush()
        topics.bump(session.connection(), topics.WORK)
        return Outcome(notice, moves_lines=False)
