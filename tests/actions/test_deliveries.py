"""Deliveries: what a van brings is taken in at once; what is damaged, over or strange is not taken for supply."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from dashboard import models, planning
from dashboard.actions.deliveries.action import reverse_delivery, take_in_delivery
from dashboard.actions.holds.action import hold_units
from dashboard.actions.receipts.action import reverse
from dashboard.actions.stock_counts.action import count
from dashboard.database import db
from dashboard.domain.deliveries import DeliveryRefused
from tests.scenarios.hands import faults


@pytest.fixture
def shop(world):
    """Two orders wait for ten chairs and one for four lamps of PO-1; two chairs stand on the shelf already."""
    world.stock("CHAIR", 2)
    world.sku("RUG")
    world.purchase_order("PO-1", lines=[("CHAIR", 10), ("LAMP", 4)], expected="2026-03-20")
    world.order("1", "CHAIR", 6, placed="2026-03-01")
    world.order("2", "CHAIR", 6, placed="2026-03-02")
    world.order("3", "LAMP", 4, placed="2026-03-03")
    world.plan()
    return world


def order_id():
    return db.session.scalar(select(models.PurchaseOrder.id).where(models.PurchaseOrder.number == "PO-1"))


def take_in(came, damaged=(), **said):
    return take_in_delivery(order_id(), came=came, damaged=dict(damaged), at="MAIN", actor=None, **said)


def open_units():
    db.session.rollback()
    line = models.PurchaseOrderLine
    return dict(
        db.session.execute(select(line.line_no, line.qty_open).where(line.purchase_order_id == order_id())).all()
    )


def on_hand(sku):
    db.session.rollback()
    return db.session.scalar(select(models.Stock.on_hand).join(models.Sku).where(models.Sku.code == sku))


def is_as_a_whole_run_would_have_it():
    return planning.plan().changed_lines == 0 and not list(planning.check()) and not list(faults())


def delivery_id():
    return db.session.scalar(select(models.Delivery.id).order_by(models.Delivery.id.desc()))


def test_several_lines_come_at_once_and_fill_the_queue(shop):
    outcome = take_in({1: 8, 2: 4})
    assert shop.reserved() == {"1": 6, "2": 4, "3": 4}
    assert open_units() == {1: 2, 2: 0}
    assert outcome.notice == (
        "DESK-D1 of PO-1: 12 units on the shelf at MAIN. Ready to ship for 3 orders: 4 for order 1, 4 for 2, 4 for 3."
    )
    assert outcome.picked_of == ("CHAIR", "LAMP")
    assert is_as_a_whole_run_would_have_it()


def test_damaged_units_are_recorded_and_not_received(shop):
    outcome = take_in({1: 5}, {1: 2})
    assert (open_units()[1], on_hand("CHAIR")) == (7, 5), "the supplier still owes the two"
    assert "; 2 rejected and still owed." in outcome.notice
    row = db.session.scalars(select(models.DeliveryLine)).one()
    assert (row.qty, row.qty_stocked, row.qty_rejected) == (5, 3, 2)
    assert db.session.scalars(select(models.ReceiptLine.qty)).all() == [3]


def test_what_is_over_is_asked_for_and_not_silently_taken(shop):
    with pytest.raises(DeliveryRefused) as refused:
        take_in({2: 6})
    assert str(refused.value) == (
        "Of line 2 (LAMP) 2 came more than was ordered: only 4 are open. "
        "Tick “Take what is over”, or write 4 and send the rest back."
    )
    assert refused.value.field == "came_2"
    outcome = take_in({2: 6}, takes_over=True)
    assert ", 2 more than was ordered." in outcome.notice
    assert (on_hand("LAMP"), open_units()[2]) == (6, 0)


def test_what_nobody_ordered_stands_aside_until_somebody_puts_it_on_the_shelf(shop):
    shop.order("4", "RUG", 2, placed="2026-03-04")
    shop.plan()
    outcome = take_in({}, strange_sku="RUG", strange_qty=3)
    assert "3 units of RUG, which nobody ordered, stand aside." in outcome.notice
    assert on_hand("RUG") is None
    take_in({}, strange_sku="RUG", strange_qty=3, strange_stocked=True)
    assert on_hand("RUG") == 3
    assert shop.reserved()["4"] == 2
    assert db.session.scalars(select(models.ReceiptLine)).all() == [], "no supplier was that quick"
    assert is_as_a_whole_run_would_have_it()
    reverse_delivery(delivery_id(), why=None, actor=None)
    assert (on_hand("RUG"), shop.reserved()["4"]) == (0, 0)
    assert is_as_a_whole_run_would_have_it()


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"came": {}}, ""),
        ({"came": {1: 1}, "damaged": {1: 2}}, "damaged_1"),
        ({"came": {}, "strange_sku": "CHAIR", "strange_qty": 1}, "strange_sku"),
        ({"came": {}, "strange_sku": "RUG"}, "strange_qty"),
        ({"came": {}, "strange_qty": 2}, "strange_sku"),
        ({"came": {}, "strange_sku": "NOBODY-KNOWS", "strange_qty": 2, "strange_stocked": True}, "strange_sku"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_of_it_is_done(shop, said, field):
    with pytest.raises(DeliveryRefused) as refused:
        take_in(**said)
    assert refused.value.field == field
    assert refused.value.allowed
    db.session.rollback()
    assert not db.session.scalars(select(models.Delivery)).all()


def test_a_label_that_the_desk_does_not_know_is_recorded_all_the_same(shop):
    take_in({1: 1}, strange_sku="XC-9", strange_qty=2)
    rows = db.session.scalars(select(models.DeliveryLine).order_by(models.DeliveryLine.id)).all()
    assert [(row.sku, row.sku_id is None, row.qty_stocked) for row in rows] == [("CHAIR", False, 1), ("XC-9", True, 0)]


def test_a_reversed_delivery_is_expected_again_and_says_who_loses(shop):
    take_in({1: 8, 2: 4})
    outcome = reverse_delivery(delivery_id(), why="another pallet", actor=None)
    assert open_units() == {1: 10, 2: 4}
    assert shop.reserved() == {"1": 2, "2": 0, "3": 0}
    assert outcome.notice == (
        "DESK-D1 is reversed: 12 units did not come. No longer reserved: 4 for order 1, 4 for 2, 4 for 3."
    )
    assert reverse_delivery(delivery_id(), why=None, actor=None).notice == (
        "DESK-D1 was reversed before: nothing changed."
    )
    assert is_as_a_whole_run_would_have_it()


def test_what_is_picked_of_it_is_not_touched_and_then_nothing_of_it_is_reversed(shop):
    take_in({1: 8, 2: 4})
    hold_units(shop.line("3").order_id, 1, kind="picked", qty=3, reason=None, actor=None)
    with pytest.raises(DeliveryRefused) as refused:
        reverse_delivery(delivery_id(), why=None, actor=None)
    assert str(refused.value) == (
        "LAMP: 3 units at MAIN are picked, and only 0 would be left. Put picked units back first."
    )
    assert shop.reserved() == {"1": 6, "2": 4, "3": 4}
    assert open_units() == {1: 2, 2: 0}


def test_a_receipt_of_it_that_was_reversed_by_itself_is_not_reversed_again(shop):
    take_in({1: 8, 2: 4})
    reverse(
        db.session.scalars(select(models.ReceiptLine.id).order_by(models.ReceiptLine.id)).first(), why=None, actor=None
    )
    outcome = reverse_delivery(delivery_id(), why=None, actor=None)
    assert outcome.notice.startswith("DESK-D1 is reversed: 4 units did not come.")
    assert open_units() == {1: 10, 2: 4}


def test_a_shelf_that_was_counted_since_stays_as_counted(shop):
    take_in({2: 4})
    count(db.session.scalar(select(models.Sku.id).where(models.Sku.code == "LAMP")), at="MAIN", qty=4, actor=None)
    outcome = reverse_delivery(delivery_id(), why=None, actor=None)
    assert "LAMP was counted since, so that shelf stays as counted." in outcome.notice
    assert (on_hand("LAMP"), open_units()[2]) == (4, 4)


def test_a_scanned_sku_fills_in_its_line_alone(shop, manager):
    text = manager.panel("/purchase-orders/PO-1/deliveries/new?sku=LAMP").text
    assert 'value="4"' in text
    assert 'value="10"' not in text
