"""The customer wants fewer of a line."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
import sqlalchemy as sa

from dashboard import clock
from dashboard.actions.clashes import ChangedMeanwhile
from dashboard.actions.quantity_cuts.action import cut_quantity
from dashboard.database import db
from dashboard.domain.quantity_cuts import QuantityCutRefused
from dashboard.models import Cancellation
from tests.actions.posting import acts, assert_copies_are_right, holds, order_id, refused, units
from tests.shops import filled_once


@filled_once
def shop(world):
    """Ten units wanted by two orders of six; the first has six of eight on the shelf."""
    world.stock("CHAIR", 8)
    world.order("1", "CHAIR", 6, placed="2026-03-01")
    world.order("2", "CHAIR", 6, placed="2026-03-02")
    world.plan()


def cut(number: str, wanted: int, *, line_no: int = 1, **more):
    return cut_quantity(order_id(number), line_no, wanted=wanted, reason="customer", actor=None, **more)


def test_a_cut_below_the_reservation_gives_the_surplus_to_the_next_in_line(shop):
    outcome = cut("1", 2)
    assert shop.reserved() == {"1": 2, "2": 6}
    assert units("1") == (0, 4, 2)
    assert outcome.notice == "Line 1 of order 1 is cut to 2: 4 units cancelled. Now reserved: 4 for order 2."
    assert_copies_are_right()


def test_a_cut_of_what_waits_leaves_what_is_here_where_it_is(shop):
    cut("2", 3)
    assert shop.reserved() == {"1": 6, "2": 2}
    assert units("2") == (0, 3, 3)
    assert_copies_are_right()


def test_a_cut_below_what_is_shipped_is_refused_with_the_shipped_number(shop):
    shop.ship("1", 4, on="2026-03-05")
    shop.plan()
    with refused(QuantityCutRefused, "4 units of line 1 of order 1 are shipped already. Write 4 or more."):
        cut("1", 3)
    assert units("1") == (4, 0, 2)


def test_a_cut_to_what_is_shipped_ends_the_line(shop):
    shop.ship("1", 4, on="2026-03-05")
    shop.plan()
    cut("1", 4)
    assert units("1") == (4, 2, 0)
    assert_copies_are_right()


@pytest.mark.parametrize("wanted", [6, 7])
def test_a_cut_to_no_fewer_is_refused(shop, wanted):
    with refused(QuantityCutRefused, "gets 6 units as it stands"):
        cut("1", wanted)


def test_a_cut_below_none_is_refused(shop):
    with refused(QuantityCutRefused, "Nobody gets fewer than none. Write 0 or more."):
        cut("1", -1)


def test_what_a_file_cancelled_before_it_was_planned_is_not_cut_once_more(shop):
    shop.cancel("1", 4)
    cut("1", 1)
    assert units("1") == (0, 5, 1)
    shop.plan()
    assert_copies_are_right()


def test_a_line_that_ended_is_not_cut(shop):
    cut("1", 0)
    with refused(QuantityCutRefused, "Nothing of line 1 of order 1 is open"):
        cut("1", 0)


def test_two_cuts_in_one_instant_do_not_clash(shop, monkeypatch):
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now)
    cut("1", 5)
    cut("1", 4)
    assert units("1") == (0, 2, 4)
    assert list(db.session.scalars(sa.select(Cancellation.cancelled_at).order_by(Cancellation.id))) == [
        now,
        now + timedelta(microseconds=1),
    ]
    assert_copies_are_right()


def test_a_hold_ends_when_its_units_are_cut_and_the_least_firm_ends_first(shop):
    shop.hold("1", 2, kind="picked")
    shop.hold("1", 3, kind="fixed")
    shop.plan()
    cut("1", 3)
    assert holds("1") == [("picked", 2), ("fixed", 1)]
    assert holds("1", live=False) == [("fixed", 2)]
    assert shop.reserved() == {"1": 3, "2": 5}
    assert_copies_are_right()


def test_a_cut_leaves_who_what_and_from_what_to_what(shop, manager):
    cut_quantity(order_id("1"), 1, wanted=2, reason="customer", actor=manager.person.id)
    [act] = acts()
    assert (act.act, act.subject, act.why, act.actor_id) == (
        "quantity-cut", "order-line 1/1", "customer", manager.person.id,
    )  # fmt: skip
    assert json.loads(act.before) == {"qty_cancelled": 0, "qty_open": 6}
    refund = {"amount": 40_000_000, "shipping": 0, "due_on": "2026-03-23"}
    assert json.loads(act.after) == {"qty": 4, "qty_cancelled": 4, "qty_open": 2, "refund": refund}


def test_a_form_that_is_sent_twice_cuts_once(shop):
    first = cut("1", 2, submission="key")
    second = cut("1", 2, submission="key")
    assert units("1") == (0, 4, 2)
    assert second.notice == first.notice
    assert second.repeats is not None
    assert len(acts()) == 1


def test_a_form_that_was_opened_before_a_colleague_changed_the_line_is_refused(shop, manager):
    version = str(shop.line("1").version)
    cut_quantity(order_id("1"), 1, wanted=5, reason="customer", version=version, actor=manager.person.id)
    with pytest.raises(ChangedMeanwhile) as clash:
        cut("1", 4, version=version)
    assert clash.value.acts[0].seen.who == "Manager"
    assert units("1") == (0, 1, 5)
