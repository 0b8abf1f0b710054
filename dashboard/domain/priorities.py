"""Who is served first: the class of an order, as staff set it, and whose promise is newly missed by that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from dashboard.domain.refusals import Refused

# Lower is served first. Tiers give 1 to 3; two digits leave room on both sides and are still read at a glance.
LOWEST_RANK = 99


class PriorityRefused(Refused):
    """A class that cannot be set so."""


@dataclass(frozen=True, slots=True)
class OrderClass:
    """An order's class as typed for it (None: none is), and the one that its customer's tier gives."""

    order: str  # its number
    typed: int | None
    of_tier: int
    open_units: int

    @property
    def in_force(self) -> int:
        return self.of_tier if self.typed is None else self.typed


def change(order: OrderClass, *, to: int | None, reason: str) -> OrderClass:
    """The order with its class set, or given back to its customer's tier (None)."""
    if order.open_units == 0:
        raise PriorityRefused(f"Nothing of order {order.order} is open.", "It stands in no line.")
    if to is not None and not 0 <= to <= LOWEST_RANK:
        raise PriorityRefused(
            f"{to} is no class.", f"Write a whole number from 0, served first, to {LOWEST_RANK}.", field="priority"
        )
    if to == order.typed:
        raise PriorityRefused(
            f"Order {order.order} goes by its customer’s tier already, class {order.of_tier}."
            if to is None
            else f"Order {order.order} has class {to} already.",
            "Write another one." if to is None else "Write another one, or none for the tier’s.",
            field="priority",
        )
    if not reason.strip():
        raise PriorityRefused("Others wait for this.", "Write why it is served sooner or later.", field="reason")
    return OrderClass(order.order, to, order.of_tier, order.open_units)


def keeps_promise(promised_by: date, *, waits: bool, eta: date | None) -> bool:
    """Whether a line keeps the day that it is promised by, which is the law's where none was told: what is here does,
    and what comes by then.
    """
    return not waits or (eta is not None and eta <= promised_by)


def changed_in_words(before: OrderClass, after: OrderClass, *, moved: int) -> str:
    """What a change of class did."""
    words = f"Order {after.order} now has class {after.in_force}"
    words += ", its customer’s tier’s" if after.typed is None else f" instead of {before.in_force}"
    if not moved:
        return words + ". No line moves by it."
    return f"{words}. {moved} line{'' if moved == 1 else 's'} {'moves' if moved == 1 else 'move'} by it."
