"""Units that planning may not move: fixed to a line, or picked for it."""

from __future__ import annotations

import json

import pytest

from dashboard.actions.clashes import ChangedMeanwhile
from dashboard.actions.holds.action import hold_units
from dashboard.domain.holds import HoldRefused
from tests.actions.posting import acts, assert_copies_are_right, holds, order_id, refused
from tests.shops import filled_once


@filled_once
def shop(world):
    """Order 1 has six of eight chairs, order 2 the other two."""
    world.stock("CHAIR", 8)
    world.order("1", "CHAIR", 6, placed="2026-03-01")
    world.order("2", "CHAIR", 6, placed="2026-03-02")
    world.plan()


def hold(number: str, qty: int, kind: str = "fixed", **more):
    said = {"reason": "the customer drives here", "actor": None, **more}
    return hold_units(order_id(number), 1, kind=kind, qty=qty, **said)


def test_fixed_units_stay_when_a_better_ranked_order_comes(shop):
    outcome = hold("2", 2)
    assert holds("2") == [("fixed", 2)]
    assert outcome.notice == "2 units are fixed to line 1 of order 2: 2 at MAIN."
    shop.order("0", "CHAIR", 8, placed="2026-03-10", priority=0)
    shop.plan()
    assert shop.reserved() == {"0": 6, "1": 0, "2": 2}
    assert_copies_are_right()


def test_units_that_nobody_holds_can_be_fixed_to_another_and_it_is_said_whose_they_were(shop):
    outcome = hold("2", 5)
    assert shop.reserved() == {"1": 3, "2": 5}
    assert outcome.notice.endswith("3 units of it stood for others.")
    assert_copies_are_right()


def test_units_are_fixed_where_they_stand(world):
    world.stock("CHAIR", 2, at="EAST")
    world.stock("CHAIR", 3, at="WEST")
    world.order("1", "CHAIR", 5, placed="2026-03-01", location="EAST")
    world.plan()
    hold("1", 4)
    assert holds("1") == [("fixed", 2), ("fixed", 2)]
    assert world.reserved_at("1") == {"EAST": 2, "WEST": 3}
    assert_copies_are_right()


def test_no_more_is_fixed_than_is_open_and_not_held(shop):
    hold("1", 4)
    with refused(HoldRefused, "Only 2 units of line 1 of order 1 are open and not held yet. Write 2 or fewer."):
        hold("1", 3)
    hold("1", 2)
    with refused(HoldRefused, "Every open unit of line 1 of order 1 is held already. Release some first."):
        hold("1", 1)
    assert_copies_are_right()


def test_no_more_is_fixed_than_stands_free_on_the_shelf_and_the_holders_are_named(shop, manager):
    hold("1", 6, actor=manager.person.id)
    with pytest.raises(HoldRefused) as told:
        hold("2", 3)
    assert told.value.sentence.startswith("Only 2 units on the shelf are free. 6 are fixed for order 1, 12 March, ")
    assert told.value.sentence.endswith(" by Manager.")
    assert told.value.allowed == "Write 2 or fewer."
    assert holds("2") == []


def test_picking_turns_what_was_fixed_into_picked(shop):
    hold("1", 3)
    outcome = hold("1", 4, "picked", reason=None)
    assert holds("1") == [("picked", 4)]
    assert holds("1", live=False) == [("fixed", 3)]
    assert outcome.notice == "4 units are picked for line 1 of order 1: 4 at MAIN."
    assert_copies_are_right()


def test_picking_some_of_what_was_fixed_leaves_the_others_fixed(shop):
    hold("1", 3)
    hold("1", 1, "picked")
    assert holds("1") == [("fixed", 2), ("picked", 1)]
    assert_copies_are_right()


def test_no_more_is_picked_than_is_reserved(shop):
    with refused(HoldRefused, "Only 2 units of line 1 of order 2 are reserved and not picked yet."):
        hold("2", 3, "picked")
    hold("2", 2, "picked")
    with refused(HoldRefused, "Nothing is reserved for line 1 of order 2 that is not picked yet."):
        hold("2", 1, "picked")


def test_a_hold_has_at_least_one_unit(shop):
    with refused(HoldRefused, "A hold has at least 1 unit."):
        hold("1", 0)


def test_a_line_that_its_supplier_sends_takes_no_stock_from_here(shop):
    shop.supplier("DROP", dropship=True, lead_time_days=5)
    shop.order("3", "CHAIR", 1, placed="2026-03-03", supplier="DROP")
    shop.plan()
    with refused(HoldRefused, "It takes no stock from here."):
        hold("3", 1)


def test_a_line_that_ended_holds_nothing(shop):
    shop.cancel("1")
    shop.plan()
    with refused(HoldRefused, "Nothing of line 1 of order 1 is open."):
        hold("1", 1)


def test_of_two_who_fix_units_of_a_line_the_later_sees_the_first(shop, manager):
    version = str(shop.line("1").version)
    hold("1", 3, version=version, actor=manager.person.id)
    with pytest.raises(ChangedMeanwhile) as clash:
        hold("1", 3, version=version)
    assert clash.value.acts[0].seen.who == "Manager"
    assert holds("1") == [("fixed", 3)]


def test_a_hold_leaves_what_is_held_where_and_why(shop):
    hold("1", 3, submission="key")
    hold("1", 3, submission="key")
    [act] = acts()
    assert (act.act, act.subject, act.why) == ("units-held", "order-line 1/1", "the customer drives here")
    assert json.loads(act.after) == {"kind": "fixed", "qty": 3, "locations": {"MAIN": 3}, "qty_held": 3}
