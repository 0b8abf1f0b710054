"""Units in sentences."""

from __future__ import annotations

from collections.abc import Sequence

# More than any shelf holds: what is above it is a slip of the keyboard, or a barcode scanned into the wrong field.
LARGEST_QUANTITY = 100_000_000
# So many orders are named in a sentence; the list beside it has more.
NAMED_IN_A_SENTENCE = 3


def units(qty: int) -> str:
    """`1 unit`, `1,200 units`."""
    return f"{qty:,} unit{'' if qty == 1 else 's'}"


def named(parts: Sequence[tuple[str, int]], *, more: int = 0) -> str:
    """`6 for order 10482, 4 for 10529 and 2 more orders`: each order once, with all its units; `more` orders stand
    beside those that are given.
    """
    orders: dict[str, int] = {}
    for order, qty in parts:
        orders[order] = orders.get(order, 0) + qty
    shown, rest = list(orders.items())[:NAMED_IN_A_SENTENCE], len(orders) - NAMED_IN_A_SENTENCE
    rest = max(0, rest) + more
    words = ", ".join(f"{qty} for {'order ' if place == 0 else ''}{order}" for place, (order, qty) in enumerate(shown))
    return words + (f" and {rest} more order{'' if rest == 1 else 's'}" if rest else "")
