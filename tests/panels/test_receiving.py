"""Receiving: a scanner's field leads to the form of the right purchase order; what came is listed."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from dashboard import models
from dashboard.actions.deliveries.action import take_in_delivery
from dashboard.database import db


@pytest.fixture
def due(world):
    """One purchase order is overdue, one is due tomorrow; lamps are on both."""
    world.sku("RUG")
    world.purchase_order("PO-1", lines=[("CHAIR", 10), ("LAMP", 4)], expected="2026-03-10")
    world.purchase_order("PO-2", "LAMP", 6, expected="2026-03-13")
    world.order("1", "CHAIR", 6, placed="2026-03-01")
    world.plan()
    return world


def test_what_should_have_come_is_listed_with_how_long_it_is_overdue(due, manager):
    text = manager.get("/receiving").text
    assert "1 purchase order" in text
    assert "PO-1" in text
    assert "PO-2" not in text, "it is not due before tomorrow"
    assert "2\xa0d overdue" in text
    assert "Nothing was received here yet" in text


@pytest.mark.parametrize(
    ("code", "leads_to"),
    [
        ("PO-1", "/purchase-orders/PO-1/deliveries/new"),
        (" PO-1 ", "/purchase-orders/PO-1/deliveries/new"),
        ("CHAIR", "/purchase-orders/PO-1/deliveries/new?sku=CHAIR"),
        ("CHAIR&what=count", "/skus/CHAIR/stock-counts/new"),
    ],
)
def test_a_scan_leads_to_the_form_of_its_purchase_order(due, manager, code, leads_to):
    answer = manager.get(f"/receiving/scan?code={code}")
    assert (answer.status_code, answer.headers["Location"]) == (302, leads_to)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("LAMP", "which one is it?"),
        ("RUG", "is on no open purchase order"),
        ("4006381333931", "neither a purchase order nor a SKU"),
        ("PO-1&what=count", "No SKU has this code"),
    ],
)
def test_what_leads_nowhere_says_so_and_what_can_be_done(due, manager, code, words):
    page, part = manager.get(f"/receiving/scan?code={code}"), manager.panel(f"/receiving/scan?code={code}")
    assert words in page.text
    assert words in part.text
    assert part.text.lstrip().startswith("<section")


def test_what_came_is_listed_with_its_pick_list_until_it_is_reversed(due, manager):
    order_id = db.session.scalar(select(models.PurchaseOrder.id).where(models.PurchaseOrder.number == "PO-1"))
    take_in_delivery(
        order_id, came={1: 6, 2: 1}, damaged={1: 2}, at="MAIN", strange_sku="XC-9", strange_qty=5,
        remark="two boxes were wet", actor=manager.person.id,
    )  # fmt: skip
    text = manager.panel("/receiving").text
    assert "DESK-D1" in text
    assert "two boxes were wet" in text
    assert "/picking?location=MAIN&amp;sku=CHAIR&amp;sku=LAMP" in text
    manager.act("/deliveries/DESK-D1/reversals", {"undo": "1"})
    text = manager.panel("/receiving").text
    assert "reversed" in text
    assert "Pick list" not in text


def test_what_came_damaged_or_unordered_stands_with_its_purchase_order(due, manager):
    order_id = db.session.scalar(select(models.PurchaseOrder.id).where(models.PurchaseOrder.number == "PO-1"))
    take_in_delivery(
        order_id, came={1: 6}, damaged={1: 2}, at="MAIN", strange_sku="XC-9", strange_qty=5, actor=manager.person.id
    )
    text = manager.get("/purchase-orders/PO-1").text
    assert "4 on the shelf at MAIN, 2 rejected" in text
    assert "5 stand aside · nobody ordered it" in text


def test_only_who_may_receive_sees_it(due, viewer):
    assert viewer.get("/receiving").status_code == 403
    assert "Receiving" not in viewer.get("/aging").text
