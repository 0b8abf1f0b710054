"""The rest of a line, or of an order, is cancelled: once, and for good."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from dashboard.domain.holds import PICKED
from dashboard.domain.order_lines import OPEN, LineUnits, be, by_whom, moment
from dashboard.domain.quantities import units
from dashboard.domain.quantity_cuts import PartUnitsGone, freed_in_words
from dashboard.domain.refusals import Refused


class CancellationRefused(Refused):
    """A line or an order of which nothing can be cancelled."""


@dataclass(frozen=True, slots=True)
class EarlierCancel:
    """The last cancel, as it is told to who would cancel once more."""

    at: datetime  # in the shop's own time
    who: str | None  # None: it came with a file


@dataclass(frozen=True, slots=True)
class TooLate:
    """When the last of something left, and when somebody would have cancelled it; in the shop's own time."""

    left_at: datetime
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class LineCancel:
    """What of a line is cancelled."""

    line: LineUnits
    parts: tuple[PartUnitsGone, ...]

    @property
    def qty(self) -> int:
        return sum(part.qty for part in self.parts)


def cancel(
    lines: Sequence[LineUnits], *, what: str, earlier: EarlierCancel | None, too_late: TooLate | None, today: date
) -> tuple[LineCancel, ...]:
    """All that is open of these lines; `what` is how a sentence speaks of them.

    `earlier` is the cancel after which nothing of them was open; None where the last of them was shipped, which wins
    over a cancel that comes while it is done: then `too_late` says both times.
    """
    if lines and lines[0].status != OPEN:
        raise CancellationRefused(f"Order {lines[0].order} is {lines[0].status}: nothing of it is open.")
    found = tuple(
        LineCancel(line, tuple(PartUnitsGone(part.part, part.left) for part in line.parts if part.left))
        for line in lines
        if line.open
    )
    if found:
        return found
    if earlier is None:
        shipped = "The rest" if any(line.cancelled for line in lines) else "All"
        when = "."
        if too_late is not None:
            when = f": it left on {moment(too_late.left_at, today=today)}, and this cancel came on "
            when += f"{moment(too_late.asked_at, today=today)}."
        raise CancellationRefused(f"{shipped} of {what} is shipped{when}", "What has left comes back as a return.")
    raise CancellationRefused(
        f"The rest of {what} was cancelled on {moment(earlier.at, today=today)}{by_whom(earlier.who)}.",
        "Nothing changed.",
    )


def free_instant(now: datetime, taken: Iterable[datetime]) -> datetime:
    """Now, or the next microsecond at which nothing of the same part was cancelled yet: the instant is its key."""
    occupied = set(taken)
    while now in occupied:
        now += timedelta(microseconds=1)
    return now


def cancelled_in_words(
    cancelled: Sequence[LineCancel], *, what: str, reserved: Sequence[tuple[str, int]], more: int
) -> str:
    """What a cancel did: how many units, of how many lines, and who has what was held for them."""
    qty = sum(one.qty for one in cancelled)
    of_lines = f" of {len(cancelled)} lines" if len(cancelled) > 1 else ""
    picked = sum(hold.qty for one in cancelled for hold in one.line.holds if hold.kind == PICKED)
    back = f" {units(picked)} {be(picked)} picked: put them back on the shelf." if picked else ""
    return f"The rest of {what} is cancelled: {units(qty)}{of_lines}.{back}{freed_in_words(reserved, more=more)}"
