"""Drafting purchase orders from the plan, as a buyer does it."""

from __future__ import annotations

import re
from datetime import date

import pytest
from sqlalchemy import select

from dashboard import planning
from dashboard.actions.outcomes import foreseen
from dashboard.actions.purchase_order_drafts.action import draft_orders, foresee_drafts
from dashboard.actions.purchase_order_drafts.queries import read_skus
from dashboard.database import db
from dashboard.domain.purchase_plans import DraftRefused
from dashboard.models import PurchaseOrder, PurchaseOrderLine, Sku
from tests.factories import World


@pytest.fixture
def shop(world: World) -> World:
    """Chairs and stools of Minho, lamps of Kyoto, baskets that nobody sells; all are waited for, nothing is ordered."""
    world.supplier("MINHO", name="Minho Cadeiras", lead_time_days=10)
    world.supplier("KYOTO", name="Kyoto Lights", lead_time_days=20)
    world.terms("MINHO", "CHAIR", cost="92.50", min_order_qty=20, pack_size=12)
    world.terms("MINHO", "STOOL", cost="40")
    world.terms("KYOTO", "LAMP", cost="61.25")
    for number, sku, qty in (("1", "CHAIR", 6), ("2", "CHAIR", 2), ("3", "STOOL", 1), ("4", "LAMP", 3)):
        world.order(number, sku, qty, placed="2026-03-01", promised="2026-03-20")
    world.order("5", "BASKET", 2, placed="2026-03-01")
    world.plan()
    return world


def sku_ids(*codes: str) -> list[int]:
    ids = dict(db.session.execute(select(Sku.code, Sku.id)).all())
    db.session.rollback()
    return [ids[code] for code in codes]


def test_one_draft_a_supplier_over_what_was_chosen_that_supplies_nothing(shop, manager):
    chair, stool, lamp = sku_ids("CHAIR", "STOOL", "LAMP")
    address = f"/purchase-order-drafts/new?rows={chair}+{stool}+{lamp}"
    form = manager.panel(address).text
    assert re.findall(r'name="qty_\d+"[^>]*value="(\d+)"', form) == ["8", "24", "4"], "by supplier, in their lots"
    assert "at least 20, packs of 12" in form
    typed = {"rows": f"{chair} {stool} {lamp}", f"qty_{chair}": "24", f"qty_{stool}": "0", f"qty_{lamp}": "5"}
    answer = manager.act("/purchase-order-drafts", typed)
    assert answer.status_code == 200, answer.text
    assert "Nothing of them is ordered until they are sent." in answer.text
    db.session.rollback()
    drafted = db.session.execute(
        select(PurchaseOrder.status, PurchaseOrderLine.sku_id, PurchaseOrderLine.qty, PurchaseOrderLine.qty_open)
        .join(PurchaseOrderLine, PurchaseOrderLine.purchase_order_id == PurchaseOrder.id)
        .order_by(PurchaseOrder.id, PurchaseOrderLine.line_no)
    ).all()
    assert drafted == [("draft", lamp, 5, 0), ("draft", chair, 24, 0)]
    assert shop.waiting("1").eta is None, "a draft gives nobody a date"
    assert not list(planning.check())
    again = manager.panel("/skus/CHAIR/purchase-order-drafts/new").text
    assert "24 drafted already" in again
    assert 'value="0"' in again, "not twice"


def test_what_it_would_do_once_sent_is_shown_and_taken_back(shop, manager, today):
    (chair,) = sku_ids("CHAIR")
    outcome = foreseen(foresee_drafts, {chair: 24}, actor=None)
    assert [(one.order, one.after.eta) for one in outcome.consequences.listed] == [
        ("1", date(2026, 3, 22)), ("2", date(2026, 3, 22)),
    ]  # fmt: skip
    assert db.session.scalar(select(PurchaseOrder.id)) is None
    answer = manager.act("/skus/CHAIR/purchase-order-drafts/preview", {f"qty_{chair}": "24"})
    assert "A draft gives nobody a date. Once sent today, it moves:" in answer.text
    assert "2,220.00" in answer.text


def test_what_no_supplier_sells_so_is_refused_at_its_field(shop, manager):
    chair, basket = sku_ids("CHAIR", "BASKET")
    answer = manager.act("/skus/CHAIR/purchase-order-drafts", {f"qty_{chair}": "25"})
    assert answer.status_code == 422
    assert "Minho Cadeiras sells CHAIR at least 20 and in packs of 12." in answer.text
    assert "Write 36, or 0." in answer.text
    with pytest.raises(DraftRefused, match="Nobody sells BASKET"):
        draft_orders({basket: 2}, actor=None)
    assert manager.panel("/purchase-order-drafts/new?rows=999999+x").status_code == 404


def test_a_draft_is_undone_until_it_is_sent(shop, manager):
    (chair,) = sku_ids("CHAIR")
    answer = manager.act("/skus/CHAIR/purchase-order-drafts", {f"qty_{chair}": "24"})
    undo = re.search(r"/purchase-orders/[^/]+/purchase-order-cancellations", answer.text)
    assert undo is not None
    number = undo[0].split("/")[2]
    assert undo[0] in manager.get("/history").text
    assert manager.act(undo[0], {"undo": "yes"}).status_code == 200
    assert [row.wanted.drafted for row in read_skus(db.session(), [chair])] == [0]
    manager.act("/skus/CHAIR/purchase-order-drafts", {f"qty_{chair}": "24"})
    db.session.rollback()
    second = db.session.scalar(select(PurchaseOrder.number).where(PurchaseOrder.status == "draft"))
    assert second not in (None, number)
    assert manager.act(f"/purchase-orders/{second}/purchase-order-sendings", {}).status_code == 200
    refused = manager.act(f"/purchase-orders/{second}/purchase-order-cancellations", {"undo": "yes"})
    assert refused.status_code == 422
    assert "is sent" in refused.text
    assert shop.waiting("1").eta == date(2026, 3, 22)
