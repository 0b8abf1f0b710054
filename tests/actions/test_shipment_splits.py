"""What is here of a line leaves by itself, or what waits is divided; and the parts are one again."""

from __future__ import annotations

import json
import re
from datetime import date

import pytest
import sqlalchemy as sa

from dashboard import clock, models
from dashboard.actions.cancellations.action import cancel_rest
from dashboard.actions.holds.action import hold_units
from dashboard.actions.shipment_splits.action import split_shipment, undo_split
from dashboard.actions.shipments.action import ship_reserved
from dashboard.actions.ties.action import tie_units
from dashboard.database import db, transaction
from dashboard.domain.shipment_splits import SplitRefused
from dashboard.intake.load import load
from tests.actions.posting import acts, assert_copies_are_right, holds, on_hand, one_line, order_id, refused, units
from tests.factories import as_micros
from tests.shops import filled_once


@filled_once
def shop(world):
    """Six of ten chairs of order 1 are here, four come on the 27th; order 2 waits behind it."""
    world.sku("CHAIR", cost=as_micros("118"))
    world.stock("CHAIR", 6)
    world.purchase_order("PO", "CHAIR", 9, expected="2026-03-27")
    world.order(
        "1",
        "CHAIR",
        10,
        placed="2026-03-01",
        promised="2026-03-20",
        unit_price="215",
        shipping_amount=as_micros("58.64"),
    )
    world.order("2", "CHAIR", 5, placed="2026-03-02")
    with transaction() as session:
        session.get_one(models.OrderLine, world.line("1").id).tax_amount = as_micros("129")
    world.plan()


def split(number: str, line_no: int = 1, **more):
    return split_shipment(order_id(number), line_no, **{"mode": "here", "actor": None, **more})


def undo(outcome, **more):
    return undo_split(int(outcome.made), **{"actor": None, **more})


def parts(number: str, line_no: int = 1) -> list[tuple[int, int, int, int]]:
    """Every part of a line: number, units, shipped, cancelled."""
    db.session.rollback()
    row = models.LinePart
    return [
        tuple(one)
        for one in db.session.execute(
            sa.select(row.part, row.qty, row.qty_shipped, row.qty_cancelled)
            .where(row.line_id == one_line(number, line_no).id)
            .order_by(row.part)
        )
    ]


def money(number: str, line_no: int = 1) -> list[tuple[int, int | None, int | None]]:
    """Every part of a line with its tax and its shipping."""
    db.session.rollback()
    row = models.LinePart
    return [
        tuple(one)
        for one in db.session.execute(
            sa.select(row.part, row.tax_amount, row.shipping_amount)
            .where(row.line_id == one_line(number, line_no).id)
            .order_by(row.part)
        )
    ]


def reserved_by_part(number: str) -> dict[int, int]:
    db.session.rollback()
    row = models.Reservation
    found = db.session.execute(
        sa.select(row.part, sa.func.sum(row.qty)).where(row.line_id == one_line(number).id).group_by(row.part)
    )
    return {part: int(qty) for part, qty in found}


def test_what_is_here_becomes_a_parcel_to_be_packed_and_the_rest_waits_with_its_own_date(shop):
    outcome = split("1", qty=6, cost=as_micros("38.60"))
    assert parts("1") == [(1, 6, 0, 0), (2, 4, 0, 0)]
    assert reserved_by_part("1") == {1: 6}
    assert shop.waiting("1", part=2).eta == date(2026, 3, 27)
    assert shop.waiting("1", part=1) is None
    assert holds("1") == [("fixed", 6)]
    assert outcome.notice == "6 units of line 1 of order 1 go to be packed. 4 wait on with their own date."
    first, second = outcome.parts
    assert [(one.amounts.goods, one.amounts.tax, one.amounts.shipping) for one in (first, second)] == [
        tuple(as_micros(text) for text in ("1290", "77.40", "35.18")),
        tuple(as_micros(text) for text in ("860", "51.60", "23.46")),
    ]
    assert (first.amounts.total, second.amounts.total) == (as_micros("1402.58"), as_micros("935.06"))
    assert outcome.whole.total == as_micros("2337.64")
    assert outcome.margin == as_micros("970")
    assert_copies_are_right()


