"""The pick list: what stands reserved for orders that may leave, by place and product."""

from __future__ import annotations

import csv

import pytest
from sqlalchemy import select

from dashboard import clock
from dashboard.actions.authorizations.action import record_authorization
from dashboard.actions.picks.action import pick_units
from dashboard.database import db
from dashboard.models import Order
from dashboard.panels.filters import Selection
from dashboard.panels.picking.queries import pick_rows, picked_orders


@pytest.fixture
def shop(world):
    """Chairs at two places, a lamp; an order that leaves only as a whole has its chair and waits for a lamp."""
    world.stock("CHAIR", 4, at="EAST")
    world.stock("CHAIR", 3, at="WEST")
    world.stock("LAMP", 1, at="EAST")
    world.order("1", "CHAIR", 5, placed="2026-03-01", location="WEST")
    world.order("2", "LAMP", 1, placed="2026-03-02")
    world.order("3", lines=[("CHAIR", 1), ("LAMP", 1)], placed="2026-03-03", may_split=False)
    world.order("4", "CHAIR", 1, placed="2026-03-04", not_before="2026-04-01")
    world.plan()
    return world


def rows(*chosen):
    db.session.rollback()
    return pick_rows(db.session(), Selection.read(chosen), clock.today())


def test_it_is_sorted_by_place_and_product_and_leaves_out_what_may_not_leave(shop):
    assert [(row.location, row.sku, row.qty, row.order) for row in rows()] == [
        ("EAST", "CHAIR", 2, "1"),
        ("EAST", "CHAIR", 1, "4"),
        ("EAST", "LAMP", 1, "2"),
        ("WEST", "CHAIR", 3, "1"),
    ]


def test_it_is_filtered_by_place_and_product(shop):
    assert {row.location for row in rows(("location", "WEST"))} == {"WEST"}
    assert {row.sku for row in rows(("sku", "LAMP"))} == {"LAMP"}


def test_who_asked_to_wait_is_listed_and_not_ticked(shop, manager):
    text = manager.get("/picking").text
    assert "not before" in text
    row = text[text.index('aria-label="1 of CHAIR for 4"') :]
    assert "checked" not in row[: row.index(">")]


def test_what_nothing_pays_for_is_listed_with_its_reason_and_not_ticked(shop, manager):
    order = db.session.scalars(select(Order.id).filter_by(number="2")).one()
    db.session.rollback()
    record_authorization(order, amount=10_000_000, refused=True, actor=manager.person.id)
    text = manager.get("/picking").text
    assert text.count("payment refused") == 1
    row = text[text.index('aria-label="1 of LAMP for 2"') :]
    assert "checked" not in row[: row.index(">")]


def test_what_is_picked_leaves_the_list_and_waits_for_its_parcel(shop, manager):
    of_one = [row for row in rows() if row.order == "1"]
    pick_units(" ".join(row.key for row in of_one), actor=manager.person.id)
    assert "1" not in {row.order for row in rows()}
    (one,) = picked_orders(db.session())
    assert (one.order, one.units, one.places, one.has_more) == ("1", 5, ("EAST", "WEST"), False)
    text = manager.panel("/picking").text
    assert "/orders/1/shipments/new" in text


def test_the_csv_has_the_same_rows_in_the_same_order(shop, manager):
    text = manager.get("/picking/export").data.decode("utf-8-sig")
    found = [
        (row["location"], row["sku"], int(row["qty"]), row["order_id"]) for row in csv.DictReader(text.splitlines())
    ]
    assert found == [(row.location, row.sku, row.qty, row.order) for row in rows()]


def test_an_empty_list_says_why(world, viewer):
    world.plan()
    text = viewer.get("/picking").text
    assert "Nothing is left to pick: good" in text
    assert "No parcel waits: good" in text


def test_a_viewer_sees_the_list_and_ticks_nothing(shop, viewer):
    text = viewer.get("/picking").text
    assert "EAST" in text
    assert 'type="checkbox"' not in text
