"""A hold ends before its units leave, or a tie before they come: planning may deal them again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from dashboard.domain.holds import PICKED
from dashboard.domain.order_lines import LineUnits, be, by_whom, moment
from dashboard.domain.quantities import units
from dashboard.domain.refusals import Refused

UNDONE = "undone at once"  # the reason of whoever takes a hold back by its notice


class ReleaseRefused(Refused):
    """A hold that cannot be released."""


@dataclass(frozen=True, slots=True)
class HoldStanding:
    """A hold, and how it ended where it has."""

    line: str  # how a sentence speaks of its line
    qty: int
    kind: str
    place: str  # the location, or the purchase order of a tie
    is_tie: bool
    ended_at: datetime | None  # in the shop's own time
    ended_by: str | None
    end_reason: str | None


def release(hold: HoldStanding, *, reason: str, today: date) -> str:
    """The reason as it is kept."""
    if hold.ended_at is not None:
        why = f": {hold.end_reason}" if hold.end_reason else ""
        raise ReleaseRefused(
            f"This {'tie' if hold.is_tie else 'hold'} ended on {moment(hold.ended_at, today=today)}"
            f"{by_whom(hold.ended_by)}{why}.",
            "Nothing changed.",
        )
    if not reason.strip():
        raise ReleaseRefused("Somebody held these for a reason.", "Write why they are released.", field="reason")
    return reason.strip()


def held_by_hand(line: LineUnits) -> list[int]:
    """The holds (ids) of a line that staff may end together: what is picked goes back by itself, one by one."""
    found = [one.id for one in line.holds if one.kind != PICKED]
    if not found:
        raise ReleaseRefused(
            f"Nothing of {line.name} is held or tied.",
            "What is picked is released at its order." if line.holds else "Nothing changed.",
        )
    return found


def released_in_words(hold: HoldStanding, *, kept: int) -> str:
    """What was released, and how much of it the line keeps all the same."""
    what = f"{units(hold.qty)} of {hold.line} {be(hold.qty)}"
    if hold.is_tie:
        return f"{what} no longer tied to {hold.place}."
    stays = "all of it stays" if kept >= hold.qty else f"{kept} of it {'stays' if kept == 1 else 'stay'}"
    if not kept:
        stays = "nothing of it stays"
    return f"{what} no longer {hold.kind} at {hold.place}; {stays} reserved for it."