def test_a_parcel_that_has_left_is_posted_with_its_carrier(shop):
    outcome = split("1", qty=4, left=True, carrier="DHL", tracking="JD0146")
    assert units("1") == (4, 0, 6)
    assert parts("1") == [(1, 4, 4, 0), (2, 6, 0, 0)]
    assert on_hand("CHAIR") == 2
    assert reserved_by_part("1") == {2: 2}
    assert holds("1") == []
    assert outcome.notice == ("4 units of line 1 of order 1 shipped as DESK-S1. 6 wait on with their own date.")
    assert outcome.made == "", "what has left is not undone"
    [left] = db.session.scalars(sa.select(models.ShipmentLine)).all()
    assert (left.part, left.qty, left.carrier, left.tracking) == (1, 4, "DHL", "JD0146")
    assert_copies_are_right()


def test_what_waits_is_divided_by_quantity(shop):
    outcome = split("1", mode="divide", parts=[3, 3])
    assert parts("1") == [(1, 3, 0, 0), (2, 3, 0, 0), (3, 4, 0, 0)]
    assert reserved_by_part("1") == {1: 3, 2: 3}
    assert outcome.notice == "Line 1 of order 1 is in 3 parts: 3, 3 and 4 units."
    assert holds("1") == []
    assert shop.reserved() == {"1": 6, "2": 0}
    assert_copies_are_right()


def test_a_part_is_divided_once_more_and_keeps_what_the_others_have(shop):
    split("1", mode="divide", parts=[6])
    split("1", mode="divide", parts=[1], of_part=2)
    assert parts("1") == [(1, 6, 0, 0), (2, 1, 0, 0), (3, 3, 0, 0)]
    taxes = [tax for _, tax, _ in money("1")]
    assert taxes[0] == as_micros("77.40")
    assert sum(taxes) == as_micros("129")
    assert_copies_are_right()


def test_what_left_before_stays_in_a_part_of_its_own(shop):
    ship_reserved(order_id("1"), 1, qty=2, actor=None)
    split("1", qty=3)
    assert parts("1") == [(1, 2, 2, 0), (2, 3, 0, 0), (3, 5, 0, 0)]
    assert reserved_by_part("1") == {2: 3, 3: 1}
    assert_copies_are_right()


def test_parts_sum_to_the_line_in_odd_cents_too(world):
    world.sku("LAMP", currency="JPY")
    world.order("1", "LAMP", 7, placed="2026-03-01", unit_price="33", currency="JPY", shipping_amount=as_micros("100"))
    with transaction() as session:
        session.get_one(models.OrderLine, world.line("1").id).tax_amount = as_micros("10")
    world.plan()
    outcome = split("1", mode="divide", parts=[1, 1, 1, 1, 1, 1])
    taxes, shipping = ([row[place] for row in money("1")] for place in (1, 2))
    assert (sum(taxes), sum(shipping)) == (as_micros("10"), as_micros("100"))
    assert all(value % as_micros("1") == 0 for value in (*taxes, *shipping)), "a yen has no parts"
    assert sum(one.amounts.total for one in outcome.parts) == outcome.whole.total


def test_each_unit_stays_held_as_it_was(shop):
    hold_units(order_id("1"), 1, kind="picked", qty=2, reason=None, actor=None)
    tie_units(order_id("1"), 1, supply=shop.po_line("PO").id, qty=3, reason="cross-dock", actor=None)
    split("1", mode="divide", parts=[1, 2])
    row = models.Hold
    held = db.session.execute(
        sa.select(row.part, row.kind, row.qty, row.purchase_order_line_id.is_not(None))
        .where(row.ended_at.is_(None))
        .order_by(row.part, row.kind)
    )
    assert [tuple(one) for one in held] == [(1, "picked", 1, False), (2, "picked", 1, False), (3, "fixed", 3, True)]
    assert shop.reserved() == {"1": 6, "2": 0}
    assert_copies_are_right()


def test_an_undo_merges_the_parts_and_gives_the_parcel_back_to_the_queue(shop, manager):
    before = shop.waiting("1").eta, shop.reserved(), shop.pegs("1")
    outcome = split("1", qty=6, cost=as_micros("38.60"))
    assert undo(outcome, actor=manager.person.id).notice == "Line 1 of order 1 is together again: 2 parts are one."
    assert parts("1") == []
    assert holds("1") == []
    assert (shop.waiting("1").eta, shop.reserved(), shop.pegs("1")) == before
    assert [act.act for act in acts()] == ["shipment-split", "split-undone"]
    again = undo(outcome)
    assert "was undone on 12 March, " in again.notice
    assert again.notice.endswith("by Manager. Nothing changed.")
    assert_copies_are_right()


