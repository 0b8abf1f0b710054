"""What a note is about, and the notes that are shown."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboard.models import Note, Order, OrderLine


@dataclass(frozen=True, slots=True)
class NoteSubject:
    """An order, or a line of it."""

    number: str
    line_no: int | None
    line_id: int | None

    @property
    def in_words(self) -> str:
        return f"order {self.number}" if self.line_no is None else f"line {self.line_no} of order {self.number}"

    @property
    def in_history(self) -> str:
        """How the history names it."""
        return f"order {self.number}" if self.line_no is None else f"order-line {self.number}/{self.line_no}"


def subject_still(session: Session, order_id: int, line_no: int | None) -> NoteSubject:
    """What somebody writes about, while it cannot go until the transaction ends."""
    number = session.scalars(select(Order.number).where(Order.id == order_id).with_for_update(key_share=True)).one()
    line_id = None
    if line_no is not None:
        of = (OrderLine.order_id == order_id, OrderLine.line_no == line_no)
        line_id = session.scalars(select(OrderLine.id).where(*of)).one()
    return NoteSubject(number, line_no, line_id)


def note_still(session: Session, note_id: int) -> tuple[Note, NoteSubject]:
    """A note, while nobody else removes it."""
    note = session.get_one(Note, note_id, populate_existing=True, with_for_update=True)
    return note, _subject_of(session, note)


def find_note(session: Session, note_id: int) -> tuple[Note, NoteSubject] | None:
    """A note for looking at."""
    note = session.get(Note, note_id)
    return None if note is None else (note, _subject_of(session, note))


def _subject_of(session: Session, note: Note) -> NoteSubject:
    number = session.scalars(select(Order.number).where(Order.id == note.order_id)).one()
    line_no = None
    if note.line_id is not None:
        line_no = session.scalars(select(OrderLine.line_no).where(OrderLine.id == note.line_id)).one()
    return NoteSubject(number, line_no, note.line_id)
