"""The pages of purchase orders: drafts that are to be sent, and each order with who waits for it."""

from __future__ import annotations

import csv
import re
from functools import partial

from sqlalchemy import update

from dashboard import clock
from dashboard.actions.supplier_reassignments.action import reassign_supply
from dashboard.actions.supplier_reassignments.queries import find_supply
from dashboard.database import db, transaction
from dashboard.models import PurchaseOrderLine, Supplier
from dashboard.panels.purchase_orders.on_order import STATES
from tests.shops import filled_once


@filled_once
def shop(world):
    """Chairs of a late order, some of them moved to a supplier who has not got the order yet."""
    world.supplier("SLOW", lead_time_days=30)
    world.supplier("QUICK", lead_time_days=9)
    world.terms("QUICK", "CHAIR", cost="92.50")
    world.purchase_order("PO-1", "CHAIR", 10, supplier="SLOW", promised="2026-03-02", expected="2026-03-05")
    world.order("1", "CHAIR", 4, placed="2026-02-01", promised="2026-03-12")
    world.order("2", "CHAIR", 2, placed="2026-02-01", promised="2026-03-12")
    world.plan()
    asked = find_supply(db.session(), "PO-1", 1, clock.today()).asked
    reassign_supply(asked, to="QUICK", qty=3, actor=None)


def test_drafts_are_listed_until_they_are_sent_and_an_empty_list_says_that_it_is_good(shop, manager, viewer):
    text = manager.get("/purchase-orders").text
    assert "1 draft" in text
    assert "PO\u00a0DESK-P2" in text
    assert "/purchase-orders/DESK-P2/purchase-order-sendings/new" in text
    assert "purchase-order-sendings" not in viewer.get("/purchase-orders").text
    sent = manager.act("/purchase-orders/DESK-P2/purchase-order-sendings", {"promised": "", "why": ""})
    assert sent.status_code == 200, sent.text
    assert "No draft waits" in manager.get("/purchase-orders").text


def test_an_order_says_who_waits_for_it_and_where_its_units_went(shop, manager, viewer):
    old, new = manager.get("/purchase-orders/PO-1").text, manager.get("/purchase-orders/DESK-P2").text
    assert "7\u00a0d overdue" in old or "7 d overdue" in old
    assert "of 10 at first" in old
    assert "/orders/1/lines/1" in old
    assert "/purchase-orders/PO-1/lines/1/supplier-reassignments/new" in old
    assert '3 to <a href="/purchase-orders/DESK-P2">' in old
    assert "Nobody has this order yet." in new
    assert "9 d once sent" in new
    assert "/supplier-reassignments/1/undos/new" in new
    assert "undos" not in viewer.get("/purchase-orders/DESK-P2").text
    assert manager.get("/purchase-orders/NONE").status_code == 404
    assert manager.act("/supplier-reassignments/1/undos", {"why": ""}).status_code == 200
    assert "Cancelled" in manager.get("/purchase-orders/DESK-P2").text


def test_a_reassignment_opens_from_the_line_the_panel_of_lead_times_and_the_overview(shop, manager, viewer):
    for page, form in (
        ("/orders/1/lines/1", "/orders/1/lines/1/supplier-reassignments/new"),
        ("/orders/1/lines/1", "/purchase-orders/PO-1/lines/1/supplier-reassignments/new"),
        ("/lead-times?supplier=SLOW", "/suppliers/SLOW/skus/CHAIR/supplier-reassignments/new"),
        ("/overview", "/purchase-orders/PO-1/lines/1/supplier-reassignments/new"),
    ):
        assert form in manager.get(page).text, page
        assert form not in viewer.get(page).text, page
        assert manager.panel(form).status_code == 200, form
    for form in ("/skus/CHAIR", "/orders/1/lines/1", "/suppliers/SLOW/skus/CHAIR"):
        said = {"to": "QUICK", "qty": "2", "why": ""}
        answer = manager.act(f"{form}/supplier-reassignments/preview", said)
        assert answer.status_code == 200, answer.text
        assert "Supplier QUICK" in answer.text
    assert manager.panel("/skus/NONE/supplier-reassignments/new").status_code == 404


def test_what_suppliers_owe_is_listed_by_day_narrowed_down_and_taken_as_csv(shop, manager, viewer):
    shop.supplier("QUICK")
    shop.sku("LAMP", currency="USD")
    shop.purchase_order("PO-2", lines=[("CHAIR", 5), ("LAMP", 2)], supplier="QUICK", expected="2026-03-20")
    shop.purchase_order("PO-3", "LAMP", 2, supplier="QUICK", ordered="2026-03-01")
    shop.plan()
    with transaction() as session:
        session.execute(update(PurchaseOrderLine).values(unit_cost=2_000_000))
        session.execute(update(Supplier).where(Supplier.code == "QUICK").values(lead_time_days=None))
    listed = partial(owed_in, viewer)
    assert listed("") == ["PO-1", "PO-2", "PO-3"]
    assert [listed(f"?state={state}") for state in STATES] == [["PO-1"], ["PO-2"], ["PO-3"]]
    assert listed("?supplier=QUICK") == ["PO-2", "PO-3"]
    assert listed("?after=2026-03-05+PO-1") == ["PO-2", "PO-3"]
    assert "No purchase order matches" in viewer.get("/purchase-orders?supplier=NOBODY").text
    text = viewer.get("/purchase-orders").text
    assert "7\u00a0d overdue" in text or "7 d overdue" in text
    assert "1 draft" in text

    rows = list(csv.reader(viewer.get("/purchasing/purchase-orders/export").text.lstrip("\ufeff").splitlines()))
    assert [row[:1] + row[5:11] for row in rows[1:]] == [
        ["PO-1", "2026-03-05", "7", "1", "7", "EUR", "14.00"],
        ["PO-2", "2026-03-20", "", "2", "7", "EUR", "10.00"],
        ["PO-2", "2026-03-20", "", "2", "7", "USD", "4.00"],
        ["PO-3", "", "", "1", "2", "USD", "4.00"],
    ]
    assert rows[1][-1] == "1", "who waits for it"


def owed_in(viewer, address):
    return re.findall(r'id="purchase-orders-owed-([^"]+)"', viewer.get(f"/purchase-orders{address}").text)
