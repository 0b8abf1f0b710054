"""A supplier confirms an order."""

from __future__ import annotations

from datetime import date

import pytest

from dashboard import planning
from dashboard.actions.purchase_order_confirmations.action import confirm_order
from dashboard.domain.purchase_order_confirmations import ConfirmationRefused
from tests.factories import World


@pytest.fixture
def shop(world: World) -> World:
    """Chairs that were promised for 20 March, lamps for which no day is known."""
    world.purchase_order("PO", "CHAIR", 9, promised="2026-03-20")
    world.purchase_order("UNDATED", "LAMP", 9)
    world.order("1", "CHAIR", 4, placed="2026-03-01", promised="2026-03-22")
    world.order("2", "LAMP", 4, placed="2026-03-01")
    world.plan()
    return world


def confirm(world: World, number: str, to: date | None = None):
    return confirm_order(world.po_line(number).purchase_order_id, to=to, actor=None)


def test_a_confirmed_day_moves_whom_it_hits_and_keeps_the_first_promise(shop, manager):
    preview = manager.act("/purchase-orders/PO/purchase-order-confirmations/preview", {"to": "2026-04-02"})
    assert "11\u00a0d after the promise: tell the customer" in preview.text
    assert shop.waiting("1").eta == date(2026, 3, 20), "nothing was done"
    answer = manager.act("/purchase-orders/PO/purchase-order-confirmations", {"to": "2026-04-02", "why": "by mail"})
    assert "PO is confirmed. " in answer.text
    assert "1 customer must be told: order 1." in answer.text
    assert shop.waiting("1").eta == date(2026, 4, 2)
    assert shop.po_line("PO").first_promise == date(2026, 3, 20)
    assert "Confirmed" in manager.get("/purchase-orders/PO").text
    assert not list(planning.check())


def test_what_never_had_a_date_is_promised_by_it_for_the_first_time(shop):
    confirm(shop, "UNDATED", date(2026, 3, 30))
    line = shop.po_line("UNDATED")
    assert (line.first_promise, shop.waiting("2").eta) == (date(2026, 3, 30), date(2026, 3, 30))


def test_without_a_day_it_is_only_confirmed_and_not_twice(shop):
    confirm(shop, "PO")
    assert shop.waiting("1").eta == date(2026, 3, 20)
    with pytest.raises(ConfirmationRefused, match="confirmed already"):
        confirm(shop, "PO", date(2026, 3, 20))
    confirm(shop, "PO", date(2026, 3, 25))
    assert shop.waiting("1").eta == date(2026, 3, 25), "another day can still be said"


@pytest.mark.parametrize(
    ("status", "sentence"), [("draft", "nobody has it"), ("cancelled", "is cancelled"), ("closed", "is closed")]
)
def test_what_is_not_on_its_way_cannot_be_confirmed(world, status, sentence):
    world.purchase_order("PO", "CHAIR", 9, status=status)
    with pytest.raises(ConfirmationRefused, match=sentence):
        confirm(world, "PO", date(2026, 3, 30))
