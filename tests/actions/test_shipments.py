"""What is reserved of a line, or of an order, leaves."""

from __future__ import annotations

import json

import pytest
import sqlalchemy as sa

from dashboard import clock, models, planning
from dashboard.actions.shipments.action import ship_reserved
from dashboard.database import db, transaction
from dashboard.domain.shipments import ShipmentRefused
from dashboard.intake.load import load
from tests.actions.posting import acts, assert_copies_are_right, holds, on_hand, order_id, refused, units
from tests.shops import filled_once


@filled_once
def shop(world):
    """Four of six chairs and both tables of order 1 are here; order 2 waits for chairs."""
    world.stock("CHAIR", 4)
    world.stock("TABLE", 5)
    world.order("1", lines=[("CHAIR", 6), ("TABLE", 2)], placed="2026-03-01")
    world.order("2", "CHAIR", 6, placed="2026-03-02")
    world.plan()


def ship(number: str, line_no: int | None = None, **more):
    return ship_reserved(order_id(number), line_no, **{"actor": None, **more})


def parcels() -> list[tuple[str, str, int, str | None, str | None]]:
    """Every parcel's lines: number, location, units, carrier, tracking."""
    db.session.rollback()
    line, shipment, place = models.ShipmentLine, models.Shipment, models.Location
    return [
        tuple(row)
        for row in db.session.execute(
            sa.select(shipment.number, place.code, line.qty, line.carrier, line.tracking)
            .join(shipment, shipment.id == line.shipment_id)
            .outerjoin(place, place.id == line.location_id)
            .order_by(line.id)
        )
    ]


def test_what_is_reserved_of_a_line_leaves_and_the_rest_waits_on(shop):
    outcome = ship("1", 1, carrier="DHL", tracking="JD0146")
    assert units("1", 1) == (4, 0, 2)
    assert on_hand("CHAIR") == 0
    assert parcels() == [("DESK-S1", "MAIN", 4, "DHL", "JD0146")]
    assert outcome.notice == "4 units of line 1 of order 1 shipped as DESK-S1. 2 units still wait."
    assert shop.reserved() == {"1": 2, "2": 0}
    assert_copies_are_right()


def test_fewer_than_are_reserved_can_leave(shop):
    ship("1", 1, qty=1)
    assert units("1", 1) == (1, 0, 5)
    assert (on_hand("CHAIR"), shop.reserved("1", line=1)) == (3, 3)
    assert_copies_are_right()


def test_all_that_is_reserved_of_an_order_leaves_in_one_parcel(shop):
    outcome = ship("1")
    assert (units("1", 1), units("1", 2)) == ((4, 0, 2), (2, 0, 0))
    assert [(number, qty) for number, _, qty, _, _ in parcels()] == [("DESK-S1", 4), ("DESK-S1", 2)]
    assert outcome.notice.startswith("6 units of order 1 shipped as DESK-S1.")
    assert (on_hand("CHAIR"), on_hand("TABLE")) == (0, 3)
    assert_copies_are_right()


def test_each_location_sends_a_parcel_of_its_own(world):
    world.stock("CHAIR", 2, at="EAST")
    world.stock("CHAIR", 3, at="WEST")
    world.order("1", "CHAIR", 5, placed="2026-03-01", location="EAST")
    world.plan()
    ship("1")
    assert [(number, place, qty) for number, place, qty, _, _ in parcels()] == [
        ("DESK-S1", "EAST", 2),
        ("DESK-S2", "WEST", 3),
    ]
    assert units("1") == (5, 0, 0)
    assert_copies_are_right()


def test_what_is_picked_leaves_first_and_its_hold_ends(shop):
    shop.hold("1", 1, kind="fixed")
    shop.hold("1", 2, kind="picked")
    shop.plan()
    ship("1", 1, qty=2)
    assert holds("1") == [("fixed", 1)]
    assert holds("1", live=False) == [("picked", 2)]
    assert_copies_are_right()


def test_of_a_hold_only_the_units_that_left_end(shop):
    shop.hold("1", 3, kind="picked")
    shop.plan()
    ship("1", 1, qty=2)
    assert (holds("1"), holds("1", live=False)) == ([("picked", 1)], [("picked", 2)])
    assert_copies_are_right()


def test_never_more_leaves_than_is_reserved(shop):
    with refused(ShipmentRefused, "Only 4 units of line 1 of order 1 are reserved. Write 4 or fewer."):
        ship("1", 1, qty=5)
    assert parcels() == []


def test_what_has_nothing_reserved_does_not_leave(shop):
    with refused(ShipmentRefused, "Nothing is reserved for line 1 of order 2 yet."):
        ship("2", 1)


@pytest.mark.parametrize("line_no", [None, 1])
def test_what_a_file_cancelled_before_it_was_planned_does_not_leave(world, line_no):
    """A load writes first and plans at its end: until then more is reserved than is open."""
    world.stock("CHAIR", 8)
    world.order("1", lines=[("CHAIR", 10), ("LAMP", 1)], placed="2026-03-01")
    world.hold("1", 2, kind="picked")
    world.plan()
    world.cancel("1", 5)
    ship("1", line_no, tracking="JD0146")
    assert (units("1"), on_hand("CHAIR")) == ((5, 5, 0), 3)
    assert holds("1") == []
    world.plan()
    assert_copies_are_right()