def test_an_undo_merges_what_was_cancelled_and_what_the_parts_are_worth(shop):
    outcome = split("1", mode="divide", parts=[3, 3])
    cancel_rest(order_id("1"), 1, reason="customer", actor=None)
    with refused(SplitRefused, "Nothing of line 1 of order 1 is open."):
        split("1")
    shop.order("3", "CHAIR", 8, placed="2026-03-03", unit_price="10", shipping_amount=as_micros("3.01"))
    shop.plan()
    first = split("3", mode="divide", parts=[3])
    second = split("3", mode="divide", parts=[1], of_part=2)
    with refused(SplitRefused, "Line 1 of order 3 was divided once more since. Undo that split first."):
        undo(first)
    undo(second)
    assert parts("3") == [(1, 3, 0, 0), (2, 5, 0, 0)]
    assert sum(shipping for _, _, shipping in money("3")) == as_micros("3.01")
    undo(first)
    assert parts("3") == []
    assert outcome.made != second.made
    assert_copies_are_right()


@pytest.mark.parametrize("gone", ["picked", "shipped"])
def test_what_is_picked_or_has_left_is_not_merged(shop, gone):
    outcome = split("1", qty=4)
    if gone == "picked":
        hold_units(order_id("1"), 1, kind="picked", qty=1, reason=None, actor=None)
        sentence = "1 unit of it is picked. Release what is picked first."
    else:
        ship_reserved(order_id("1"), 1, qty=1, actor=None)
        sentence = "1 unit of it has left. What has left comes back as a return."
    with refused(SplitRefused, sentence):
        undo(outcome)
    assert len(parts("1")) == 2
    assert_copies_are_right()


def test_a_parcel_leaves_when_it_is_packed(shop):
    split("1", qty=4)
    ship_reserved(order_id("1"), 1, qty=4, carrier="DHL", actor=None)
    assert parts("1") == [(1, 4, 4, 0), (2, 6, 0, 0)]
    assert holds("1") == []
    assert_copies_are_right()


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"qty": 7}, "Only 6 units of line 1 of order 1 are here. Write 6 or fewer."),
        ({"qty": 0}, "A parcel has at least 1 unit. Up to 6 can leave."),
        ({"cost": -1}, "A parcel costs nothing or more."),
        ({"mode": "divide", "parts": [4, 0]}, "Every part has at least 1 unit."),
        (
            {"mode": "divide", "parts": [8, 4]},
            "That makes 12 units, and 10 of line 1 of order 1 are open. Take 2 away.",
        ),
        ({"mode": "divide", "parts": [10]}, "That is one part, as it is now. Write fewer than 10: the rest is the"),
        ({"mode": "divide", "parts": [1], "of_part": 9}, "Nothing of line 1 of order 1 is open."),
    ],
)
def test_no_part_is_of_nothing_or_of_more_than_remains(shop, said, sentence):
    with refused(SplitRefused, sentence):
        split("1", **said)
    assert parts("1") == []


def test_what_is_not_here_or_all_here_is_no_split(shop):
    with refused(SplitRefused, "Nothing of line 1 of order 2 is here yet. Divide it by quantity, or wait for stock."):
        split("2")
    shop.order("0", "CHAIR", 2, placed="2026-02-01")
    shop.plan()
    with refused(SplitRefused, "All 2 units of line 1 of order 0 are here. Nothing would wait: ship it whole"):
        split("0")


def test_what_its_supplier_sends_is_not_divided_here(shop):
    shop.supplier("DROP", dropship=True, lead_time_days=5)
    shop.order("3", "CHAIR", 4, placed="2026-03-03", supplier="DROP")
    shop.plan()
    with refused(SplitRefused, "The supplier sends line 1 of order 3 straight to the customer."):
        split("3", mode="divide", parts=[1])


