"""Behaviours 22 to 26, 29 and 30: what a split leaves as it is, what a cancel gives back, and what can be charged."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa

from dashboard import models
from dashboard.actions.cancellations.action import cancel_rest
from dashboard.actions.outcomes import foreseen
from dashboard.actions.shipment_splits.action import split_shipment
from dashboard.actions.shipments.action import ship_reserved
from dashboard.database import db, transaction
from dashboard.domain.authorizations import AuthorizationRefused
from tests.actions.posting import assert_copies_are_right, one_order, order_id, refused, units
from tests.factories import World, as_micros


def chairs(world: World, **particulars) -> None:
    """Six of ten chairs of order 1 are here; four come on the 27th. It paid 58.64 for shipping, and 129 of tax."""
    world.stock("CHAIR", 6)
    world.purchase_order("PO", "CHAIR", 4, expected="2026-03-27")
    world.order(
        "1", "CHAIR", 10, placed="2026-03-01", unit_price="215", shipping_amount=as_micros("58.64"), **particulars
    )
    with transaction() as session:
        session.get_one(models.OrderLine, world.line("1").id).tax_amount = as_micros("129")


def authorised() -> list[tuple[str, int, str | None]]:
    """Every authorisation: its number, what was captured of it, its state."""
    db.session.rollback()
    row = models.Authorization
    return [
        tuple(one) for one in db.session.execute(sa.select(row.number, row.captured_amount, row.state).order_by(row.id))
    ]


def split(**said):
    return split_shipment(order_id("1"), 1, **{"mode": "here", "actor": None, **said})


def test_splitting_a_paid_order_does_not_make_it_unpaid_and_extra_shipping_is_a_choice_of_its_own(world):
    chairs(world)
    world.authorization("1", amount="2337.64", on="2026-03-01", expires="2026-04-30", number="A", state="captured",
                        captured_amount=as_micros("2337.64"))  # fmt: skip
    world.plan()
    absorbed = foreseen(split_shipment, order_id("1"), 1, mode="here", cost=as_micros("38.60"), actor=None)
    charged = foreseen(split_shipment, order_id("1"), 1, mode="here", cost=as_micros("38.60"), charged=True, actor=None)
    assert absorbed.capture.kind == charged.capture.kind == "paid"
    split(cost=as_micros("38.60"), charged=True, left=True)
    assert authorised() == [("A", as_micros("2337.64"), "captured")]
    assert one_order("1").shipping_amount == as_micros("58.64"), "what was paid for shipping stays what it was"
    second = db.session.scalars(sa.select(models.LinePart).where(models.LinePart.part == 2)).one()
    assert (second.extra_shipping, second.extra_shipping_charged) == (as_micros("38.60"), True)
    assert_copies_are_right()


def test_the_sum_of_parts_equals_the_original_in_units_value_tax_and_shipping(world):
    chairs(world)
    world.plan()
    for said in ({}, {"mode": "divide", "parts": [1, 1], "of_part": 2}, {"mode": "divide", "parts": [1], "of_part": 1}):
        outcome = split(**said)
        for name in ("goods", "tax", "shipping", "total"):
            assert sum(getattr(part.amounts, name) for part in outcome.parts) == getattr(outcome.whole, name)
        assert sum(part.qty for part in outcome.parts) == outcome.qty == 10
        assert all(part.qty > 0 for part in outcome.parts)
    assert outcome.whole.total == as_micros("2337.64")
    assert_copies_are_right()


def test_splitting_leaves_each_units_state_as_it_was_and_the_age_is_that_of_the_order(world):
    chairs(world)
    world.order("2", "CHAIR", 5, placed="2026-03-02")
    world.plan()
    before = world.waiting("1")
    place, age_of, pegs, others = before.placed_at, before.placed_on, world.pegs("1"), world.waiting("2").eta
    split()
    after = world.waiting("1", part=2)
    assert (after.placed_at, after.placed_on) == (place, age_of)
    assert (world.reserved(), world.pegs("1"), world.waiting("2").eta) == ({"1": 6, "2": 0}, pegs, others)
    assert (after.eta, after.qty_backordered) == (date(2026, 3, 27), 4)
    assert_copies_are_right()


def test_cancel_of_the_remainder_computes_the_refund_incl_shipping_and_shows_its_due_date(world, manager):
    chairs(world)
    world.plan()
    ship_reserved(order_id("1"), 1, actor=None)
    address = "/orders/1/lines/1/cancellations"
    typed = {"reason": "customer", "submission": "key"}
    shown = manager.act(f"{address}/preview", typed).text
    # Goods 860.00, tax 51.60, shipping 23.46; the seventh working day after Thursday the 12th is Monday the 23rd.
    assert "€935.06 to be refunded by 23" in shown
    assert "€23.46 of it is shipping" in shown
    assert db.session.scalars(sa.select(models.Refund)).all() == []
    first, second = manager.act(address, typed), manager.act(address, typed)
    assert all("Refund €935.06 by 23" in answer.text for answer in (first, second))
    db.session.rollback()
    [refund] = db.session.scalars(sa.select(models.Refund)).all()
    assert (refund.qty, refund.amount, refund.shipping_amount) == (4, as_micros("935.06"), as_micros("23.46"))
    assert refund.due_on == date(2026, 3, 23)
    assert "€935.06 by 23" in manager.get("/orders/1").text


def test_what_was_never_captured_is_not_refunded_but_not_charged(world):
    chairs(world)
    world.authorization("1", amount="2337.64", on="2026-03-01", expires="2026-04-30", number="A", multi_capture=True)
    world.plan()
    ship_reserved(order_id("1"), 1, actor=None)
    assert authorised() == [("A", as_micros("1402.58"), None)]
    outcome = cancel_rest(order_id("1"), 1, reason="customer", actor=None)
    assert (outcome.refund.amount, outcome.refund.not_charged) == (0, as_micros("935.06"))


def test_a_marketplace_order_that_must_not_be_split_shows_the_split_disabled_with_the_reason(world, manager):
    chairs(world, may_split=False, channel="amazon")
    world.plan()
    reason = "Order 1 may not be split: amazon wants it in one parcel."
    page = manager.get("/orders/1/lines/1").text
    button = page[page.index("<button", page.index("What can be done")) :]
    assert "disabled" in button[: button.index(">")]
    assert reason in button[: button.index("</span>")]
    at_the_row = manager.panel("/orders/1/lines/1/acts").text
    assert reason in at_the_row
    assert "shipment-splits/new" not in at_the_row
    form = manager.panel("/orders/1/lines/1/shipment-splits/new").text
    assert reason in form
    assert (
        manager.act("/orders/1/lines/1/shipment-splits", {"mode": "here", "qty": "6", "cost": "0"}).status_code == 422
    )
    assert units("1") == (0, 0, 10)


def test_an_expired_authorisation_is_warned_of_a_new_one_recorded_and_a_failed_one_puts_on_hold(world, manager):
    chairs(world)
    world.authorization("1", amount="2337.64", on="2026-02-01", expires="2026-03-08", number="OLD")
    world.plan()
    shown = manager.act("/orders/1/lines/1/shipments/preview", {"qty": "6"}).text
    assert "The capture will fail." in shown
    assert "The authorisation ended on 8" in shown

    address = "/orders/1/authorizations"
    answer = manager.act(address, {"answer": "refused", "amount": "2337.64", "why": "no funds"})
    assert "Order 1 is on hold: its payment was refused. It keeps its place" in answer.text
    with refused(AuthorizationRefused, "Order 1 is on hold: its payment was refused on 12 March, "):
        ship_reserved(order_id("1"), 1, actor=None)
    assert units("1") == (0, 0, 10), "on hold, not cancelled"
    assert world.reserved() == {"1": 6}
    assert "On hold: the payment was refused." in manager.get("/orders/1").text

    typed = {
        "answer": "allowed",
        "amount": "2337.64",
        "expires_on": "2026-04-11",
        "captures": "several",
        "number": "NEW",
    }
    assert "It is on hold no longer." in manager.act(address, typed).text
    shown = manager.act("/orders/1/lines/1/shipments/preview", {"qty": "6"}).text
    assert "The authorisation can be captured again." in shown
    ship_reserved(order_id("1"), 1, actor=None)
    assert authorised()[-1] == ("NEW", as_micros("1402.58"), "authorised")
    assert_copies_are_right()


def test_a_single_capture_is_announced_before_the_first_parcel_and_the_second_needs_a_new_authorisation(world, manager):
    chairs(world)
    world.authorization("1", amount="2748.63", on="2026-03-01", expires="2026-03-16", number="A", multi_capture=False)
    world.plan()
    assert (world.waiting("1").deadline, world.waiting("1").deadline_kind) == (date(2026, 3, 16), "authorisation")
    typed = {"mode": "here", "qty": "6", "cost": "0", "left": "left"}
    for address in ("/orders/1/lines/1/shipment-splits/preview", "/orders/1/lines/1/shipments/preview"):
        shown = manager.act(address, typed).text
        assert "The authorisation allows one capture." in shown
        assert "takes €1,402.58 and lets €1,346.05 go; the rest of the order needs a new one." in shown
    assert manager.act("/orders/1/lines/1/shipment-splits", typed).status_code == 200
    assert authorised() == [("A", as_micros("1402.58"), "captured")]
    assert world.waiting("1", part=2).deadline_kind != "authorisation", "it holds nothing any more"

    world.receive("PO", 4)
    world.plan()
    shown = manager.act("/orders/1/lines/1/shipments/preview", {"qty": "4"}).text
    assert "The capture will fail." in shown
    assert "was captured once, and allows no second capture" in shown
    assert_copies_are_right()
