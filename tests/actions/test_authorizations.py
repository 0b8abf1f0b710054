"""Recording what the gateway answered when it was asked anew."""

from __future__ import annotations

import json
from datetime import date

import pytest
import sqlalchemy as sa

from dashboard import models
from dashboard.actions.authorizations.action import record_authorization
from dashboard.database import db
from dashboard.domain.authorizations import AuthorizationRefused
from tests.actions.posting import acts, assert_copies_are_right, order_id, refused
from tests.factories import as_micros
from tests.shops import filled_once

AMOUNT = as_micros("60")


@filled_once
def shop(world):
    """A chair and a lamp wait; the authorisation ends before either is here."""
    for sku in ("CHAIR", "LAMP"):
        world.purchase_order(f"PO-{sku}", sku, 5, expected="2026-03-27")
    world.order("1", lines=[("CHAIR", 1), ("LAMP", 1)], placed="2026-03-01", promised="2026-03-30")
    world.authorization("1", on="2026-03-01", expires="2026-03-14", number="OLD")
    world.plan()


def record(**said):
    return record_authorization(order_id("1"), **{"amount": AMOUNT, "actor": None, **said})


def test_a_new_authorisation_moves_the_deadline_of_every_line_of_its_order(shop):
    assert {shop.waiting("1", line=line).deadline_kind for line in (1, 2)} == {"authorisation"}
    outcome = record(expires_on=date(2026, 4, 11), number="AU-7", multi_capture=False)
    assert {shop.waiting("1", line=line).deadline_kind for line in (1, 2)} == {"promise"}
    assert outcome.notice == "AU-7 is recorded for order 1."
    row = db.session.scalars(sa.select(models.Authorization).where(models.Authorization.number == "AU-7")).one()
    assert (row.amount, row.expires_on, row.multi_capture) == (AMOUNT, date(2026, 4, 11), False)
    assert_copies_are_right()


def test_one_without_a_number_gets_one_of_the_desks_own(shop):
    assert record().made == "DESK-A2"


def test_a_refusal_leaves_dates_and_goods_as_they_are(shop, manager):
    before = shop.waiting("1").deadline
    outcome = record(refused=True, why="no funds", actor=manager.person.id)
    assert "is on hold" in outcome.notice
    assert shop.waiting("1").deadline == before
    [act] = acts()
    assert (act.act, act.why, json.loads(act.after)) == (
        "payment-refused", "no funds", {"authorization": "DESK-A2", "amount": AMOUNT},
    )  # fmt: skip
    assert_copies_are_right()


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"amount": 0}, "An authorisation of nothing pays for nothing."),
        ({"expires_on": date(2026, 3, 11)}, "It would have ended before today."),
        ({"number": "OLD"}, "OLD is known already."),
    ],
)
def test_what_no_gateway_said_is_not_recorded(shop, said, sentence):
    with refused(AuthorizationRefused, sentence):
        record(**said)


def test_an_order_that_is_over_is_charged_for_nothing_more(shop):
    shop.order("2", "CHAIR", 1, placed="2026-03-01", status="closed")
    with refused(AuthorizationRefused, "Order 2 is closed"):
        record_authorization(order_id("2"), amount=AMOUNT, actor=None)
