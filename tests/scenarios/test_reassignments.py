"""Behaviours 11, 44 and 45: units come from another supplier, or go straight from one to the customer."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from dashboard import clock, models
from dashboard.actions.supplier_reassignments.action import reassign_supply
from dashboard.actions.supplier_reassignments.queries import find_line, find_supply
from dashboard.database import db
from dashboard.domain.supplier_reassignments import ReassignmentRefused
from tests.conftest import Desk
from tests.factories import World
from tests.shops import filled_once

FORM = "/purchase-orders/PO-1/lines/1/supplier-reassignments"


@filled_once
def shop(world: World) -> None:
    """Ten units of a late order, four of them here; an on-time rate that somebody might like to improve."""
    world.supplier("SLOW", lead_time_days=30)
    world.supplier("QUICK", lead_time_days=9)
    world.supplier("DROP", lead_time_days=5, dropship=True)
    world.supplier("ASLEEP", active=False)
    world.terms("SLOW", "CHAIR", cost="74")
    world.terms("QUICK", "CHAIR", cost="92", min_order_qty=8, pack_size=4)
    world.terms("DROP", "CHAIR", cost="98")
    world.terms("ASLEEP", "CHAIR", cost="1")
    world.terms("OTHERS", "LAMP", cost="1")
    world.past_receipts("SLOW", "CHAIR", [0, 0, 0, 5, 9], before="2026-02-01")
    world.past_receipts("QUICK", "CHAIR", [0, 0, 0, 0], before="2026-02-01")
    world.purchase_order("PO-1", "CHAIR", 10, supplier="SLOW", ordered="2026-01-05", promised="2026-03-01")
    world.receive("PO-1", 4, on="2026-02-27", at=None)
    world.order("1", "CHAIR", 6, placed="2026-02-01", promised="2026-03-25")
    world.plan()


def rate(app: Flask, supplier: str) -> str:
    result = app.test_cli_runner().invoke(args=["report", "lead-times"])
    rows = csv.DictReader(io.StringIO(result.stdout_bytes.decode("utf-8-sig"), newline=""))
    return next(row["on_time_rate"] for row in rows if (row["supplier_id"], row["sku"]) == (supplier, ""))


def test_reassigning_moves_only_what_has_not_come_and_does_not_improve_the_old_suppliers_on_time_rate(
    app: Flask, shop: World, manager: Desk
) -> None:
    before = rate(app, "SLOW")
    shown = manager.act(f"{FORM}/preview", {"to": "QUICK", "qty": "6", "why": ""}).text
    for fact in (">€92.00<", "8, by 4", "2 left over", "21\xa0Mar", "€292.00", "goes from 6 to 0"):
        assert fact in shown, f"minimum lot, price and new dates are shown first: {fact}"

    refused = manager.act(FORM, {"to": "QUICK", "qty": "7", "why": ""})
    assert refused.status_code == 422
    assert "Only 6 units of PO-1 / 1 can move." in refused.text
    asked = find_supply(db.session(), "PO-1", 1, clock.today()).asked
    reassign_supply(asked, to="QUICK", qty=6, send_now=True, actor=manager.person.id)

    drafted = models.PurchaseOrder.number.startswith("DESK-P")
    number = db.session.scalars(select(models.PurchaseOrder.number).where(drafted)).one()
    old, new = shop.po_line("PO-1"), shop.po_line(number)
    assert (old.qty, old.qty_received, old.qty_open, new.qty, new.qty_open) == (4, 4, 0, 8, 8), "never left doubled"
    assert db.session.scalar(select(models.PurchaseOrder.status).where(models.PurchaseOrder.number == "PO-1")) == (
        "closed"
    )
    assert shop.waiting("1").eta == date(2026, 3, 21)
    shop.learn()
    assert rate(app, "SLOW") == before, "what is missing was promised, whoever brings it"


def test_an_inactive_supplier_or_one_without_that_sku_cannot_be_chosen(shop: World, manager: Desk) -> None:
    form = manager.panel(f"{FORM}/new").text
    assert 'value="QUICK"' in form
    assert "Sells it too, but is not active: Supplier ASLEEP." in form
    assert "too little data, 4 of 5 deliveries" in form, "never 100 % of four"
    assert 'value="ASLEEP"' not in form
    assert 'value="OTHERS"' not in form
    for code, why in (("ASLEEP", "is not active"), ("OTHERS", "does not sell CHAIR"), ("SLOW", "has them already")):
        answer = manager.act(FORM, {"to": code, "qty": "6", "why": "typed"})
        assert answer.status_code == 422
        assert why in answer.text
        assert 'value="typed"' in answer.text
    asked = find_supply(db.session(), "PO-1", 1, clock.today()).asked
    with pytest.raises(ReassignmentRefused):
        reassign_supply(asked, to="ASLEEP", qty=6, actor=None)


def test_a_line_handed_to_a_drop_shipping_supplier_is_with_the_supplier_and_takes_no_stock(
    shop: World, manager: Desk
) -> None:
    shop.stock("CHAIR", 4)
    shop.order("2", "CHAIR", 3, placed="2026-02-02")
    shop.plan()
    assert shop.reserved() == {"1": 4, "2": 0}
    asked = find_line(db.session(), "1", 1, clock.today()).asked
    reassign_supply(asked, to="DROP", qty=0, dropship=True, send_now=True, actor=manager.person.id)
    row = shop.waiting("1")
    assert (row.qty_reserved, row.eta, row.eta_basis) == (0, date(2026, 3, 17), "dropship")
    assert shop.reserved() == {"1": 0, "2": 3}
    assert "The supplier sends them straight to the customer" in manager.get("/orders/1/lines/1").text
