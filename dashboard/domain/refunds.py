"""What a customer gets back for cancelled units, and until when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from dashboard.domain.deadlines import REFUND_WORKING_DAYS, working_days_after

_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class CancelledUnits:
    """Units of a line that are cancelled, and what they come to; micro-units, None where the price is not known."""

    line_id: int
    qty: int
    worth: int | None  # with tax and shipping
    shipping: int  # within it


@dataclass(frozen=True, slots=True)
class OwedRefund:
    """What is owed for them."""

    line_id: int
    qty: int
    worth: int
    amount: int  # was paid, and goes back
    shipping: int


@dataclass(frozen=True, slots=True)
class RefundDue:
    """What a cancel gives back."""

    lines: tuple[OwedRefund, ...]
    due_on: date
    unpriced: int = 0  # units whose price is not known

    @property
    def amount(self) -> int:
        return sum(one.amount for one in self.lines)

    @property
    def shipping(self) -> int:
        """What of the worth was for shipping."""
        return sum(one.shipping for one in self.lines)

    @property
    def not_charged(self) -> int:
        """What was never captured, and is not charged."""
        return sum(one.worth for one in self.lines) - self.amount


def refund(cancelled: Sequence[CancelledUnits], *, paid: int | None, today: date) -> RefundDue:
    """What goes back for cancelled units: all they come to, or as much of it as was captured for goods that have not
    left (`paid`; None where nobody ever authorised anything, so that the order was paid when it was placed).
    """
    left = paid
    owed = []
    for one in cancelled:
        if one.worth is None:
            continue
        worth = max(0, one.worth)
        amount = worth if left is None else min(worth, max(0, left))
        left = None if left is None else left - amount
        owed.append(OwedRefund(one.line_id, one.qty, worth, amount, one.shipping))
    due = int(working_days_after((today - _EPOCH).days, REFUND_WORKING_DAYS))
    unpriced = sum(one.qty for one in cancelled if one.worth is None)
    return RefundDue(tuple(owed), _EPOCH + timedelta(due), unpriced)
