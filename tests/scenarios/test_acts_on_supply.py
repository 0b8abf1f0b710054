"""Behaviours 2, 4, 10, 14, 15 and 21: goods come in, go back, are counted and move, by the acts of staff."""

from __future__ import annotations

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from sqlalchemy import func, select

from dashboard import models, planning
from dashboard.actions.purchase_order_dates.action import move_date
from dashboard.actions.receipts.action import receive, reverse
from dashboard.actions.stock_counts.action import count
from dashboard.database import db
from dashboard.domain.receipts import ReceiptRefused
from dashboard.domain.stock_counts import StockCountRefused
from tests.shops import filled_once

RECEIPTS = "/purchase-orders/PO/lines/1/receipts"


@filled_once
def three_orders(world):
    """Orders of six, six and three wait for ten units of PO."""
    world.purchase_order("PO", "CHAIR", 10, promised="2026-03-20", expected="2026-03-20")
    for number, qty in (("1", 6), ("2", 6), ("3", 3)):
        world.order(number, "CHAIR", qty, placed=f"2026-03-0{number}", promised="2026-03-25")
    world.plan()


def receipt_line(number):
    return db.session.scalar(
        select(models.ReceiptLine.id)
        .join(models.Receipt, models.Receipt.id == models.ReceiptLine.receipt_id)
        .where(models.Receipt.number == number)
    )


def is_as_a_whole_run_would_have_it():
    return planning.plan().changed_lines == 0 and not list(planning.check())


def test_the_same_receipt_posted_twice_counts_once_and_the_second_answer_points_to_the_first(three_orders, manager):
    hidden = re.findall(r'name="(\w+)"[^>]*value="([^"]*)"', manager.panel(f"{RECEIPTS}/new").text)
    form = {**dict(hidden), "qty": "4", "at": "MAIN"}
    first, second = manager.act(RECEIPTS, form), manager.act(RECEIPTS, form)
    assert (first.status_code, second.status_code) == (200, 200)
    assert three_orders.reserved() == {"1": 4, "2": 0, "3": 0}
    assert three_orders.po_line("PO").qty_received == 4
    assert db.session.scalar(select(func.count()).select_from(models.ReceiptLine)) == 1
    assert "received as DESK-R1" in second.text
    assert re.search(r"Sent before by Manager, 12\xa0Mar,\xa0\d\d:\d\d: nothing was done twice", second.text)


def test_a_form_sent_twice_at_the_same_moment_counts_once(app, three_orders):
    line, start = three_orders.po_line("PO").id, threading.Barrier(4)

    def send(_):
        with app.app_context():
            start.wait(30)
            return receive(line, qty=4, at="MAIN", submission="the same form", actor=None)

    with ThreadPoolExecutor(4) as hands:
        outcomes = list(hands.map(send, range(4)))
    assert [outcome.repeats is None for outcome in outcomes].count(True) == 1
    assert len({outcome.notice for outcome in outcomes}) == 1
    assert three_orders.reserved() == {"1": 4, "2": 0, "3": 0}
    assert three_orders.po_line("PO").qty_received == 4


def test_a_reversed_receipt_releases_the_lowest_ranked_and_lists_them(three_orders):
    made = receive(three_orders.po_line("PO").id, qty=6, at="MAIN", actor=None).made
    receive(three_orders.po_line("PO").id, qty=4, at="MAIN", actor=None)
    assert three_orders.reserved() == {"1": 6, "2": 4, "3": 0}
    outcome = reverse(receipt_line(made), why="another pallet", actor=None)
    assert three_orders.reserved() == {"1": 4, "2": 0, "3": 0}
    assert [(one.order, one.gained) for one in outcome.consequences.losing] == [("1", -2), ("2", -4)]
    assert is_as_a_whole_run_would_have_it()