def test_what_is_not_open_does_not_leave(shop):
    shop.cancel("1", line=2)
    shop.plan()
    with refused(ShipmentRefused, "Nothing of line 2 of order 1 is open."):
        ship("1", 2)


def test_what_its_supplier_sends_does_not_leave_from_here(shop):
    shop.supplier("DROP", dropship=True, lead_time_days=5)
    shop.order("3", "TABLE", 1, placed="2026-03-03", supplier="DROP")
    shop.plan()
    with refused(ShipmentRefused, "The supplier sends line 1 of order 3 straight to the customer."):
        ship("3", 1)


def whole_order(world, **particulars):
    world.stock("CHAIR", 3)
    world.stock("TABLE", 1)
    world.order("1", lines=[("CHAIR", 3), ("TABLE", 1)], placed="2026-03-01", **particulars)
    world.plan()


@pytest.mark.parametrize(
    ("particulars", "why"),
    [
        ({"ship_complete": True}, "leaves only as a whole"),
        ({"may_split": False}, "may not be split into several parcels"),
    ],
)
def test_an_order_that_may_not_be_divided_leaves_only_whole(world, particulars, why):
    whole_order(world, **particulars)
    with refused(ShipmentRefused, f"Order 1 {why}: 4 of 4 units are here. Ship all 4 of the order at once."):
        ship("1", 1)
    ship("1")
    assert (units("1", 1), units("1", 2)) == ((3, 0, 0), (1, 0, 0))
    assert_copies_are_right()


def test_an_order_that_may_not_be_divided_does_not_leave_from_two_places(world):
    world.stock("CHAIR", 2, at="EAST")
    world.stock("CHAIR", 3, at="WEST")
    world.order("1", "CHAIR", 5, placed="2026-03-01", location="EAST", may_split=False)
    world.plan()
    with refused(ShipmentRefused, "and it stands in 2 places: 2 at EAST and 3 at WEST. Bring it together in one"):
        ship("1")
    assert parcels() == []


def test_an_order_that_may_not_be_divided_waits_for_its_rest(world):
    world.stock("CHAIR", 2)
    world.order("1", "CHAIR", 3, placed="2026-03-01", may_split=False)
    world.plan()
    with refused(ShipmentRefused, "2 of 3 units are here. It can leave once the rest is here."):
        ship("1")


def test_what_its_supplier_sends_does_not_keep_the_rest_of_a_ship_complete_order_back(world):
    world.supplier("DROP", dropship=True, lead_time_days=5)
    whole_order(world, ship_complete=True)
    world.order("2", "CHAIR", 1, placed="2026-03-03", supplier="DROP", ship_complete=True)
    world.plan()
    ship("1")
    assert units("1", 1) == (3, 0, 0)
    assert_copies_are_right()


def test_an_order_whose_lines_are_all_shipped_keeps_the_status_that_its_file_gave_it(shop):
    shop.cancel("1", 2, line=1)
    shop.plan()
    ship("1")
    db.session.rollback()
    assert shop.line("1").qty_open == shop.line("1", 2).qty_open == 0
    assert db.session.scalars(sa.select(models.Order.status).where(models.Order.number == "1")).one() == "open"
    assert_copies_are_right()


def test_shipped_units_are_not_counted_again_by_the_next_stock_file(shop, tmp_path):
    """What the desk shipped after a count is applied on top of it."""
    ship("1", 1)
    (tmp_path / "stock.csv").write_text("sku,location,on_hand,counted_at\nCHAIR,MAIN,9,2026-03-11\n", encoding="utf-8")
    load(tmp_path)
    assert on_hand("CHAIR") == 5
    shop.plan()
    assert_copies_are_right()


def test_a_form_that_is_sent_twice_ships_once(shop):
    first = ship("1", submission="key")
    second = ship("1", submission="key")
    assert (second.notice, second.repeats is not None) == (first.notice, True)
    assert len(parcels()) == 2


def test_a_shipment_leaves_what_left_under_which_number(shop, manager):
    ship("1", actor=manager.person.id)
    [act] = acts()
    assert (act.act, act.subject) == ("goods-shipped", "order 1")
    said = {"shipments": ["DESK-S1"], "lines": {"1": 4, "2": 2}, "qty_open": 2, "captured": None}
    assert json.loads(act.after) == said


def test_parts_of_a_divided_line_are_kept_apart(shop):
    """A line of six in parts of two and four: four reserved units stand for the first and half of the second."""
    with transaction() as saving:
        line_id = shop.line("1").id
        saving.add_all(
            models.LinePart(line_id=line_id, part=part, qty=qty, split_at=clock.now()) for part, qty in ((1, 2), (2, 4))
        )
        planning.facts_changed(saving)
    shop.plan()
    ship("1", 1)
    db.session.rollback()
    shipped = db.session.execute(
        sa.select(models.LinePart.part, models.LinePart.qty_shipped).order_by(models.LinePart.part)
    ).all()
    assert [tuple(row) for row in shipped] == [(1, 2), (2, 2)]
    assert_copies_are_right()
