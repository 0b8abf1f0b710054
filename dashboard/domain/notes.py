"""What staff write down about an order or a line, so that the next colleague knows it."""

from __future__ import annotations

from dashboard.domain.refusals import Refused

LONGEST_NOTE = 2_000


class NoteRefused(Refused):
    """A note that cannot be kept, or removed."""


def refuse_empty(says: str | None) -> str:
    """The note, if it says anything."""
    if not says:
        raise NoteRefused("The note is empty.", "Write what a colleague should know.", field="says")
    if len(says) > LONGEST_NOTE:
        raise NoteRefused("That is more than a note.", f"Write at most {LONGEST_NOTE} characters.", field="says")
    return says


def noted_in_words(what: str) -> str:
    """What was noted."""
    return f"Noted at {what}."


def removed_in_words(what: str) -> str:
    """What was taken away."""
    return f"The note at {what} is removed."