def test_a_reversal_touches_nothing_that_is_picked(three_orders):
    made = receive(three_orders.po_line("PO").id, qty=10, at="MAIN", actor=None).made
    three_orders.hold("2", 4, kind="picked")
    three_orders.plan()
    with pytest.raises(ReceiptRefused, match="4 units at MAIN are picked"):
        reverse(receipt_line(made), why=None, actor=None)
    assert three_orders.reserved() == {"1": 6, "2": 4, "3": 0}


def test_a_receipt_reversed_in_part_of_what_came_leaves_the_picked_with_its_line(three_orders):
    receive(three_orders.po_line("PO").id, qty=4, at="MAIN", actor=None)
    made = receive(three_orders.po_line("PO").id, qty=6, at="MAIN", actor=None).made
    three_orders.hold("2", 4, kind="picked")
    three_orders.plan()
    outcome = reverse(receipt_line(made), why=None, actor=None)
    assert three_orders.reserved() == {"1": 0, "2": 4, "3": 0}
    assert [(one.order, one.gained) for one in outcome.consequences.losing] == [("1", -6)]


def test_a_count_below_what_is_reserved_is_accepted_and_shows_which_orders_lose(three_orders):
    three_orders.stock("CHAIR", 15)
    three_orders.plan()
    outcome = count(three_orders.sku("CHAIR").id, at="MAIN", qty=7, why="water damage", actor=None)
    assert three_orders.reserved() == {"1": 6, "2": 1, "3": 0}
    assert [(one.order, one.gained) for one in outcome.consequences.losing] == [("2", -5), ("3", -3)]
    assert is_as_a_whole_run_would_have_it()


def test_a_count_below_what_is_picked_is_refused_with_the_picked_number(three_orders):
    three_orders.stock("CHAIR", 15)
    three_orders.hold("3", 3, kind="picked")
    three_orders.plan()
    with pytest.raises(StockCountRefused, match="3 units at MAIN are picked"):
        count(three_orders.sku("CHAIR").id, at="MAIN", qty=2, actor=None)
    count(three_orders.sku("CHAIR").id, at="MAIN", qty=3, actor=None)
    assert three_orders.reserved() == {"1": 0, "2": 0, "3": 3}


def test_when_a_supplier_moves_a_purchase_order_its_lines_move_the_first_promise_stays_and_who_must_be_told_is_listed(
    three_orders,
):
    outcome = move_date(three_orders.po_line("PO").id, to=date(2026, 4, 2), whole=True, why="strike", actor=None)
    for number in "12":
        row = three_orders.waiting(number)
        assert row.first_promise == row.current_promise == date(2026, 3, 25)
    assert three_orders.waiting("1").eta == date(2026, 4, 2)
    told = [(one.order, one.before.eta, one.after.eta) for one in outcome.consequences.to_tell]
    # The last two units of the second order have no supply, nor has the third: they had no date, and have none now.
    assert told == [("1", date(2026, 3, 20), date(2026, 4, 2))]
    assert outcome.notice.endswith("1 customer must be told: order 1.")
    assert is_as_a_whole_run_would_have_it()


def test_a_receipt_in_part_leaves_the_open_balance_with_its_own_date(three_orders):
    receive(three_orders.po_line("PO").id, qty=4, at="MAIN", actor=None)
    move_date(three_orders.po_line("PO").id, to=date(2026, 3, 27), why="the rest is on the next lorry", actor=None)
    assert three_orders.reserved("1") == 4
    assert three_orders.pegs("1") == [("PO", 2, date(2026, 3, 27))]
    assert three_orders.waiting("1").eta == date(2026, 3, 27)


def test_a_suppliers_punctuality_does_not_improve_when_somebody_edits_the_expected_date(three_orders):
    before = (three_orders.po_line("PO").first_promise, three_orders.po_line("PO").qty_promised)
    move_date(three_orders.po_line("PO").id, to=date(2026, 4, 2), why="strike", actor=None)
    move_date(three_orders.po_line("PO").id, to=date(2026, 5, 2), whole=True, why="strike goes on", actor=None)
    assert (three_orders.po_line("PO").first_promise, three_orders.po_line("PO").qty_promised) == before
