"""Purchase orders of which nothing more shall come."""

from __future__ import annotations

from datetime import date

import pytest

from dashboard import planning
from dashboard.actions.purchase_order_cancellations.action import cancel_order
from dashboard.database import db
from dashboard.domain.purchase_order_cancellations import CancellationRefused
from dashboard.models import PurchaseOrder
from tests.factories import World


@pytest.fixture
def shop(world: World) -> World:
    """Chairs of two orders to come; the earlier one serves both who wait."""
    world.purchase_order("PO", "CHAIR", 8, promised="2026-03-20")
    world.purchase_order("LATER", "CHAIR", 4, promised="2026-04-20")
    world.order("1", "CHAIR", 4, placed="2026-03-01", promised="2026-03-22")
    world.order("2", "CHAIR", 4, placed="2026-03-02", promised="2026-03-22")
    world.plan()
    return world


def cancel(world: World, number: str):
    return cancel_order(world.po_line(number).purchase_order_id, actor=None)


def status(number: str) -> str:
    db.session.rollback()
    return db.session.query(PurchaseOrder.status).filter_by(number=number).scalar()


def test_it_shows_who_loses_a_date_before_it_is_done(shop, manager):
    preview = manager.act("/purchase-orders/PO/purchase-order-cancellations/preview", {"why": ""})
    assert "29\u00a0d after the promise: tell the customer" in preview.text
    assert shop.waiting("2").eta == date(2026, 3, 20), "nothing was done"
    answer = manager.act("/purchase-orders/PO/purchase-order-cancellations", {"why": "they close down"})
    assert "8 units will not come. 1 waiting line has no date any more." in answer.text
    assert (shop.waiting("1").eta, shop.waiting("2").eta) == (date(2026, 4, 20), None)
    assert status("PO") == "cancelled"
    assert not list(planning.check())
    with pytest.raises(CancellationRefused, match="cancelled already"):
        cancel(shop, "PO")


def test_what_came_stays_and_the_order_is_closed(shop):
    shop.receive("PO", 3)
    shop.plan()
    outcome = cancel(shop, "PO")
    assert "PO is closed: 5 units will not come, the 3 that came stay." in outcome.notice
    assert shop.reserved("1") == 3
    assert shop.po_line("PO").qty_open == 0


def test_all_that_came_cannot_be_cancelled(shop):
    shop.receive("PO", 8)
    with pytest.raises(CancellationRefused, match="All of PO came"):
        cancel(shop, "PO")


def test_units_that_wait_for_it_alone_are_untied_first(shop):
    shop.hold("1", 2, po="PO")
    with pytest.raises(CancellationRefused, match="2 for order 1 are tied to PO"):
        cancel(shop, "PO")


def test_a_broken_promise_stays_in_the_suppliers_record(shop):
    shop.purchase_order("BROKEN", "LAMP", 5, promised="2026-03-01")
    cancel(shop, "BROKEN")
    assert status("BROKEN") == "closed", "a cancelled one would count no more"
    shop.purchase_order("DRAFT", "LAMP", 5, status="draft")
    assert cancel(shop, "DRAFT").notice == "The draft PO DRAFT is cancelled. Nobody had it."
