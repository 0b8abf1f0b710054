"""What a supplier's van brings for a purchase order: in part, whole, over, damaged, or never ordered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dashboard.domain.order_lines import be
from dashboard.domain.quantities import LARGEST_QUANTITY, named, units
from dashboard.domain.refusals import Refused


class DeliveryRefused(Refused):
    """A delivery that cannot be taken in as it was written down."""


@dataclass(frozen=True, slots=True)
class AwaitedLine:
    """A line of the purchase order as far as its goods go."""

    line_no: int
    sku: str
    qty_open: int


@dataclass(frozen=True, slots=True)
class TakenLine:
    """What of a line came: units for the shelf, and units that go back."""

    line: AwaitedLine
    stocked: int
    rejected: int

    @property
    def over(self) -> int:
        return max(0, self.stocked - self.line.qty_open)


@dataclass(frozen=True, slots=True)
class StrangeUnits:
    """Units of a SKU that the purchase order does not have, as the label says it."""

    sku: str
    qty: int
    is_known: bool
    stocked: bool  # somebody said that they go on the shelf all the same


def take_in(
    purchase_order: str,
    awaited: Sequence[AwaitedLine],
    *,
    is_draft: bool,
    came: Mapping[int, int],
    damaged: Mapping[int, int],
    takes_over: bool,
    strange: StrangeUnits | None,
) -> tuple[TakenLine, ...]:
    """What of each line goes on the shelf and what goes back. `came` counts every unit by line number, `damaged` those
    of them that are rejected: they stay open, since the supplier still owes them. What is over is taken only where
    somebody said so.
    """
    if is_draft:
        raise DeliveryRefused(f"{purchase_order} is a draft: nothing was ordered yet.", "Send it, then receive it.")
    taken = tuple(
        _line(line, came.get(line.line_no, 0), damaged.get(line.line_no, 0), takes_over)
        for line in awaited
        if came.get(line.line_no, 0) or damaged.get(line.line_no, 0)
    )
    if strange is not None:
        _refuse_strange(purchase_order, awaited, strange)
    elif not taken:
        raise DeliveryRefused("Nothing is written down.", "Write how many units came of each line.")
    return taken


def _line(line: AwaitedLine, came: int, damaged: int, takes_over: bool) -> TakenLine:
    name = f"line {line.line_no} ({line.sku})"
    for field, qty in (("came", came), ("damaged", damaged)):
        if not 0 <= qty <= LARGEST_QUANTITY:
            raise DeliveryRefused(
                f"{qty} of {name} cannot be right.",
                f"Write a number up to {LARGEST_QUANTITY}.",
                field=f"{field}_{line.line_no}",
            )
    if damaged > came:
        raise DeliveryRefused(
            f"Of {name} {units(came)} came and {damaged} are damaged.",
            "Count the damaged ones among those that came.",
            field=f"damaged_{line.line_no}",
        )
    taken = TakenLine(line, came - damaged, damaged)
    if taken.over and not takes_over:
        awaited = f"only {line.qty_open} {be(line.qty_open)} open" if line.qty_open else "nothing is open"
        raise DeliveryRefused(
            f"Of {name} {taken.over} came more than was ordered: {awaited}.",
            f"Tick “Take what is over”, or write {line.qty_open + damaged} and send the rest back.",
            field=f"came_{line.line_no}",
        )
    return taken


def _refuse_strange(purchase_order: str, awaited: Sequence[AwaitedLine], strange: StrangeUnits) -> None:
    if not strange.sku:
        raise DeliveryRefused(
            f"{units(strange.qty)} came of what nobody ordered.", "Scan its label.", field="strange_sku"
        )
    if not 0 < strange.qty <= LARGEST_QUANTITY:
        raise DeliveryRefused(
            f"How many of {strange.sku} came is not written down.", "Write how many.", field="strange_qty"
        )
    line = next((line for line in awaited if line.sku == strange.sku), None)
    if line is not None:
        raise DeliveryRefused(
            f"{strange.sku} is line {line.line_no} of {purchase_order}.", "Write it there.", field="strange_sku"
        )
    if strange.stocked and not strange.is_known:
        raise DeliveryRefused(
            f"The desk knows no SKU {strange.sku}, so it cannot stand on a shelf.",
            "Leave it aside: it is recorded with this order.",
            field="strange_sku",
        )


def taken_in_words(
    number: str,
    purchase_order: str,
    taken: Sequence[TakenLine],
    strange: StrangeUnits | None,
    *,
    at: str,
    reserved: Sequence[tuple[str, int]],
    more: int,
) -> str:
    """What a delivery brought, and for whom of those who wait it is ready."""
    stocked, over = sum(one.stocked for one in taken), sum(one.over for one in taken)
    rejected = sum(one.rejected for one in taken)
    words = f"{number} of {purchase_order}: {units(stocked)} on the shelf at {at}"
    words += f", {over} more than was ordered" if over else ""
    words += f"; {rejected} rejected and still owed" if rejected else ""
    words += "."
    if strange is not None:
        where = f"stand at {at} too" if strange.stocked else "stand aside"
        words += f" {units(strange.qty)} of {strange.sku}, which nobody ordered, {where}."
    if reserved:
        orders = len({order for order, _ in reserved}) + more
        words += f" Ready to ship for {orders} order{'' if orders == 1 else 's'}: {named(reserved, more=more)}."
    elif stocked:
        words += " Nobody takes them: they lie free on the shelf."
    return words


def reversed_in_words(
    number: str, *, back: int, released: Sequence[tuple[str, int]], more: int, counted_since: Sequence[str]
) -> str:
    """What taking a delivery back did: what it brought is expected again, and who lost what was reserved."""
    words = f"{number} is reversed: {units(back)} did not come."
    if counted_since:
        words += f" {', '.join(counted_since)} was counted since, so that shelf stays as counted."
    words += f" No longer reserved: {named(released, more=more)}." if released else " No order loses anything."
    return words


def reversed_before_in_words(number: str) -> str:
    """What is said of a delivery that is reversed once more."""
    return f"{number} was reversed before: nothing changed."
