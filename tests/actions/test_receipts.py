"""Receipts: goods come in once, and go back where they did not come."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from dashboard import clock, models
from dashboard.actions.outcomes import foreseen
from dashboard.actions.receipts.action import receive, reverse
from dashboard.database import db, transaction
from dashboard.domain.receipts import ReceiptRefused
from tests.shops import filled_once


@filled_once
def shop(world):
    """Two orders wait for ten chairs of PO-1; two stand on the shelf already."""
    world.stock("CHAIR", 2)
    world.purchase_order("PO-1", "CHAIR", 10, expected="2026-03-20")
    world.order("1", "CHAIR", 6, placed="2026-03-01")
    world.order("2", "CHAIR", 6, placed="2026-03-02")
    world.plan()


def post(world, qty, **said):
    return receive(world.po_line("PO-1").id, qty=qty, at=said.pop("at", "MAIN"), actor=None, **said)


def copies(world):
    db.session.rollback()
    line = world.po_line("PO-1")
    return line.qty_received, line.qty_open


def on_hand(world, at="MAIN"):
    return db.session.scalar(
        select(models.Stock.on_hand)
        .join(models.Location, models.Location.id == models.Stock.location_id)
        .where(models.Location.code == at)
    )


def test_a_part_that_comes_is_dealt_out_and_the_rest_stays_open(shop):
    outcome = post(shop, 4)
    assert copies(shop) == (4, 6)
    assert on_hand(shop) == 6
    assert shop.reserved() == {"1": 6, "2": 0}
    assert outcome.notice == "4 units of CHAIR received as DESK-R1. Now reserved: 4 for order 1."


def test_more_than_is_open_is_taken_only_where_somebody_said_so_and_said_to_be_over(shop):
    with pytest.raises(ReceiptRefused, match="2 units came more than was ordered: only 10 are open") as refused:
        post(shop, 12)
    assert refused.value.allowed == "Tick “Take what is over”, or write 10 and send the rest back."
    assert copies(shop) == (0, 10)
    outcome = post(shop, 12, takes_over=True)
    assert copies(shop) == (12, 0)
    assert on_hand(shop) == 14
    assert ", 2 more than were open." in outcome.notice


def test_goods_may_come_to_a_place_that_never_held_any(shop):
    shop.stock("LAMP", 1, at="ATTIC")
    post(shop, 3, at="ATTIC")
    assert (on_hand(shop), on_hand(shop, "MAIN")) == (2, 2)
    assert shop.reserved("1") + shop.reserved("2") == 5


def test_a_receipt_is_later_than_the_count_that_it_stands_upon(shop):
    shop.stock("CHAIR", 2, counted=clock.now() + timedelta(hours=1))
    post(shop, 4)
    receipt = db.session.scalar(select(models.ReceiptLine))
    assert receipt.received_at > db.session.scalar(select(models.Stock.counted_at))


def test_a_draft_receives_nothing(shop):
    shop.purchase_order("PO-2", "CHAIR", 5, status="draft")
    with pytest.raises(ReceiptRefused, match="PO-2 is a draft"):
        receive(shop.po_line("PO-2").id, qty=5, at="MAIN", actor=None)


@pytest.mark.parametrize("qty", [0, -3, 10**9])
def test_a_quantity_that_cannot_be_is_refused_at_its_field(shop, qty):
    with pytest.raises(ReceiptRefused) as refused:
        post(shop, qty)
    assert refused.value.field == "qty"
    assert copies(shop) == (0, 10)


def test_what_is_foreseen_is_what_then_happens_and_nothing_is_kept_of_it(shop):
    expected = foreseen(receive, shop.po_line("PO-1").id, qty=4, at="MAIN", actor=None)
    assert copies(shop) == (0, 10)
    assert on_hand(shop) == 2
    assert not db.session.scalars(select(models.Act).where(models.Act.act == "goods-received")).all()
    assert post(shop, 4).consequences == expected.consequences


def receipt_line_id(number):
    return db.session.scalar(
        select(models.ReceiptLine.id)
        .join(models.Receipt, models.Receipt.id == models.ReceiptLine.receipt_id)
        .where(models.Receipt.number == number)
    )


def test_a_reversal_takes_back_all_that_the_receipt_did(shop):
    made = post(shop, 7).made
    outcome = reverse(receipt_line_id(made), why="counted twice", actor=None)
    assert copies(shop) == (0, 10)
    assert on_hand(shop) == 2
    assert shop.reserved() == {"1": 2, "2": 0}
    assert outcome.notice.startswith(f"{made} is reversed: 7 units of CHAIR did not come. ")
    assert outcome.notice.endswith("No longer reserved: 4 for order 1, 3 for 2.")


def test_a_receipt_is_reversed_once(shop):
    made = post(shop, 7).made
    reverse(receipt_line_id(made), why=None, actor=None)
    again = reverse(receipt_line_id(made), why=None, actor=None)
    assert again.notice == f"{made} was reversed before: nothing changed."
    assert (copies(shop), on_hand(shop)) == ((0, 10), 2)


def test_a_reversal_does_not_touch_what_is_picked(shop):
    made = post(shop, 4).made
    shop.hold("1", 5, kind="picked")
    shop.plan()
    with pytest.raises(ReceiptRefused, match="5 units at MAIN are picked, and only 2 would be left"):
        reverse(receipt_line_id(made), why=None, actor=None)
    assert (copies(shop), on_hand(shop)) == ((4, 6), 6)


def test_what_has_left_cannot_be_taken_off_the_shelf(shop):
    made = post(shop, 4).made
    with transaction() as session:
        session.execute(models.Reservation.__table__.delete())
        session.execute(models.LinePlan.__table__.delete())
        session.execute(models.Stock.__table__.update().values(on_hand=1, reserved=0))
    with pytest.raises(ReceiptRefused, match="4 units would have to leave MAIN, and only 1 stands there"):
        reverse(receipt_line_id(made), why=None, actor=None)


def test_a_receipt_older_than_the_last_count_leaves_the_shelf_as_counted(shop):
    made = post(shop, 4).made
    shop.stock("CHAIR", 9, counted=clock.now() + timedelta(minutes=5))
    shop.plan()
    outcome = reverse(receipt_line_id(made), why=None, actor=None)
    assert (copies(shop), on_hand(shop)) == ((0, 10), 9)
    assert "it stays as counted" in outcome.notice


def carried(desk, address):
    """What a form carries that nobody types."""
    return dict(re.findall(r'name="(\w+)"[^>]*value="([^"]*)"', desk.panel(f"{address}/new").text))


def test_two_at_one_line_the_later_one_reads_who_was_first_and_keeps_what_was_typed(shop, manager, admin):
    address = "/purchase-orders/PO-1/lines/1/receipts"
    early, late = carried(manager, address), carried(admin, address)
    assert manager.act(address, {**early, "qty": "4", "at": "MAIN"}).status_code == 200
    answer = admin.act(address, {**late, "qty": "10", "at": "MAIN"})
    assert answer.status_code == 409
    assert "Manager changed this" in answer.text
    assert 'value="10"' in answer.text
    assert "6 of 10 open" in answer.text, "the new state"
    assert copies(shop) == (4, 6)


def test_an_act_from_before_the_form_was_opened_is_not_blamed(shop, manager):
    address = "/purchase-orders/PO-1/lines/1/receipts"
    assert manager.act(address, {**carried(manager, address), "qty": "4", "at": "MAIN"}).status_code == 200
    form = carried(manager, address)
    with transaction():
        shop.po_line("PO-1").unit_cost = 17  # as a file would
    answer = manager.act(address, {**form, "qty": "6", "at": "MAIN"})
    assert answer.status_code == 409
    assert "Manager changed this" not in answer.text
    assert "This changed since you opened it." in answer.text


def test_an_agent_receives_nothing(shop, agent):
    assert agent.panel("/purchase-orders/PO-1/lines/1/receipts/new").status_code == 403
    line = agent.get("/orders/1/lines/1").text
    assert "Receive" not in line
    assert "Cancel the rest" in line


def test_a_receipt_that_came_with_a_file_is_not_reversed_here(shop, manager):
    shop.receive("PO-1", 3, number="R-77")
    assert manager.panel("/receipts/R-77/reversals/new").status_code == 404
    form = manager.panel("/purchase-orders/PO-1/lines/1/receipts/new").text
    assert "R-77" in form
    assert "/receipts/R-77/reversals" not in form
