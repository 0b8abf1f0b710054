"""What staff write down about an order or a line, so that the next colleague knows it."""

from __future__ import annotations

from dashboard.domain.refusals import Refused

LONGEST_NOTE = 2_000
# How a customer was in contact, and how one says it.
CONTACTS = {"phone": "by phone", "mail": "by mail", "chat": "by chat"}


class NoteRefused(Refused):
    """A note that cannot be kept, or removed."""


def refuse_empty(says: str | None) -> str:
    """The note, if it says anything."""
    if not says:
        raise NoteRefused("The note is empty.", "Write what a colleague should know.", field="says")
    if len(says) > LONGEST_NOTE:
        raise NoteRefused("That is more than a note.", f"Write at most {LONGEST_NOTE} characters.", field="says")
    return says


def refuse_contact(contact: str | None) -> str | None:
    """The way in which a customer was in contact, if it is one; None: they were not."""
    if contact is not None and contact not in CONTACTS:
        raise NoteRefused("That is no way of contact.", "Choose by phone, by mail or by chat.", field="contact")
    return contact


def noted_in_words(what: str, contact: str | None = None) -> str:
    """What was noted."""
    return f"Noted at {what}." if contact is None else f"Contact {CONTACTS[contact]} noted at {what}."


def removed_in_words(what: str) -> str:
    """What was taken away."""
    return f"The note at {what} is removed."
