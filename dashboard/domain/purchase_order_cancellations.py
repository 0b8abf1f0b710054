"""A purchase order of which nothing more shall come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from dashboard.domain.order_lines import be
from dashboard.domain.quantities import named, units
from dashboard.domain.refusals import Refused
from dashboard.domain.supplier_reassignments import OldLine, status_once_emptied
from dashboard.domain.ties import purchase_order

DRAFT, CANCELLED = "draft", "cancelled"


class CancellationRefused(Refused):
    """A purchase order that cannot be cancelled."""


@dataclass(frozen=True, slots=True)
class CancellableLine:
    """A line of a purchase order as far as cancelling it goes."""

    qty: int
    received: int
    open: int
    first_promise: date | None
    stated: date | None
    moved_here: int  # units that a reassignment took from another order
    tied: Sequence[tuple[str, int]]  # units that wait for it alone, by order


@dataclass(frozen=True, slots=True)
class CancellableOrder:
    """A purchase order as far as cancelling it goes."""

    number: str
    status: str
    lines: Sequence[CancellableLine]

    @property
    def name(self) -> str:
        """How a sentence speaks of it."""
        return purchase_order(self.number)

    @property
    def left(self) -> int:
        """Units that would not come: of a draft, all that it would order."""
        return sum(line.qty if self.status == DRAFT else line.open for line in self.lines)


def cancel(order: CancellableOrder, *, today: date, is_undo: bool = False) -> str:
    """What becomes of it: cancelled; but closed where some of it came, or where its promise is broken already, because
    a cancelled one counts no more, and its supplier would look more punctual than it was. The undo of a draft takes
    back no order that somebody has.
    """
    if is_undo and order.status in ("sent", "confirmed"):
        raise CancellationRefused(f"{order.name} is {order.status}.", "Cancel it itself, if it shall not come.")
    if order.status in (CANCELLED, "closed"):
        raise CancellationRefused(f"{order.name} is {order.status} already.", "Nothing of it is to come.")
    moved = sum(line.moved_here for line in order.lines)
    if order.status == DRAFT:
        if moved:
            raise CancellationRefused(
                f"{units(moved)} of {order.name} {be(moved)} there by a reassignment.", "Undo the reassignment instead."
            )
        return CANCELLED
    if not order.left:
        raise CancellationRefused(
            f"All of {order.name} came.", "What came is taken back by reversing its receipt, not by a cancel."
        )
    tied = [one for line in order.lines for one in line.tied]
    if tied:
        count = sum(qty for _, qty in tied)
        raise CancellationRefused(f"{named(tied)} {be(count)} tied to {order.name}.", "Untie them first.")
    emptied = [OldLine(0, line.received, line.first_promise, line.stated) for line in order.lines]
    return status_once_emptied(emptied, today=today) or CANCELLED


def cancelled_in_words(order: CancellableOrder, *, status: str, undated: int) -> str:
    """What the cancel did: what will not come, and how many waiting lines have no date by it."""
    if order.status == DRAFT:
        return f"The draft {order.name} is cancelled. Nobody had it."
    received = sum(line.received for line in order.lines)
    words = f"{order.name} is {status}: {units(order.left)} will not come"
    words += f", the {received} that came {'stays' if received == 1 else 'stay'}. " if received else ". "
    if not undated:
        return words + "Every waiting line still has its date."
    return words + f"{undated} waiting line{' has' if undated == 1 else 's have'} no date any more."
