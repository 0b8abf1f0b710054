"""Orders that somebody follows, and lets go."""

from __future__ import annotations

import json

import sqlalchemy as sa

from dashboard.actions.order_follows.action import follow_order, let_order_go, look_at_order
from dashboard.database import db
from dashboard.domain.order_follows import OrderFollowRefused
from dashboard.models import OrderFollow
from tests.actions.posting import acts, order_id, refused
from tests.shops import filled_once


@filled_once
def shop(world):
    world.order("10482", "CHAIR", 6, placed="2026-03-01")
    world.plan()


def followers():
    db.session.rollback()
    return list(db.session.scalars(sa.select(OrderFollow.person_id).order_by(OrderFollow.person_id)))


def test_an_order_is_followed_by_each_for_themselves_and_the_history_says_so(shop, manager, agent):
    order = order_id("10482")
    for desk in (manager, agent):
        follow_order(order, actor=desk.person.id)
    assert followers() == sorted([manager.person.id, agent.person.id])
    let_order_go(order, actor=manager.person.id)
    assert followers() == [agent.person.id]
    assert [(act.act, act.subject, act.actor_id) for act in acts()] == [
        ("order-followed", "order 10482", manager.person.id),
        ("order-followed", "order 10482", agent.person.id),
        ("order-let-go", "order 10482", manager.person.id),
    ]
    assert json.loads(acts()[0].after) == {"person_id": manager.person.id}


def test_what_is_so_already_is_refused_with_what_is_so(shop, agent):
    said = {"order_id": order_id("10482"), "actor": agent.person.id}
    with refused(OrderFollowRefused, "You do not follow order 10482."):
        let_order_go(**said)
    with refused(OrderFollowRefused, "You do not follow order 10482."):
        look_at_order(**said)
    follow_order(**said)
    with refused(OrderFollowRefused, "You follow order 10482 already."):
        follow_order(**said)
    assert [act.act for act in acts()] == ["order-followed"]


def test_the_page_of_an_order_offers_what_is_not_so_yet_and_a_viewer_neither(shop, agent, manager, viewer):
    text = agent.panel("/orders/10482").text
    assert "/orders/10482/order-follows" in text
    assert "/orders/10482/follow-ends" not in text
    assert agent.act("/orders/10482/order-follows").status_code == 200
    text = agent.panel("/orders/10482").text
    assert "/orders/10482/follow-ends" in text
    assert "/orders/10482/order-follows" not in text
    assert "/orders/10482/order-follows" in manager.panel("/orders/10482").text
    assert "follow" not in viewer.panel("/orders/10482").text.lower()


def test_pressing_twice_says_that_it_is_so_and_offers_the_form_no_second_time(shop, agent):
    assert agent.act("/orders/10482/order-follows").status_code == 200
    again = agent.act("/orders/10482/order-follows")
    assert again.status_code == 422
    assert "You follow order 10482 already." in again.text
    assert len(followers()) == 1
