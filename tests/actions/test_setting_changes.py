"""Setting a rule of the house."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from dashboard import settings
from dashboard.actions.incentive_offers.queries import ceiling_of
from dashboard.database import db
from dashboard.models import ServiceLevel
from tests.conftest import somebody

NO_DATE, LENDS = "no date was stated", "… and the seller lends the price"


def changes(key):
    return f"/settings/{key}/setting-changes"


def test_a_tier_of_another_class_is_served_at_once_and_the_undo_gives_it_back(world, admin):
    world.stock("CHAIR", 6)
    world.order("1", "CHAIR", 6, placed="2026-03-01")
    world.order("2", "CHAIR", 6, placed="2026-03-02", tier="friends")
    world.plan()
    assert world.reserved() == {"1": 6, "2": 0}
    typed = {"value": ["vip", "1", "friends", "0", "", ""], "why": "they carry us"}

    foreseen = admin.act(f"{changes('tiers')}/preview", typed)
    assert "2 waiting lines change by it" in foreseen.text
    db.session.rollback()
    assert world.reserved() == {"1": 6, "2": 0}, "only looked at"

    done = admin.act(changes("tiers"), typed)
    assert done.status_code == 200, done.text
    db.session.rollback()
    assert world.reserved() == {"1": 0, "2": 6}
    page = admin.get("/settings/tiers").text
    assert "friends: 0, vip: 1" in page
    assert "instead of contract: 2, priority: 2, vip: 1" in page
    assert "they carry us" in page

    undo = re.search(r'action="([^"]*setting-changes[?]act=[0-9]+)"', done.text)[1]
    undone = admin.act(undo, {"undo": "1"})
    assert undone.status_code == 200, undone.text
    db.session.rollback()
    assert world.reserved() == {"1": 6, "2": 0}
    assert settings.value("tiers") == {"contract": 2, "priority": 2, "vip": 1}
    again = admin.act(undo, {"undo": "1"})
    assert again.status_code == 422
    assert "changed again since" in again.text


def test_the_house_may_be_stricter_than_the_law_and_never_laxer(world, admin):
    world.order("1", "CHAIR", 6, placed="2026-03-01")
    world.plan()
    answer = admin.act(changes("clock_days"), {"value": [NO_DATE, "31", LENDS, "50"]})
    assert answer.status_code == 422
    assert "Write 30 or fewer" in answer.text
    before = world.waiting("1").deadline
    answer = admin.act(changes("clock_days"), {"value": [NO_DATE, "20", LENDS, "50"]})
    assert answer.status_code == 200, answer.text
    db.session.rollback()
    assert (before - world.waiting("1").deadline).days == 10


def test_limits_costs_and_service_levels_hold_at_once(world, admin, agent):
    world.order("1", "CHAIR", 6, placed="2026-03-01")
    world.plan()
    assert (
        admin.act(
            changes("incentive_ceilings"), {"value": ["agent", "12.5", "manager", "40", "admin", "100"]}
        ).status_code
        == 200
    )
    db.session.rollback()
    assert ceiling_of(db.session(), agent.person.id) == 1250
    assert admin.act(changes("service_levels"), {"value": ["A", "97.5"]}).status_code == 200
    db.session.rollback()
    assert db.session.execute(select(ServiceLevel.sku_class, ServiceLevel.z)).all() == [("A", 1.96)]
    assert settings.value("service_levels") == {"A": "97.5"}
    assert settings.value("parcel_costs") == {}
    assert admin.act(changes("parcel_costs"), {"value": ["eur", "10.90"]}).status_code == 200
    db.session.rollback()
    assert settings.value("parcel_costs") == {"EUR": "10.9"}
    assert admin.act(changes("parcel_costs"), {"value": [], "why": "as it was"}).status_code == 200
    db.session.rollback()
    assert settings.standing(db.session(), "parcel_costs").is_default, "and follows the environment again"


@pytest.mark.parametrize(
    ("key", "typed", "sentence"),
    [
        ("tiers", ["vip", "1.5"], "vip: 1.5 is not possible. Write a whole number from 0 to 99."),
        ("tiers", ["vip", "1", "vip", "2"], "vip stands there twice."),
        ("tiers", ["", "2"], "A number stands without its tier."),
        ("incentive_ceilings", ["agent", "", "manager", "40", "admin", "100"], "agent: nothing is no number."),
        ("incentive_ceilings", ["agent", "10", "manager", "40"], "Nothing is said of admin."),
        ("incentive_ceilings", ["agent", "10", "owner", "40"], "owner is not known here."),
        ("parcel_costs", ["EURO", "1"], "EURO is no currency."),
        ("parcel_costs", ["EUR", "NaN"], "EUR: NaN is not possible."),
        ("service_levels", ["A", "100"], "A: 100 is not possible."),
        ("session_idle_minutes", ["0"], "0 cannot be set. Write a whole number from 1 to 10080."),
        ("second_factor_roles", ["everybody"], "everybody cannot be chosen."),
        ("retention_customer_days", ["0"], "Write a whole number from 1 to 36500."),
        ("retention_customer_days", [""], "It is set so already."),
    ],
)
def test_what_cannot_be_is_refused_with_the_typed_text(sqlite_app, sign_in_sqlite, key, typed, sentence):
    answer = sign_in_sqlite.act(changes(key), {"value": typed})
    assert answer.status_code == 422
    assert sentence in answer.text.replace("&#39;", "'")
    if "not known here" not in sentence and "be chosen" not in sentence:  # which no form of ours sends
        assert all(f'value="{text}"' in answer.text for text in typed if text)


@pytest.fixture
def sign_in_sqlite(sqlite_app):
    """Ada, on SQLite alone: what a rule refuses does not hang on the database."""
    desk = sqlite_app.test_client()
    with desk.session_transaction() as kept:
        kept["_user_id"] = somebody("admin").fs_uniquifier
        kept["_fresh"] = True
    return desk
