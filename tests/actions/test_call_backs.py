"""Calls that customers were promised: when they are due, and what came of them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import sqlalchemy as sa

from dashboard.actions.call_backs.action import give_call, note_call, promise_call_back, reopen_call
from dashboard.database import db
from dashboard.domain.call_backs import CallBackRefused
from dashboard.models import CallBack
from tests.actions.posting import order_id, refused
from tests.shops import filled_once


@filled_once
def shop(world):
    world.order("10480", "CHAIR", 6, placed="2026-03-01")
    world.plan()


def test_a_call_is_due_by_the_shops_clock_and_done_once(shop, manager, app):
    app.config["SHOP_TIMEZONE"] = "America/Boise"
    made = promise_call_back(
        order_id("10480"), day=date(2026, 3, 30), at="14:30", about="the dinner", actor=manager.person.id
    )
    assert made.notice == "Manager calls the customer of order 10480 by 30 March, 14:30."
    row = db.session.scalars(sa.select(CallBack)).one()
    assert (row.due_at, row.person_id) == (datetime(2026, 3, 30, 20, 30, tzinfo=UTC), manager.person.id)
    assert "calls by 30 Mar" in manager.panel("/orders/10480").text.replace("\xa0", " ")
    assert note_call(int(made.made), outcome="waits until Easter", actor=manager.person.id).notice == (
        "The customer of order 10480 was called back."
    )
    with refused(CallBackRefused, "Somebody noted already that they called."):
        note_call(int(made.made), outcome="nobody answered", actor=manager.person.id)
    db.session.rollback()
    assert db.session.scalar(sa.select(CallBack.outcome)) == "waits until Easter"


def test_a_call_without_its_moment_or_with_one_that_has_passed_is_refused(shop, manager):
    said = {"order_id": order_id("10480"), "actor": manager.person.id}
    with refused(CallBackRefused, "At what time"):
        promise_call_back(**said, day=date(2026, 3, 30), at="noon")
    with refused(CallBackRefused, "On which day"):
        promise_call_back(**said, day=None, at="9:00")
    with refused(CallBackRefused, "That moment has passed."):
        promise_call_back(**said, day=date(2026, 3, 1), at="9:00")


def test_that_somebody_called_is_taken_back_by_the_notice_and_the_call_is_still_to_be_made(shop, agent):
    made = promise_call_back(order_id("10480"), day=date(2026, 3, 30), at="9:00", actor=agent.person.id)
    with refused(CallBackRefused, "That call is still to be made."):
        reopen_call(int(made.made), actor=agent.person.id)
    done = agent.act(f"/call-backs/{made.made}/calls", {"outcome": "Reached."})
    assert f'action="/call-backs/{made.made}/call-reopenings"' in done.text
    undone = agent.act(f"/call-backs/{made.made}/call-reopenings", {"undo": "1"})
    assert undone.status_code == 200
    assert "The customer of order 10480 is still to be called." in undone.text
    db.session.rollback()
    row = db.session.scalars(sa.select(CallBack)).one()
    assert (row.done_at, row.done_by, row.outcome) == (None, None, None)
    assert "calls by 30 Mar" in agent.panel("/orders/10480").text.replace("\xa0", " ")


def test_a_call_is_given_to_who_may_call_or_to_whoever_is_free_and_not_twice_the_same(shop, agent, manager, viewer):
    made = promise_call_back(order_id("10480"), day=date(2026, 3, 30), at="9:00", actor=agent.person.id)
    given = give_call(int(made.made), person=manager.person.id, actor=agent.person.id)
    assert given.notice == "Manager calls the customer of order 10480."
    with refused(CallBackRefused, "It is so already."):
        give_call(int(made.made), person=manager.person.id, actor=agent.person.id)
    with refused(CallBackRefused, "Nobody who could call has that number."):
        give_call(int(made.made), person=viewer.person.id, actor=agent.person.id)
    free = give_call(int(made.made), person=None, actor=agent.person.id)
    assert free.notice == "Whoever is free calls the customer of order 10480."
    note_call(int(made.made), outcome="waits", actor=agent.person.id)
    with refused(CallBackRefused, "Somebody noted already that they called."):
        give_call(int(made.made), person=agent.person.id, actor=agent.person.id)
