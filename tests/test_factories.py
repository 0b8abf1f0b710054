"""The world that other tests are built on says what it seems to say."""

from __future__ import annotations

from datetime import date

from flask import Flask

from dashboard import models
from dashboard.database import db
from tests.conftest import TODAY
from tests.factories import World


def test_an_order_stands_with_its_lines_open_and_its_promise_kept_as_the_first(world: World) -> None:
    world.order("1", lines=[("CHAIR", 6), ("DESK", 1)], placed="2026-03-01", promised="2026-03-20")

    line = world.line("1", 2)

    assert (line.qty, line.qty_open, line.first_promise) == (1, 1, date(2026, 3, 20))
    assert world.line("1").sku_id != line.sku_id


def test_what_is_shipped_and_cancelled_is_no_longer_open(world: World) -> None:
    world.order("1", "CHAIR", 6, placed="2026-03-01")

    world.ship("1", 2, on="2026-03-05")
    world.cancel("1", 1, on="2026-03-06")

    assert world.line("1").qty_open == 3


def test_a_receipt_lowers_what_is_to_come_and_raises_the_shelf(world: World) -> None:
    world.purchase_order("PO-1", "CHAIR", 10, expected="2026-03-20")

    world.receive("PO-1", 4)

    assert world.po_line("PO-1").qty_open == 6
    assert db.session.query(models.Stock.on_hand).scalar() == 4


def test_each_test_begins_with_an_empty_shop_and_the_merchants_tiers(app: Flask) -> None:
    assert db.session.query(models.Order).count() == 0
    assert {row.tier: row.priority_class for row in db.session.query(models.TierPriority)} == {
        "contract": 2,
        "priority": 2,
        "vip": 1,
    }


def test_the_shops_day_is_pinned(app: Flask) -> None:
    from dashboard import clock

    assert clock.today() == TODAY
