"""A drafted purchase order goes to its supplier: from then on it supplies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from dashboard.domain.order_lines import LineUnits, be
from dashboard.domain.quantities import units
from dashboard.domain.refusals import Refused
from dashboard.domain.ties import purchase_order

LETTER_KIND = "purchase-order"  # of the message that brings it to its supplier


class SendingRefused(Refused):
    """A purchase order that cannot be sent."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A purchase order as far as sending it goes."""

    purchase_order: str
    status: str
    supplier: str
    supplier_is_active: bool
    qty: int  # of all its lines

    @property
    def name(self) -> str:
        """How a sentence speaks of it."""
        return purchase_order(self.purchase_order)


def send(draft: Draft, *, promised: date | None, handed: Sequence[tuple[LineUnits, int]], today: date) -> None:
    """Refuses what cannot be sent. `handed` are order lines that it sends straight to the customer, and how many units
    it has for each: the line as a whole, or its customer would get too few or too many.
    """
    if draft.status != "draft":
        raise SendingRefused(f"{draft.name} is {draft.status}.", "Only a draft can be sent.")
    if not draft.qty:
        raise SendingRefused(f"{draft.name} orders nothing.", "Draft one that does.")
    if not draft.supplier_is_active:
        raise SendingRefused(f"{draft.supplier} is not active.", "Reassign it to a supplier that is.")
    if promised is not None and promised < today:
        raise SendingRefused("That day has passed.", "Choose today or a later day.", field="promised")
    for line, qty in handed:
        if line.open != qty:
            raise SendingRefused(
                f"{units(line.open)} of {line.name} {be(line.open)} open, and {draft.name} sends {qty} straight to its "
                "customer.",
                "Undo the reassignment, and make it anew.",
            )
        if line.held:
            raise SendingRefused(
                f"{units(line.held)} of {line.name} {be(line.held)} held, and would not be needed.",
                "Release them first.",
            )


def sent_in_words(draft: Draft, *, promised: date | None, expected_on: date | None, by_calendar: bool = False) -> str:
    """What sending did: who has it now, and by when it should come, as quoted or by its supplier's days."""
    words = f"{draft.name} is sent to {draft.supplier}: {units(draft.qty)}"
    if promised is not None:
        return f"{words}, promised for {promised.day} {promised:%B}."
    if expected_on is not None and by_calendar:
        return f"{words}, expected by {expected_on.day} {expected_on:%B}: as quoted, and by the days that it works."
    if expected_on is not None:
        return f"{words}, by {expected_on.day} {expected_on:%B} as quoted."
    return f"{words}. No date is known yet."


def letter(
    number: str, *, supplier: str | None, lines: Sequence[tuple[int, str, str | None]], shop: str
) -> tuple[str, str]:
    """Subject and body of the letter with which it goes to its supplier; lines are units, SKU and product."""
    width = max((len(str(qty)) for qty, _, _ in lines), default=0)
    ordered = "\n".join(
        f"  {qty:>{width}}  {sku}{f'  {product}' if product and product != sku else ''}" for qty, sku, product in lines
    )
    body = (
        f"Hello{f' {supplier}' if supplier else ''},\n\nplease deliver what we order by {purchase_order(number)}:\n\n"
        f"{ordered}\n\nThe attached file has it line by line. Please reply by which day you deliver.\n"
    )
    return f"Purchase order {number}", body + (f"\n{shop}\n" if shop else "")
