"""What one writes down."""

from __future__ import annotations

from wtforms import SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice

from dashboard.actions.forms import ActForm, reason_field
from dashboard.actions.order_queries import ShownLine, ShownOrder
from dashboard.domain.notes import CONTACTS
from dashboard.models import Note

NO_CONTACT = ""


class NoteForm(ActForm):
    """What a colleague should know of an order, or a line."""

    title = "Write a note"
    says = TextAreaField("Note")
    contact = SelectField("The customer was in contact")

    def __init__(self, subject: ShownOrder | ShownLine, *, back: str, contact: str = NO_CONTACT) -> None:
        key = f"order-{subject.id}" if isinstance(subject, ShownOrder) else subject.id
        super().__init__(key, version=1, back=back, contact=contact)
        words = ((NO_CONTACT, "no, a note for colleagues"), *CONTACTS.items())
        self.contact.choices = [SelectChoice(word, said) for word, said in words]


class RemovalForm(ActForm):
    """Why a note is not needed any more."""

    title = "Remove a note"
    part = "removal"
    why = reason_field(required=False)

    def __init__(self, note: Note, *, back: str) -> None:
        super().__init__(note.id, version=1, back=back)
