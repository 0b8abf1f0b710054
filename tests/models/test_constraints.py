"""What the database itself refuses, whoever writes to it and on whichever database."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import DBAPIError, IntegrityError

from dashboard import clock, models
from dashboard.database import db, transaction
from tests.factories import World


def write(statement: str) -> None:
    with transaction() as session:
        session.execute(sa.text(statement))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE order_lines SET qty_shipped = 4, qty_cancelled = 3, qty_open = 0",
        "UPDATE order_lines SET qty_open = 5",
        "UPDATE order_lines SET qty_open = -1",
        "UPDATE order_lines SET qty = 0, qty_open = 0",
        "UPDATE order_lines SET staff_cause = 'bad luck'",
        "UPDATE order_lines SET sku_id = 4711",
        "UPDATE orders SET status = 'forgotten'",
        "UPDATE stock SET on_hand = -1",
        "UPDATE stock SET reserved = 11",
        "UPDATE stock SET reserved = -1",
        "UPDATE purchase_order_lines SET qty_open = 21",
        "UPDATE purchase_order_lines SET qty_received = -1",
        "INSERT INTO line_plans (line_id, part, qty_open, qty_reserved) SELECT id, 1, 6, 7 FROM order_lines",
        "INSERT INTO line_plans (line_id, part, qty_open, qty_reserved) SELECT id, 1, 6, 0 FROM order_lines",
        "INSERT INTO skus (code) VALUES ('CHAIR')",
        "INSERT INTO payment_methods (code, customer_id, exp_month) SELECT 'PM', id, 13 FROM customers",
    ],
)
def test_the_database_refuses_what_cannot_be(world: World, statement: str) -> None:
    world.stock("CHAIR", 10)
    world.order("1", "CHAIR", 6, placed="2026-03-01")
    world.purchase_order("PO-1", "CHAIR", 20, expected="2026-03-20")

    with pytest.raises(IntegrityError):
        write(statement)


@pytest.mark.parametrize("statement", ["UPDATE acts SET why = 'no'", "DELETE FROM acts"])
def test_history_is_never_changed_or_deleted(app: Flask, statement: str) -> None:
    with transaction() as session:
        session.add(models.Act(at=clock.now(), act="person-added", subject="person 1", why="she runs the desk"))

    with pytest.raises(DBAPIError, match="history is never"):
        write(statement)

    assert db.session.scalar(sa.select(models.Act.why)) == "she runs the desk"


def test_identifiers_compare_by_code_point_on_every_database(world: World) -> None:
    codes = ["a", "B", "Z-10", "Z-9", "_", "\u00c4", "\u00e9", "1", "10", "2"]
    for code in codes:
        world.sku(code)

    by_database = db.session.scalars(sa.select(models.Sku.code).order_by(models.Sku.code)).all()

    assert by_database == sorted(codes)


def test_one_live_offer_a_line(world: World) -> None:
    world.order("1", "CHAIR", 6, placed="2026-03-01")
    offer = (
        "INSERT INTO incentive_offers (line_id, part, kind, state, offered_at) "
        "SELECT id, 1, 'gift', '{state}', 0 FROM order_lines"
    )
    write(offer.format(state="declined"))
    write(offer.format(state="offered"))

    with pytest.raises(IntegrityError):
        write(offer.format(state="waiting-approval"))


def test_a_hold_is_at_a_location_or_of_a_purchase_order_and_never_of_both_or_neither(world: World) -> None:
    world.order("1", "CHAIR", 6, placed="2026-03-01")
    world.purchase_order("PO-1", "CHAIR", 20)

    with pytest.raises(IntegrityError):
        world.hold("1", 1, at=None)
    with pytest.raises(IntegrityError), transaction():
        world.hold("1", 1).purchase_order_line_id = world.po_line("PO-1").id


def test_a_row_that_somebody_else_changed_meanwhile_is_not_overwritten(world: World) -> None:
    from sqlalchemy.orm.exc import StaleDataError

    def change_it_while_somebody_else_does() -> None:
        with transaction() as session:
            line = world.line("1")
            session.execute(sa.text("UPDATE order_lines SET version = version + 1"))
            line.tags = "gift:yes"

    world.order("1", "CHAIR", 6, placed="2026-03-01")

    with pytest.raises(StaleDataError):
        change_it_while_somebody_else_does()

    db.session.rollback()
    assert world.line("1").tags is None
