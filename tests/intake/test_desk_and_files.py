"""What staff did at the desk, and the merchant's files that come afterwards."""

from __future__ import annotations

import sqlalchemy as sa

from dashboard import clock, models, planning
from dashboard.actions.load_undos.action import undo_in_steps
from dashboard.actions.purchase_order_cancellations.action import cancel_order
from dashboard.database import db, transaction
from tests.actions.posting import assert_copies_are_right, holds
from tests.conftest import Desk
from tests.factories import World
from tests.intake.conftest import Kit

CANCELLED = "order_id,line_no,qty,cancelled_at,reason\n"


def test_a_cancel_that_was_posted_at_the_desk_and_stands_in_the_merchant_s_file_as_well_counts_once(
    kit: Kit, world: World, manager: Desk
) -> None:
    kit.load()
    world.plan()
    assert manager.act("/orders/A/lines/1/cancellations", {"reason": "customer"}).status_code == 200
    told = kit.load(cancellations=CANCELLED + "A,1,6,2026-03-12,customer\n")
    assert [str(fault) for fault in told.faults] == []
    assert [str(remark) for remark in told.remarks] == [
        "cancellations.csv:2: cancelled_at: was cancelled at the desk that day already; it counts once"
    ]
    assert (world.line("A").qty_cancelled, world.line("A").qty_open) == (6, 0)
    assert not kit.load().changed_something
    planning.plan()
    assert_copies_are_right()


def test_of_two_cancels_alike_in_a_file_the_desk_s_one_is_one_of_them(kit: Kit, world: World, manager: Desk) -> None:
    kit.load()
    world.plan()
    assert manager.act("/orders/B/lines/1/quantity-cuts", {"wanted": "3", "reason": "customer"}).status_code == 200
    both = "B,1,1,2026-03-12,customer\nB,1,1,2026-03-11,customer\n"
    told = kit.load(cancellations=CANCELLED + both)
    assert (told.fault_count, told.remark_count) == (0, 1)
    assert world.line("B").qty_cancelled == 2, "the one of the day before is another"


def test_a_cancel_of_another_day_or_quantity_is_another_one(kit: Kit, world: World, manager: Desk) -> None:
    kit.load()
    world.plan()
    assert manager.act("/orders/A/lines/1/cancellations", {"reason": "customer"}).status_code == 200
    assert kit.faults(cancellations=CANCELLED + "A,1,6,2026-03-11,customer\n") == [
        "cancellations.csv:2: qty: too much: of 6 ordered, 0 shipped and 12 cancelled in all"
    ]


def test_tied_units_that_a_file_says_came_in_are_held_for_their_line(kit: Kit, world: World) -> None:
    kit.load(stock="sku,location,on_hand,counted_at\nCHAIR,BACK,1,2026-03-11\nCHAIR,MAIN,4,2026-03-11\n")
    world.hold("B", 3, at=None, po="P2")
    world.plan()
    came = kit.load(
        receipts="receipt_id,po_id,line_no,qty,received_at\nR7,P2,1,2,2026-03-12\n",
        stock="sku,location,on_hand,counted_at\nCHAIR,BACK,1,2026-03-12\nCHAIR,MAIN,6,2026-03-12\n",
    )
    assert came.fault_count == 0
    planning.plan()
    db.session.rollback()
    hold, place = models.Hold, models.Location
    live = sa.select(hold.qty, place.code, hold.reason).outerjoin(place, place.id == hold.location_id)
    rows = db.session.execute(live.where(hold.ended_at.is_(None)).order_by(hold.qty)).all()
    assert [tuple(row) for row in rows] == [(1, None, None), (2, "MAIN", "came with R7")]
    assert world.reserved_at("B")["MAIN"] >= 2
    assert not kit.load().changed_something
    assert_copies_are_right()


