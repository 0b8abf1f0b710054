"""What the customer's page of an order says first, and what they may ask there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from dashboard.domain.order_answers import AnsweredLine

STEPS = 12  # of the bar from the day of the order to that of the next parcel
CANCELLED, LEFT, READY, UNDATED, TO_COME = "cancelled", "left", "ready", "undated", "to-come"


@dataclass(frozen=True, slots=True)
class Standing:
    """How an order stands as a whole, for its headline."""

    word: str
    next_on: date | None = None  # when its next parcel leaves, by what is known; never a day of the past
    days: int | None = None  # from today to then
    steps_done: int = 0


def standing_of(lines: Sequence[AnsweredLine], *, placed_on: date, today: date) -> Standing:
    """What of an order comes next: what is here, else the first day on which a line leaves."""
    if any(line.here for line in lines):
        return Standing(READY)
    if not any(line.waiting for line in lines):
        return Standing(LEFT if any(line.shipped for line in lines) else CANCELLED)
    days = [day for line in lines if line.waiting and (day := line.dated(today)) is not None]
    if not days:
        return Standing(UNDATED)
    next_on = min(days)
    whole = max((next_on - placed_on).days, 1)
    done = STEPS * max((today - placed_on).days, 0) // whole
    return Standing(TO_COME, next_on, (next_on - today).days, min(done, STEPS - 1 if next_on > today else STEPS))


def asks_in_words(refused: str | None, *, picked: int) -> str:
    """What colleagues read of a cancel that came by the customer's page and was not done."""
    if refused is not None:
        return f"The customer asked on their page to cancel the rest. {refused}"
    are = "unit is" if picked == 1 else "units are"
    return f"The customer asks on their page to cancel the rest; {picked} {are} picked already. Cancel it, or say no."
