"""What is to be bought: which SKUs, how many of each, and what of it makes a draft."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.domain.quantities import LARGEST_QUANTITY, units
from dashboard.domain.refusals import Refused
from dashboard.domain.ties import purchase_order

# One act plans all the SKUs that it drafts, and somebody reads what it does line by line.
DRAFTED_AT_MOST = 200


class DraftRefused(Refused):
    """A purchase order that cannot be drafted so."""


def is_to_order(suggested_order, position):
    """Whether a SKU stands in the purchase plan: the reorder rule asks for some; or more is waited for than stock and
    purchase orders will ever cover, also where no rule says how much. Of one SKU, or of columns of them.
    """
    return (suggested_order > 0) | (position < 0)


def lot(qty: int, *, minimum: int | None, pack: int | None) -> int:
    """The fewest units that a supplier sells to cover so many: at least its minimum, in whole packs."""
    least, step = max(qty, minimum or 0), pack or 1
    return -(-least // step) * step


@dataclass(frozen=True, slots=True)
class Wanted:
    """A SKU of the plan as a draft would order it, on its supplier's terms."""

    sku: str
    position: int
    suggested: int
    drafted: int  # units that stand in drafts already, and supply nothing yet
    minimum: int | None
    pack: int | None

    @property
    def proposed(self) -> int:
        """What to order: what the rule suggests, at least what is waited for, less what is drafted; 0 where that is
        enough.
        """
        missing = max(self.suggested, -self.position) - self.drafted
        return lot(missing, minimum=self.minimum, pack=self.pack) if missing > 0 else 0


@dataclass(frozen=True, slots=True)
class Chosen:
    """So many units of a SKU, as somebody wants to order them."""

    sku: str
    field: str  # where the number was typed
    qty: int
    supplier: str | None  # None: nobody sells it
    supplier_is_active: bool
    minimum: int | None
    pack: int | None


def choose(rows: Sequence[Chosen]) -> tuple[Chosen, ...]:
    """Those that are ordered; a quantity of 0 leaves a SKU out. Raises `DraftRefused`."""
    for row in rows:
        if not 0 <= row.qty <= LARGEST_QUANTITY:
            raise DraftRefused(f"{row.qty} of {row.sku} cannot be right.", "Write how many.", field=row.field)
    ordered = tuple(row for row in rows if row.qty)
    if not ordered:
        raise DraftRefused("Nothing is ordered.", "Write how many of at least one product.")
    if len(ordered) > DRAFTED_AT_MOST:
        raise DraftRefused(
            f"{len(ordered)} products are too many at once.", f"Draft {DRAFTED_AT_MOST} of them, then the others."
        )
    for row in ordered:
        if row.supplier is None:
            raise DraftRefused(
                f"Nobody sells {row.sku}.", "Load a supplier's terms for it, or write 0.", field=row.field
            )
        if not row.supplier_is_active:
            raise DraftRefused(
                f"{row.supplier} is not active.", f"Choose another supplier of {row.sku}, or write 0.", field=row.field
            )
        refuse_broken_lot(row)
    return ordered


def refuse_broken_lot(row: Chosen) -> None:
    """A supplier sells whole packs, and no fewer than its minimum."""
    sold = lot(row.qty, minimum=row.minimum, pack=row.pack)
    if sold == row.qty:
        return
    terms = [f"at least {row.minimum}"] if row.minimum and row.minimum > 1 else []
    terms += [f"in packs of {row.pack}"] if row.pack and row.pack > 1 else []
    raise DraftRefused(
        f"{row.supplier} sells {row.sku} {' and '.join(terms)}.", f"Write {sold}, or 0.", field=row.field
    )


def drafted_in_words(drafts: Sequence[tuple[str, str, int, int]]) -> str:
    """What was drafted: of each its number, its supplier, its lines and units."""
    first = [
        f"{purchase_order(number)} to {supplier} is drafted: {units(qty)} of "
        f"{lines} product{'' if lines == 1 else 's'}."
        for number, supplier, lines, qty in drafts[:2]
    ]
    more = len(drafts) - len(first)
    words = " ".join(first) + (f" So {'is' if more == 1 else 'are'} {more} more." if more else "")
    until = "it is ordered until it is" if len(drafts) == 1 else "them is ordered until they are"
    return f"{words} Nothing of {until} sent."
