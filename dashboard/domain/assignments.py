"""Whose a line is, and until when it need not be looked at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from dashboard.domain.order_lines import LineUnits
from dashboard.domain.refusals import Refused

# Who puts a line away for longer forgets it.
LONGEST_SNOOZE = timedelta(days=366)


class AssignmentRefused(Refused):
    """A line that cannot be given to somebody, or put away, so."""


@dataclass(frozen=True, slots=True)
class Assigned:
    """Whose a line is (None: nobody's), and the day on which it is back in sight (None: it is)."""

    person: int | None = None
    until: date | None = None


def assign(line: LineUnits, before: Assigned, after: Assigned, *, people: frozenset[int], today: date) -> None:
    """Whether a line may be given to somebody and put away until a day."""
    if line.open == 0:
        raise AssignmentRefused(f"Nothing of {line.name} is open any more.", "There is nothing left to do with it.")
    if after.person is not None and after.person not in people:
        raise AssignmentRefused("Nobody who could act has that number.", "Choose a colleague.", field="person")
    if after.until is not None and after.until != before.until:
        if after.until <= today:
            raise AssignmentRefused(
                "That day is not to come.", "Write a later day, or none to keep it in sight.", field="until"
            )
        if after.until > today + LONGEST_SNOOZE:
            raise AssignmentRefused("That is more than a year.", "Write an earlier day.", field="until")
    if after == before:
        raise AssignmentRefused("It is so already.", "Choose somebody else, or another day.", field="person")


def assigned_in_words(line: LineUnits, *, name: str | None, until: date | None, today: date) -> str:
    """Whose a line is now, and until when it is out of sight."""
    words = f"{line.name[:1].upper()}{line.name[1:]} is {f'{name}’s' if name else 'nobody’s'}"
    if until is None:
        return f"{words}."
    return f"{words}, and is back on {until.day} {until:%B}{'' if until.year == today.year else f' {until.year}'}."
