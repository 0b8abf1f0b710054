"""Behaviour 53: what is large is dealt out whole, and what is long is never read whole to show its first page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, insert, select, text
from werkzeug.datastructures import MultiDict

from dashboard import models, planning
from dashboard.actions.receipts.action import receive
from dashboard.actions.shipments.action import ship_reserved
from dashboard.database import db, transaction
from dashboard.panels.aging import panel
from dashboard.panels.aging.queries import DEFAULT_SORT, SORTS
from dashboard.panels.aging.worklist import backorders
from dashboard.panels.pages import FEW_ROWS, View
from tests.actions.posting import order_id
from tests.factories import World, as_instant, as_micros

MANY_LINES = 300
# What the first page may cost, however long the list is, in rows of it read: the page, the figures kept by day beside
# it, and their sums. Under a filter that few rows match, these are found and sorted instead.
WORTH_OF_A_PAGE = 1_000
WORTH_OF_A_FILTER = WORTH_OF_A_PAGE + FEW_ROWS
# SQLite says after so many steps of its machine that it made them.
STEPS_TOLD = 100

TIERS = (None, "vip", "contract", "gold")
CHANNELS = (None, "web", "shop", "phone")
SKUS = tuple(f"CUP-{number}" for number in range(20))


@pytest.mark.parametrize("ship_complete", [True, pytest.param(False, marks=pytest.mark.deep)])
def test_an_order_of_three_hundred_lines_is_dealt_out_whole_by_the_receipt_that_it_waits_for(
    world: World, ship_complete: bool
) -> None:
    skus = [f"SKU-{number:03}" for number in range(MANY_LINES)]
    with transaction():
        for sku in skus[:-1]:
            world.stock(sku, 2)
        world.order("BIG", lines=[(sku, 2) for sku in skus], placed="2026-03-01", ship_complete=ship_complete)
        world.order("SMALL", lines=[(sku, 1) for sku in skus[:3]], placed="2026-03-02")
        world.purchase_order("PO", skus[-1], 2, expected="2026-03-20")
    world.plan()
    without_the_last = 2 * (MANY_LINES - 1)
    assert world.reserved("BIG") == (0 if ship_complete else without_the_last)
    assert world.reserved("SMALL") == (3 if ship_complete else 0)

    outcome = receive(world.po_line("PO").id, qty=2, at="MAIN", actor=None)
    assert world.reserved("BIG") == 2 * MANY_LINES
    assert world.reserved("SMALL") == 0
    assert outcome.consequences.gains == (("BIG", 2 * MANY_LINES if ship_complete else 2),)
    assert list(planning.check()) == []

    ship_reserved(order_id("BIG"), actor=None)
    world.reserved()
    assert db.session.scalar(select(func.sum(models.ShipmentLine.qty))) == 2 * MANY_LINES
    assert list(planning.check()) == []


@pytest.mark.parametrize("lines", [5_000, pytest.param(50_000, marks=pytest.mark.deep)])
def test_a_page_costs_no_more_however_many_lines_wait(world: World, today: date, lines: int) -> None:
    _fill(world, today, lines)
    everything = _work_of(lambda: list(backorders(db.session(), _view().selection, today)))

    def rows_worth(**chosen: str) -> float:
        """Of how many rows the reading of all of them would cost as much."""
        return lines * _work_of(lambda: panel.load(db.session(), _view(**chosen), today)) / everything

    first = panel.load(db.session(), _view(), today)
    assert (len(first.page.rows), first.lines) == (50, lines)
    assert rows_worth() < WORTH_OF_A_PAGE
    for sort in SORTS:
        assert rows_worth(sort=sort) < WORTH_OF_A_PAGE, sort
        assert rows_worth(sort=f"-{sort}") < WORTH_OF_A_PAGE, sort
    assert rows_worth(after=first.page.older) < WORTH_OF_A_PAGE
    # The figures of one word of a filter are kept ready; its rows are met while the list is walked, or are few.
    for key, value in (("supplier", "S"), ("channel", "web"), ("tier", "vip"), ("cause", "not-ordered")):
        assert rows_worth(**{key: value}) < WORTH_OF_A_FILTER, key

    # An act on a SKU of many lines re-derives them alone, and says all that it moved.
    outcome = receive(world.po_line("PO-0").id, qty=30, at="MAIN", actor=None)
    assert sum(one.gained for one in outcome.consequences.listed) == 30
    assert list(planning.check()) == []


def _view(**chosen: str) -> View:
    return View.read(MultiDict(chosen), sorts=SORTS, default_sort=DEFAULT_SORT)


def _work_of(read: Callable[[], Any]) -> int:
    """What the database does for this: steps of SQLite's machine, or the rows and entries that PostgreSQL looks at."""
    db.session.rollback()
    connection = db.session().connection()
    if connection.dialect.name == "sqlite":
        told = 0

        def count() -> int:
            nonlocal told
            told += 1
            return 0

        driver = connection.connection.driver_connection
        driver.set_progress_handler(count, STEPS_TOLD)
        read()
        driver.set_progress_handler(None, 0)
        return told
    looked_at = text(
        "SELECT sum(pg_stat_get_xact_tuples_returned(oid) + pg_stat_get_xact_tuples_fetched(oid)) FROM pg_class "
        "WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'i')"
    )
    # Of a few thousand rows it may rather read all than follow an index, of a million never.
    connection.execute(text("SET LOCAL enable_seqscan = off"))
    before = int(connection.scalar(looked_at))
    read()
    return int(connection.scalar(looked_at)) - before


def _fill(world: World, today: date, lines: int) -> None:
    """One-line orders of some SKUs, of customers of every tier, over three months; a little of it on its way."""
    for number, sku in enumerate(SKUS):
        world.terms("S" if number % 2 else "T", sku, lead_time_days=10)
        world.purchase_order(f"PO-{number}", sku, 40, supplier="S" if number % 2 else "T", expected="2026-04-01")
    with transaction() as session:
        session.execute(
            insert(models.Customer),
            [{"code": f"C-{number}", "tier": TIERS[number % len(TIERS)]} for number in range(1_000)],
        )
        skus = session.scalars(select(models.Sku.id).order_by(models.Sku.id)).all()
        customers = session.scalars(select(models.Customer.id).order_by(models.Customer.id)).all()
        placed = [as_instant(today - timedelta(days)) for days in range(90)]
        session.execute(
            insert(models.Order),
            [
                {
                    "number": f"N{number:06}",
                    "customer_id": customers[number * 7 % len(customers)],
                    "placed_at": placed[number % 90],
                    "placed_on": today - timedelta(number % 90),
                    "currency": "EUR",
                    "channel": CHANNELS[number // 3 % len(CHANNELS)],
                }
                for number in range(lines)
            ],
        )
        orders = session.scalars(select(models.Order.id).order_by(models.Order.number)).all()
        session.execute(
            insert(models.OrderLine),
            [
                {
                    "order_id": order,
                    "line_no": 1,
                    "sku_id": skus[number % len(skus)],
                    "qty": 1,
                    "qty_open": 1,
                    "unit_price": as_micros("10"),
                }
                for number, order in enumerate(orders)
            ],
        )
        planning.facts_changed(session)
    with transaction() as session:
        planning.plan()
        session.execute(text("ANALYZE"))  # as either database does by itself after a while