def test_what_was_told_and_offered_follows_the_units_that_wait(shop):
    line_id, day = shop.line("1").id, date(2026, 3, 27)
    with transaction() as session:
        message = models.Message(kind="delay", message_id="m1", subject="Later", body="…", created_at=clock.now())
        session.add(message)
        session.flush()
        session.add(
            models.DelayNotice(
                message_id=message.id,
                line_id=line_id,
                earlier_promise=date(2026, 3, 20),
                new_date=day,
                needs_consent=False,
            )
        )
        session.add(models.Consent(line_id=line_id, answer="waits", until=day, answered_at=clock.now()))
        session.add(
            models.IncentiveOffer(line_id=line_id, kind="percent", percent=500, state="offered", offered_at=clock.now())
        )
    outcome = split("1", qty=6)
    assert told() == {"delay_notices": [1, 2], "consents": [1, 2], "incentive_offers": [2]}
    undo(outcome)
    assert told() == {"delay_notices": [1], "consents": [1], "incentive_offers": [1]}


def told() -> dict[str, list[int]]:
    db.session.rollback()
    tables = models.DelayNotice, models.Consent, models.IncentiveOffer
    return {
        table.__tablename__: list(db.session.scalars(sa.select(table.part).order_by(table.part))) for table in tables
    }


def test_the_history_says_what_was_divided_into_what(shop, manager):
    split("1", qty=6, cost=as_micros("38.60"), charged=True, actor=manager.person.id)
    [act] = acts()
    assert (act.act, act.subject) == ("shipment-split", "order-line 1/1")
    assert json.loads(act.before) == {"parts": {"1": 10}}
    assert json.loads(act.after) == {
        "split": 1, "mode": "here", "parts": {"1": 6, "2": 4}, "cost": as_micros("38.60"), "charged": True,
        "shipments": [], "captured": None,
    }  # fmt: skip
    row = db.session.scalars(sa.select(models.LinePart).where(models.LinePart.part == 2)).one()
    assert (row.extra_shipping, row.extra_shipping_charged) == (as_micros("38.60"), True)


def test_a_file_that_comes_again_changes_no_part_and_one_that_cuts_takes_from_the_last(shop, tmp_path):
    split("1", qty=6)
    lines = "order_id,line_no,sku,qty,unit_price,tax_amount\n1,1,CHAIR,{qty},215,{tax}\n"
    (tmp_path / "order_lines.csv").write_text(lines.format(qty=10, tax=129), encoding="utf-8")
    load(tmp_path)
    assert parts("1") == [(1, 6, 0, 0), (2, 4, 0, 0)]
    (tmp_path / "order_lines.csv").write_text(lines.format(qty=9, tax="116.10"), encoding="utf-8")
    load(tmp_path)
    shop.plan()
    assert parts("1") == [(1, 6, 0, 0), (2, 3, 0, 0)]
    assert money("1") == [
        (1, as_micros("77.40"), as_micros("35.18")),
        (2, as_micros("38.70"), as_micros("23.46")),
    ]
    outcome = split("1", mode="divide", parts=[2], of_part=2)
    assert sum(one.amounts.tax for one in outcome.parts) == as_micros("116.10")
    assert sum(tax for _, tax, _ in money("1")) == as_micros("116.10")
    assert_copies_are_right()


def test_the_customer_is_told_of_the_parcel_that_left_and_of_what_follows(shop):
    outcome = split("1", qty=6, left=True, carrier="DHL", cost=as_micros("4.90"), charged=True, tell=True)
    for said in ("6 × Product CHAIR", "Carrier: DHL", "Still to come: 4, expected on March 27", "charge €4.90"):
        assert said in outcome.told.body
    assert db.session.scalars(sa.select(models.Message.kind)).all() == ["parcel-left"]


def test_the_form_takes_what_people_type(shop, manager):
    address = "/orders/1/lines/1/shipment-splits"
    typed = {"mode": "divide", "parts": "6 + 3", "cost": "4,90", "charged": "charge"}
    page = manager.panel(f"{address}/new").text
    assert 'value="58.64"' in page, "what the order paid for shipping, until somebody says otherwise"
    assert manager.act(f"{address}/preview", {**typed, "parts": "six"}).status_code == 422
    shown = manager.act(f"{address}/preview", typed)
    assert "Divide into 6, 3 and 1 · charges 9.80" in shown.text
    assert "€9.80 are charged beside the order" in shown.text
    done = manager.act(address, typed)
    assert parts("1") == [(1, 6, 0, 0), (2, 3, 0, 0), (3, 1, 0, 0)]
    undo_url = re.search(r"/shipment-splits/\d+/undos", done.text).group()
    assert manager.act(undo_url, {"undo": "1"}).status_code == 200
    assert parts("1") == []