def test_units_that_a_file_ships_cancels_or_cuts_are_held_no_longer(kit: Kit, world: World) -> None:
    kit.load(stock="sku,location,on_hand,counted_at\nCHAIR,MAIN,9,2026-03-11\nLAMP,MAIN,1,2026-03-11\n")
    for order, qty, kind in (("A", 3, "picked"), ("A", 2, "fixed"), ("B", 3, "picked")):
        world.hold(order, qty, kind=kind, at="MAIN")
    world.hold("A", 1, line=2, kind="picked", at="MAIN")
    world.plan()
    # Four of A's six left: the picked ones and one that was fixed. Of B's four two are cancelled, one of them picked.
    kit.load(
        shipments="shipment_id,order_id,line_no,qty,shipped_at\nS1,A,1,4,2026-03-12\n",
        cancellations=CANCELLED + "B,1,2,2026-03-12,customer\n",
        stock="sku,location,on_hand,counted_at\nCHAIR,MAIN,5,2026-03-12\n",
    )
    planning.plan()
    assert (holds("A"), holds("A", live=False)) == ([("fixed", 1)], [("picked", 3), ("fixed", 1)])
    assert (holds("B"), holds("B", live=False)) == ([("picked", 2)], [("picked", 1)])
    assert world.reserved_at("A") == {"MAIN": 2}
    assert world.reserved_at("B") == {"MAIN": 2}
    assert not kit.load().changed_something
    assert_copies_are_right()

    kit.load(
        orders="order_id,customer_id,placed_at,status\nB,C2,2026-03-02,closed\n",
        order_lines="order_id,line_no,sku,qty\nA,1,CHAIR,4\nA,2,LAMP,1\n",
    )
    planning.plan()
    assert (holds("A"), holds("A", 2), holds("B")) == ([], [("picked", 1)], [])
    hold = models.Hold
    ended = db.session.execute(sa.select(hold.qty, hold.end_reason).where(hold.ended_at > 0).order_by(hold.id)).all()
    assert sorted(tuple(row) for row in ended) == [
        (1, "its units shipped"),
        (1, "its units were cancelled"),
        (1, "its units were cancelled"),
        (2, "its order ended"),
        (3, "its units shipped"),
    ]
    assert_copies_are_right()


SHIPPED = "shipment_id,order_id,line_no,qty,shipped_at,tracking\n"


def test_a_shipment_that_was_posted_at_the_desk_and_stands_in_the_merchant_s_file_as_well_counts_once(
    kit: Kit, world: World, manager: Desk
) -> None:
    kit.load(stock="sku,location,on_hand,counted_at\nCHAIR,MAIN,4,2026-03-11\n")
    world.plan()
    assert manager.act("/orders/A/lines/1/shipments", {"qty": "4", "tracking": "1Z9"}).status_code == 200
    # Of four lines in the file one is the desk's: three units are others, and what is told of B another line.
    told = kit.load(shipments=SHIPPED + "S1,A,1,4,2026-03-12,\nS2,A,1,1,2026-03-12,\nS3,B,1,4,2026-03-12,\n")
    assert [str(fault) for fault in told.faults] == []
    assert [str(remark) for remark in told.remarks] == [
        "shipments.csv:2: shipment_id: was shipped at the desk already; it counts once"
    ]
    assert (world.line("A").qty_shipped, world.line("A").qty_open) == (5, 1)
    assert world.line("B").qty_shipped == 4
    left = models.ShipmentLine
    db.session.rollback()
    assert db.session.scalars(sa.select(left.tracking).order_by(left.id)).all() == ["1Z9", None, None]
    assert not kit.load().changed_something
    # Under its tracking number it is the same parcel, though the merchant's system dates it a day earlier.
    assert not kit.load(shipments=SHIPPED + "S1,A,1,4,2026-03-11,1Z9\n").changed_something
    planning.plan()
    assert_copies_are_right()


