"""A waiting quantity bound to one purchase-order line."""

from __future__ import annotations

import json
import re
from datetime import date

import pytest
from sqlalchemy import select

from dashboard import models
from dashboard.actions.receipts.action import receive, reverse
from dashboard.actions.ties.action import tie_units
from dashboard.database import db
from dashboard.domain.ties import TieRefused
from tests.actions.posting import acts, assert_copies_are_right, holds, order_id, refused
from tests.shops import filled_once


@filled_once
def shop(world):
    """Two orders for more chairs than stand here; some come soon, many later."""
    world.stock("CHAIR", 3)
    world.purchase_order("SOON", lines=[("CHAIR", 4), ("TABLE", 4)], expected="2026-03-20")
    world.purchase_order("LATER", "CHAIR", 20, expected="2026-04-20")
    world.order("1", "CHAIR", 6, placed="2026-03-01")
    world.order("2", "CHAIR", 6, placed="2026-03-02")
    world.plan()


def tie(shop, number: str, qty: int, po: str, po_line: int = 1, **more):
    supply = shop.po_line(po, po_line).id
    return tie_units(order_id(number), 1, supply=supply, qty=qty, **{"reason": "cross-dock", "actor": None, **more})


def test_tied_units_wait_for_their_purchase_order_alone(shop):
    outcome = tie(shop, "1", 3, "LATER")
    assert shop.pegs("1") == [("LATER", 3, date(2026, 4, 20))]
    assert outcome.notice == ("3 units of line 1 of order 1 are tied to PO LATER: filled from it alone until untied.")
    assert_copies_are_right()
    shop.stock("CHAIR", 30)
    shop.plan()
    assert shop.reserved() == {"1": 3, "2": 6}


def receive_later(shop, qty: int):
    return receive(shop.po_line("LATER").id, qty=qty, at="MAIN", actor=None)


def test_what_comes_of_their_purchase_order_is_held_for_the_units_that_waited_for_it(shop):
    tie(shop, "2", 5, "LATER")
    receive_later(shop, 3)
    assert shop.reserved() == {"1": 3, "2": 3}
    assert sorted(holds("2")) == [("fixed", 2), ("fixed", 3)]
    assert holds("2", live=False) == [("fixed", 3)]
    assert ("LATER", 2, date(2026, 4, 20)) in shop.pegs("2")
    receive_later(shop, 17)
    assert shop.reserved() == {"1": 6, "2": 6}
    assert_copies_are_right()


def test_a_receipt_that_is_taken_back_ties_them_again(shop):
    tie(shop, "2", 5, "LATER")
    outcome = receive_later(shop, 20)
    assert shop.reserved() == {"1": 6, "2": 6}
    line = db.session.scalars(select(models.ReceiptLine.id)).one()
    reverse(line, why="wrong van", actor=None)
    assert outcome.made
    assert shop.reserved() == {"1": 3, "2": 0}
    assert ("LATER", 5, date(2026, 4, 20)) in shop.pegs("2")
    assert_copies_are_right()


def test_units_that_stand_here_can_be_tied_too_and_go_on_in_line(shop):
    tie(shop, "1", 6, "LATER")
    assert shop.reserved() == {"1": 0, "2": 3}
    assert_copies_are_right()


def test_no_more_is_tied_than_is_open_and_not_held_otherwise(shop):
    shop.hold("1", 2)
    shop.plan()
    with refused(TieRefused, "Only 4 units of line 1 of order 1 are open and not held otherwise."):
        tie(shop, "1", 5, "LATER")
    tie(shop, "1", 4, "LATER")
    with refused(TieRefused, "Every open unit of line 1 of order 1 is held already."):
        tie(shop, "1", 1, "LATER")


def test_no_more_is_tied_than_the_purchase_order_brings(shop):
    with refused(TieRefused, "PO SOON brings 4 units. Write 4 or fewer."):
        tie(shop, "1", 5, "SOON")
    tie(shop, "1", 3, "SOON")
    with refused(TieRefused, "PO SOON brings 4 units, of which 3 are tied to other lines. Write 1 or fewer."):
        tie(shop, "2", 2, "SOON")


def test_a_purchase_order_line_of_another_sku_is_refused(shop):
    with refused(TieRefused, "Line 2 of PO SOON does not bring CHAIR."):
        tie(shop, "1", 1, "SOON", 2)


@pytest.mark.parametrize("status", ["draft", "cancelled", "closed"])
def test_a_purchase_order_that_supplies_nothing_is_refused(shop, status):
    shop.purchase_order("GONE", "CHAIR", 4, expected="2026-03-20", status=status)
    with refused(TieRefused, "PO GONE brings nothing more."):
        tie(shop, "1", 1, "GONE")


@pytest.mark.parametrize("supply", [None, 0, 4711, 10**30])
def test_a_purchase_order_line_that_is_nowhere_is_refused(shop, supply):
    with refused(TieRefused, "There is no such line of a purchase order."):
        tie_units(order_id("1"), 1, supply=supply, qty=1, reason=None, actor=None)


def test_a_line_that_ended_waits_for_nothing(shop):
    shop.cancel("1")
    shop.plan()
    with refused(TieRefused, "Nothing of line 1 of order 1 is open."):
        tie(shop, "1", 1, "SOON")


def test_a_tie_leaves_to_what_and_why(shop):
    tie(shop, "1", 3, "LATER", submission="key")
    tie(shop, "1", 3, "LATER", submission="key")
    [act] = acts()
    assert (act.act, act.subject, act.why) == ("units-tied", "order-line 1/1", "cross-dock")
    assert json.loads(act.after) == {"purchase_order": "LATER/1", "qty": 3, "qty_held": 3}
    assert holds("1") == [("fixed", 3)]


def test_the_form_offers_what_is_still_to_come_the_soonest_first(shop, manager):
    shop.purchase_order("4711", "CHAIR", 5, expected="2026-03-02")
    shop.purchase_order("SOMETIME", "CHAIR", 5)
    shop.purchase_order("CLOSED", "CHAIR", 5, expected="2026-03-20", status="closed")
    offered = re.findall(r"<option[^>]*>([^<]*)</option>", manager.panel("/orders/1/lines/1/ties/new").text)
    assert offered == [
        "PO 4711 / 1 · due 2 Mar · 5 open",
        "PO SOON / 1 · 20 Mar · 4 open",
        "PO LATER / 1 · 20 Apr · 20 open",
        "PO SOMETIME / 1 · no date yet · 5 open",
    ]
