"""Links to an order are closed by hand, and nothing else of it changes."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from dashboard import models
from dashboard.database import db
from tests.factories import World


@pytest.fixture
def shop(world: World, agent) -> World:
    """June and Kenji wait for baskets; both are offered ten per cent."""
    for number, customer in (("10442", "June"), ("10588", "Kenji")):
        world.order(number, "BASKET", 4, placed="2026-01-25", unit_price="58", customer=customer)
    world.plan()
    for number in ("10442", "10588"):
        address = f"/orders/{number}/lines/1/incentive-offers"
        assert agent.act(address, {"kind": "percent", "percent": "10", "until": "2026-03-19"}).status_code == 200
    return world


def path_of(number: str) -> str:
    """The address that stands in the mail about an order."""
    db.session.rollback()
    message, order = models.Message, models.Order
    body = db.session.scalar(
        select(message.body).join(order, order.id == message.order_id).where(order.number == number)
    )
    assert body is not None
    return "/your-order/" + body.split("/your-order/")[1].split()[0]


def test_links_are_closed_by_hand_at_the_order_and_those_of_others_stay(shop, client, agent, viewer):
    path = path_of("10442")
    address = "/orders/10442/link-revocations"
    assert f"{address}/new" in agent.get("/orders/10442").text
    assert f"{address}/new" not in viewer.get("/orders/10442").text
    done = agent.act(address, {"why": "it went to her neighbour"})
    assert "The link to order 10442 opens nothing any more" in done.text
    shown = client.get(path)
    assert (shown.status_code, "This link is over" in shown.text) == (410, True)
    assert client.get(path_of("10588")).status_code == 200
    db.session.rollback()
    assert set(db.session.scalars(select(models.IncentiveOffer.state))) == {"offered"}
    act = db.session.scalar(select(models.Act).where(models.Act.act == "links-revoked"))
    assert (act.subject, act.after, act.why) == ("order 10442", '{"links": 1}', "it went to her neighbour")
    assert f"{address}/new" not in agent.get("/orders/10442").text
    again = agent.act(address, {"why": ""})
    assert (again.status_code, "No link opens order 10442 any more." in again.text) == (422, True)