def test_the_parts_of_a_divided_line_follow_what_files_say_of_the_line(kit: Kit, world: World) -> None:
    kit.load(stock="sku,location,on_hand,counted_at\nCHAIR,MAIN,6,2026-03-11\n")
    line_id = world.line("A").id
    db.session.rollback()
    with transaction() as session:
        session.add_all(
            models.LinePart(line_id=line_id, part=part, qty=qty, split_at=clock.now()) for part, qty in ((1, 4), (2, 2))
        )
    world.hold("A", 3, kind="fixed", at="MAIN")
    world.plan()

    told = kit.load(
        shipments="shipment_id,order_id,line_no,qty,shipped_at\nS1,A,1,2,2026-03-12\n",
        cancellations=CANCELLED + "A,1,1,2026-03-12,customer\n",
    )
    planning.plan()
    assert parts_of(line_id) == [(1, 4, 2, 0), (2, 2, 0, 1)]
    assert holds("A") == [("fixed", 1)]
    assert_copies_are_right()

    # No part is left of no units; what the undo gives back to the line is of one of its parts.
    cut = kit.load(order_lines="order_id,line_no,sku,qty\nA,1,CHAIR,4\nA,2,LAMP,1\nB,1,CHAIR,4\n")
    planning.plan()
    assert sum(qty for _, qty, _, _ in parts_of(line_id)) == 4
    assert_copies_are_right()
    for load_id in (cut.load_id, told.load_id):
        assert load_id is not None
        undo_in_steps(load_id, why=None, actor=None)
    assert [sum(units) for units in zip(*parts_of(line_id), strict=True)][1:] == [6, 0, 0]
    assert_copies_are_right()


def test_what_is_held_for_a_line_ends_when_a_file_makes_it_one_of_another_sku(kit: Kit, world: World) -> None:
    kit.load(stock="sku,location,on_hand,counted_at\nCHAIR,MAIN,6,2026-03-11\nLAMP,MAIN,2,2026-03-11\n")
    world.hold("A", 3, kind="picked", at="MAIN")
    world.plan()
    kit.load(order_lines="order_id,line_no,sku,qty\nA,1,LAMP,6\nA,2,LAMP,1\nB,1,CHAIR,4\n")
    planning.plan()
    assert (holds("A"), holds("A", live=False)) == ([], [("picked", 3)])
    hold = models.Hold
    assert db.session.scalars(sa.select(hold.end_reason)).all() == ["its line is of another SKU since"]
    assert world.reserved_at("A") == {"MAIN": 2}
    assert world.reserved_at("B") == {"MAIN": 4}
    assert_copies_are_right()


def parts_of(line_id: int) -> list[tuple[int, int, int, int]]:
    """Part, units ordered, shipped and cancelled."""
    part = models.LinePart
    rows = sa.select(part.part, part.qty, part.qty_shipped, part.qty_cancelled).where(part.line_id == line_id)
    db.session.rollback()
    return [tuple(row) for row in db.session.execute(rows.order_by(part.part))]  # type: ignore[misc]


def test_a_look_hands_nothing_over(kit: Kit, world: World) -> None:
    kit.load(stock="sku,location,on_hand\nCHAIR,MAIN,4\n")
    world.hold("B", 3, at=None, po="P2")
    kit.write(receipts="receipt_id,po_id,line_no,qty,received_at\nR7,P2,1,3,2026-03-12\n").check()
    db.session.rollback()
    assert list(db.session.scalars(sa.select(models.Hold.location_id))) == [None]


def test_a_purchase_order_that_the_desk_cancelled_is_not_brought_back_by_a_file_that_still_has_it_open(
    kit: Kit, world: World
) -> None:
    heads = "po_id,supplier_id,ordered_at,status\nP1,S1,2026-02-01,sent\nP2,S1,2026-02-02,{}\n"
    kit.load(purchase_orders=heads.format("sent"))
    planning.plan()
    db.session.rollback()
    order_id = db.session.scalars(sa.select(models.PurchaseOrder.id).filter_by(number="P2")).one()
    db.session.rollback()
    cancel_order(order_id, why="they cannot make it", actor=None)
    for still_open in ("sent", "confirmed", "draft"):
        again = kit.load(purchase_orders=heads.format(still_open))
        assert (again.fault_count, again.changed_something) == (0, False)
    assert world.po_line("P2").qty_open == 0
    for told in ("cancelled", "sent"):
        kit.load(purchase_orders=heads.format(told))
        db.session.rollback()
        assert db.session.get_one(models.PurchaseOrder, order_id).status == "cancelled"
    assert world.po_line("P2").qty_open == 0
    assert_copies_are_right()
