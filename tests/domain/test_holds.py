"""How holds end with their units."""

from __future__ import annotations

from dashboard.domain.holds import ended_at, ended_by_cut
from dashboard.domain.order_lines import HeldUnits

SHELF, OTHER_SHELF, PO = 1, 2, 7


def held(number: int, kind: str, qty: int, *, part: int = 1, shelf: int | None = SHELF) -> HeldUnits:
    return HeldUnits(number, part, kind, qty, shelf, None if shelf else PO)


def ends(found) -> list[tuple[int, int]]:
    return [(end.hold.id, end.qty) for end in found]


def test_no_hold_ends_while_as_much_is_open_as_is_held():
    assert ends(ended_by_cut([held(1, "fixed", 3), held(2, "picked", 2)], {1: 5})) == []


def test_the_least_firm_hold_ends_first_and_of_those_the_youngest():
    holds = [held(1, "fixed", 3), held(2, "picked", 2), held(3, "fixed", 4), held(4, "told", 1)]
    assert ends(ended_by_cut(holds, {1: 10})) == []
    assert ends(ended_by_cut(holds, {1: 8})) == [(4, 1), (3, 1)]
    assert ends(ended_by_cut(holds, {1: 1})) == [(4, 1), (3, 4), (1, 3), (2, 1)]


def test_each_part_of_a_divided_line_answers_for_its_own_holds():
    holds = [held(1, "fixed", 3, part=1), held(2, "fixed", 3, part=2)]
    assert ends(ended_by_cut(holds, {1: 3, 2: 1})) == [(2, 2)]


def test_a_tie_ends_like_any_other_hold():
    assert ends(ended_by_cut([held(1, "fixed", 3, shelf=None)], {1: 0})) == [(1, 3)]


def test_units_that_left_a_shelf_end_holds_of_that_kind_there_the_oldest_first():
    holds = [held(3, "fixed", 2), held(1, "fixed", 2), held(2, "fixed", 5, shelf=OTHER_SHELF), held(4, "picked", 9)]
    assert ends(ended_at(holds, part=1, kind="fixed", location_id=SHELF, qty=3)) == [(1, 2), (3, 1)]
