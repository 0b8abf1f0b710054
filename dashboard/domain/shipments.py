"""What is reserved leaves: which units, from where, and what may not leave alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.domain.order_lines import LineUnits, ReservedUnits, be, firmness, take_in_turn
from dashboard.domain.quantities import units
from dashboard.domain.refusals import Refused


class ShipmentRefused(Refused):
    """Goods that cannot leave, or not alone."""


@dataclass(frozen=True, slots=True)
class OrderRules:
    """What an order says of how it may leave."""

    ship_complete: bool
    may_split: bool
    usual_location_id: int | None


@dataclass(frozen=True, slots=True)
class Leaving:
    """Units of a line's part that leave a location."""

    line: LineUnits
    units: ReservedUnits  # all that is reserved there
    qty: int


def ship(
    lines: Sequence[LineUnits], *, what: str, qty: int | None, order: Sequence[LineUnits], rules: OrderRules
) -> tuple[Leaving, ...]:
    """Which reserved units of these lines leave: all of them, or `qty` of the one line.

    `what` is how a sentence speaks of the lines; `order` is every line of the order, since whether it may leave in
    part depends on all that is open of it.
    """
    if not any(line.open for line in lines):
        raise ShipmentRefused(f"Nothing of {what} is open.", "Nothing of it can leave any more.")
    here = sum(line.here for line in lines)
    if not here and all(line.dropship for line in lines if line.open):
        raise ShipmentRefused(f"The supplier sends {what} straight to the customer.", "Nothing of it leaves from here.")
    if not here:
        raise ShipmentRefused(
            f"Nothing is reserved for {what} yet.", "It can leave once stock stands on a shelf for it."
        )
    if qty is not None and qty < 1:
        raise ShipmentRefused("A shipment has at least 1 unit.", f"Up to {here} can leave.", field="qty")
    if qty is not None and qty > here:
        raise ShipmentRefused(
            f"Only {units(here)} of {what} {be(here)} reserved.", f"Write {here} or fewer.", field="qty"
        )
    leaving = here if qty is None else qty
    _refuse_a_part(order, rules, leaving)
    found = tuple(one for line in lines for one in _of_line(line, min(leaving, line.here), rules))
    _refuse_several_parcels(found, rules)
    return found


def shipped_in_words(leaving: Sequence[Leaving], numbers: Sequence[str], *, what: str, open_after: int) -> str:
    """What left, under which numbers, and what stays behind."""
    qty = sum(one.qty for one in leaving)
    words = f"{units(qty)} of {what} shipped as {' and '.join(numbers)}."
    if open_after:
        return f"{words} {units(open_after)} still {'waits' if open_after == 1 else 'wait'}."
    return f"{words} Nothing of it is open any more."


def _refuse_a_part(order: Sequence[LineUnits], rules: OrderRules, leaving: int) -> None:
    """An order that leaves only as a whole must leave at once; what a supplier sends straight away is not of that."""
    if not rules.ship_complete and rules.may_split:
        return
    whole = sum(line.open for line in order if not line.dropship)
    here = sum(line.here for line in order)
    if leaving == whole:
        return
    why = "leaves only as a whole" if rules.ship_complete else "may not be split into several parcels"
    raise ShipmentRefused(
        f"Order {order[0].order} {why}: {here} of {units(whole)} {be(here)} here.",
        f"Ship all {whole} of the order at once." if here == whole else "It can leave once the rest is here.",
    )


def _refuse_several_parcels(leaving: Sequence[Leaving], rules: OrderRules) -> None:
    """Each place sends a parcel of its own, so what may not be split leaves from one place alone."""
    places: dict[str, int] = {}
    for one in leaving:
        places[one.units.location] = places.get(one.units.location, 0) + one.qty
    if rules.may_split or len(places) < 2:
        return
    where = " and ".join(f"{qty} at {place}" for place, qty in places.items())
    raise ShipmentRefused(
        f"Order {leaving[0].line.order} may not be split into several parcels, and it stands in {len(places)} places: "
        f"{where}.",
        "Bring it together in one of them and count both shelves; then it can leave.",
    )


def _of_line(line: LineUnits, qty: int, rules: OrderRules) -> list[Leaving]:
    """What is picked leaves first, then what is held for other reasons; from the usual location first, then from where
    most stands.
    """

    def turn(one: ReservedUnits) -> tuple[int, bool, int, str, int]:
        return firmness(one.held), one.location_id != rules.usual_location_id, -one.qty, one.location, one.part

    reserved = sorted(line.reserved, key=turn)
    taken = take_in_turn([one.qty for one in reserved], qty)
    return [Leaving(line, one, some) for one, some in zip(reserved, taken, strict=True) if some]
