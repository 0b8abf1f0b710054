"""Goods that come in for a line of a purchase order, and goods that turn out not to have come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.domain.order_lines import be
from dashboard.domain.quantities import LARGEST_QUANTITY, named, units
from dashboard.domain.refusals import Refused


class ReceiptRefused(Refused):
    """A receipt, or its reversal, that cannot be posted."""


@dataclass(frozen=True, slots=True)
class OrderedLine:
    """A line of a purchase order as far as receiving it goes."""

    purchase_order: str
    qty: int
    qty_received: int
    status: str
    supplies: bool  # sent or confirmed; else nothing of it is expected


@dataclass(frozen=True, slots=True)
class Shelf:
    """What stands of a SKU at a location, and how much of it nobody may move."""

    location: str
    on_hand: int
    picked: int


def receive(line: OrderedLine, *, qty: int, takes_over: bool) -> tuple[int, int]:
    """Units received and units still open of the line once so many came. More than is open may be a slip, or go back:
    it is taken only where somebody said so.
    """
    if line.status == "draft":
        raise ReceiptRefused(
            f"{line.purchase_order} is a draft: nothing was ordered yet.", "Send it, then receive what comes."
        )
    if qty < 1:
        raise ReceiptRefused("A receipt has at least 1 unit.", "Write how many came.", field="qty")
    if qty > LARGEST_QUANTITY:
        raise ReceiptRefused(f"{qty} cannot be right.", f"Write a number up to {LARGEST_QUANTITY}.", field="qty")
    is_open = still_open(line, line.qty_received)
    if qty > is_open and not takes_over:
        awaited = f"only {is_open} {be(is_open)} open" if is_open else "nothing is open"
        allowed = f", or write {is_open} and send the rest back" if is_open else ""
        raise ReceiptRefused(
            f"{units(qty - is_open)} came more than was ordered: {awaited}.",
            f"Tick “Take what is over”{allowed}.",
            field="qty",
        )
    received = line.qty_received + qty
    return received, still_open(line, received)


def reverse(line: OrderedLine, shelf: Shelf, *, qty: int, takes: int) -> tuple[int, int, int]:
    """Units received, open and on hand once a receipt of `qty` is taken back, of which the shelf gives up `takes`.

    What is picked is not touched, and what has left cannot be taken off a shelf.
    """
    left = shelf.on_hand - takes
    if left < 0:
        raise ReceiptRefused(
            f"{units(takes)} would have to leave {shelf.location}, and only {shelf.on_hand} "
            f"{'stands' if shelf.on_hand == 1 else 'stand'} there.",
            "Count the shelf instead.",
        )
    if left < shelf.picked:
        raise ReceiptRefused(
            f"{units(shelf.picked)} at {shelf.location} {'is' if shelf.picked == 1 else 'are'} picked, "
            f"and only {left} would be left.",
            "Put picked units back first.",
        )
    received = max(0, line.qty_received - qty)
    return received, still_open(line, received), left


def still_open(line: OrderedLine, received: int) -> int:
    """Units that are still to come: ordered less received, never below zero; none while nothing is expected."""
    return max(0, line.qty - received) if line.supplies else 0


def receipt_in_words(
    number: str, *, qty: int, sku: str, open_before: int, reserved: Sequence[tuple[str, int]], more: int
) -> str:
    """What a receipt did: how much came, how much of it was over, for whom it is now reserved."""
    over = qty - open_before
    words = f"{units(qty)} of {sku} received as {number}"
    words += f", {over} more than {'was' if open_before == 1 else 'were'} open. " if over > 0 else ". "
    if not reserved:
        return words + "Nobody takes them: they lie free on the shelf."
    return words + f"Now reserved: {named(reserved, more=more)}."


def reversal_in_words(
    number: str, *, qty: int, sku: str, released: Sequence[tuple[str, int]], more: int, counted_since: bool
) -> str:
    """What a reversal did: what was taken back, and who lost what was reserved."""
    words = f"{number} is reversed: {units(qty)} of {sku} did not come. "
    if counted_since:
        return words + "The shelf was counted since, so it stays as counted."
    if not released:
        return words + "No order loses anything."
    return words + f"No longer reserved: {named(released, more=more)}."


def reversed_before_in_words(number: str) -> str:
    """What is said of a receipt that is reversed once more."""
    return f"{number} was reversed before: nothing changed."
