"""Which reserved units leave, and from where."""

from __future__ import annotations

from dashboard.domain.order_lines import LineUnits, PartUnits, ReservedUnits
from dashboard.domain.shipments import OrderRules, ship

EAST, WEST = 1, 2
ANYHOW = OrderRules(ship_complete=False, may_split=True, usual_location_id=None)


def line(*reserved: ReservedUnits, qty: int = 10) -> LineUnits:
    return LineUnits(1, "10482", 1, "open", False, (PartUnits(1, qty, 0, 0),), reserved, ())


def leaving(units: LineUnits, qty: int | None, rules: OrderRules = ANYHOW) -> list[tuple[str, str, int]]:
    found = ship([units], what=units.name, qty=qty, order=[units], rules=rules)
    return [(one.units.location, one.units.held, one.qty) for one in found]


def test_what_is_picked_leaves_before_what_is_fixed_and_that_before_what_nobody_holds():
    units = line(
        ReservedUnits(1, EAST, "EAST", "", 4),
        ReservedUnits(1, EAST, "EAST", "fixed", 2),
        ReservedUnits(1, WEST, "WEST", "picked", 1),
    )
    assert leaving(units, 5) == [("WEST", "picked", 1), ("EAST", "fixed", 2), ("EAST", "", 2)]


def test_the_usual_location_sends_first_then_the_one_where_most_stands():
    units = line(ReservedUnits(1, EAST, "EAST", "", 2), ReservedUnits(1, WEST, "WEST", "", 3))
    assert leaving(units, 4) == [("WEST", "", 3), ("EAST", "", 1)]
    from_east = OrderRules(ship_complete=False, may_split=True, usual_location_id=EAST)
    assert leaving(units, 4, from_east) == [("EAST", "", 2), ("WEST", "", 2)]
