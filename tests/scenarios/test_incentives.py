"""Incentives, scenario 42 of the behaviours that customers have missed elsewhere."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from dashboard import models
from dashboard.database import db, transaction
from tests.factories import World
from tests.shops import filled_once

LINE = "/orders/10442/lines/1/incentive-offers"
TERMS = {"kind": "percent", "percent": "10", "until": "2026-03-19"}


@filled_once
def shop(world: World) -> None:
    """June waits for four baskets."""
    world.order("10442", "BASKET", 4, placed="2026-01-25", unit_price="58")
    world.plan()


def offers() -> list[tuple[str, bool | None]]:
    db.session.rollback()
    offer = models.IncentiveOffer
    return [(row.state, row.kept) for row in db.session.scalars(select(offer).order_by(offer.id))]


def letters() -> list[models.Message]:
    db.session.rollback()
    return list(db.session.scalars(select(models.Message)))


def test_42_same_incentive_pressed_twice_is_given_once(shop, agent):
    form = {**TERMS, "submission": "pressed-twice"}
    assert [agent.act(LINE, form).status_code for _ in range(2)] == [200, 200]
    assert (offers(), len(letters())) == ([("offered", None)], 1)


def test_42_above_own_limit_it_asks_for_approval(shop, agent):
    answer = agent.act(LINE, {**TERMS, "percent": "15.01"})
    assert "is above your limit: it waits for approval" in answer.text
    assert (offers(), letters()) == ([("waiting-approval", None)], [])


def test_42_expired_offer_cannot_be_accepted(shop, agent, client):
    assert agent.act(LINE, TERMS).status_code == 200
    with transaction() as session:
        session.scalars(select(models.IncentiveOffer)).one().expires_on = date(2026, 3, 11)
    path = "/your-order/" + letters()[0].body.split("/your-order/")[1].split()[0]
    assert "It is over now" in client.get(path).text
    client.post(f"{path}/answers", data={"offer": "1", "answer": "accept"})
    assert offers() == [("expired", None)]
    assert "It is over now" in client.get(path).text


def test_42_cancelled_order_voids_it(shop, agent, client):
    assert agent.act(LINE, TERMS).status_code == 200
    path = "/your-order/" + letters()[0].body.split("/your-order/")[1].split()[0]
    with transaction() as session:
        session.scalars(select(models.Message)).one().state = "sent"
    assert agent.act("/orders/10442/cancellations", {"reason": "customer"}).status_code == 200
    assert offers() == [("void", False)]
    client.post(f"{path}/answers", data={"offer": "1", "answer": "accept"})
    assert offers() == [("void", False)]
    assert "does not stand any more" in client.get(path).text
