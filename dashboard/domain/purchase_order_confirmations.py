"""A supplier says that it has a purchase order, and by when it delivers."""

from __future__ import annotations

from datetime import date

from dashboard.domain.refusals import Refused
from dashboard.domain.ties import purchase_order

CONFIRMED = "confirmed"


class ConfirmationRefused(Refused):
    """A purchase order that no supplier can have confirmed so."""


def confirm(number: str, status: str, *, open_units: int, to: date | None, stated: date | None, today: date) -> bool:
    """Whether its day moves by it; `stated` is the one day of all that is open, None where there is none."""
    name = purchase_order(number)
    if status == "draft":
        raise ConfirmationRefused(f"{name} is a draft: nobody has it.", "Send it first.")
    if status in ("cancelled", "closed"):
        raise ConfirmationRefused(f"{name} is {status}.", "Only an order that is sent can be confirmed.")
    if not open_units:
        raise ConfirmationRefused(f"All of {name} came.", "Nothing of it is left to be confirmed.")
    if to is not None and to < today:
        raise ConfirmationRefused("That day has passed.", "Choose today or a later day.", field="to")
    moves = to is not None and to != stated
    if status == CONFIRMED and not moves:
        raise ConfirmationRefused(f"{name} is confirmed already.", "Say another day, or leave it.", field="to")
    return moves
