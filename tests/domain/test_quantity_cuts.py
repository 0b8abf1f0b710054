"""Which units of a divided line a cut takes."""

from __future__ import annotations

from dashboard.domain.order_lines import LineUnits, PartUnits, ReservedUnits
from dashboard.domain.quantity_cuts import cut


def divided(*here: tuple[int, int]) -> LineUnits:
    """Two parts of four, the first with one shipped, and units that are here by part."""
    reserved = tuple(ReservedUnits(part, 1, "MAIN", "", qty) for part, qty in here)
    return LineUnits(1, "10482", 1, "open", False, (PartUnits(1, 4, 1, 0), PartUnits(2, 4, 0, 0)), reserved, ())


def parts(line: LineUnits, wanted: int) -> dict[int, int]:
    return {one.part: one.qty for one in cut(line, wanted=wanted)}


def test_what_waits_is_cut_before_what_is_here_the_last_part_first():
    line = divided((1, 1), (2, 2))
    assert parts(line, 6) == {2: 2}
    assert parts(line, 5) == {1: 1, 2: 2}
    assert parts(line, 3) == {1: 2, 2: 3}


def test_what_is_shipped_of_a_part_is_never_cut():
    assert parts(divided(), 1) == {1: 3, 2: 4}
