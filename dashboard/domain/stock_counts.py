"""What somebody counted on a shelf, against what the desk thought stood there."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.domain.quantities import LARGEST_QUANTITY, named, units
from dashboard.domain.receipts import Shelf
from dashboard.domain.refusals import Refused


class StockCountRefused(Refused):
    """A count that cannot be."""


def count(shelf: Shelf, *, qty: int) -> int:
    """Units on hand from now on: as counted, also where less than is reserved; never less than is picked."""
    if qty < 0:
        raise StockCountRefused("A count is never below zero.", "Write 0 where nothing stands there.", field="qty")
    if qty > LARGEST_QUANTITY:
        raise StockCountRefused(f"{qty} cannot be right.", f"Write a number up to {LARGEST_QUANTITY}.", field="qty")
    if qty < shelf.picked:
        raise StockCountRefused(
            f"{units(shelf.picked)} at {shelf.location} {'is' if shelf.picked == 1 else 'are'} picked, so {qty} cannot "
            "be all that stands there.",
            f"Count again, at least {shelf.picked}; or put picked units back first.",
            field="qty",
        )
    return qty


def count_in_words(
    shelf: Shelf,
    *,
    sku: str,
    qty: int,
    gaining: Sequence[tuple[str, int]],
    losing: Sequence[tuple[str, int]],
    more_gaining: int,
    more_losing: int,
) -> str:
    """What a count did: what stands there now, who loses what was reserved, who gets what was found; `more` orders
    beside those that are named.
    """
    words = f"{units(qty)} of {sku} counted at {shelf.location}"
    words += ", as expected." if qty == shelf.on_hand else f", where {shelf.on_hand} stood."
    if losing:
        words += f" No longer reserved: {named(losing, more=more_losing)}."
    if gaining:
        words += f" Now reserved: {named(gaining, more=more_gaining)}."
    return words if losing or gaining else f"{words} No order loses or gains."
