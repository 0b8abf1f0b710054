"""What one writes down."""

from __future__ import annotations

from wtforms import TextAreaField

from dashboard.actions.forms import ActForm, reason_field
from dashboard.actions.order_queries import ShownLine, ShownOrder
from dashboard.models import Note


class NoteForm(ActForm):
    """What a colleague should know of an order, or a line."""

    title = "Write a note"
    says = TextAreaField("Note")

    def __init__(self, subject: ShownOrder | ShownLine, *, back: str) -> None:
        key = f"order-{subject.id}" if isinstance(subject, ShownOrder) else subject.id
        super().__init__(key, version=1, back=back)


class RemovalForm(ActForm):
    """Why a note is not needed any more."""

    title = "Remove a note"
    part = "removal"
    why = reason_field(required=False)

    def __init__(self, note: Note, *, back: str) -> None:
        super().__init__(note.id, version=1, back=back)
