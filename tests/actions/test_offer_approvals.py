"""Offers above somebody's limit: who lets them go out, and who cannot."""

from __future__ import annotations

from sqlalchemy import select

from dashboard import models
from dashboard.database import db
from tests.factories import World
from tests.shops import filled_once

LINE = "/orders/10442/lines/1/incentive-offers"
APPROVAL = "/incentive-offers/1/offer-approvals"


@filled_once
def shop(world: World) -> None:
    """Four baskets of 58.00 wait, nobody knows until when."""
    world.order("10442", "BASKET", 4, placed="2026-01-25", unit_price="58")
    world.plan()


def asked_for(desk, percent: str) -> None:
    answer = desk.act(LINE, {"kind": "percent", "percent": percent, "until": "2026-03-19", "why": "asked twice"})
    assert answer.status_code == 200
    assert offer().state == "waiting-approval"


def offer() -> models.IncentiveOffer:
    db.session.rollback()
    return db.session.scalars(select(models.IncentiveOffer)).one()


def letters() -> list[str]:
    return list(db.session.scalars(select(models.Message.body)))


def test_what_a_manager_approves_goes_out_and_who_did_is_kept(shop, agent, manager):
    asked_for(agent, "40")
    assert letters() == []
    assert f"{APPROVAL}/new" in manager.get("/orders/10442").text
    assert f"{APPROVAL}/new" not in agent.get("/orders/10442").text
    form = manager.panel(f"{APPROVAL}/new").text
    assert "asked twice" in form
    assert "€92.80" in form
    done = manager.act(APPROVAL, {"decision": "approve", "reason": "she is worth it"})
    assert "40 % off, which is €92.80, is offered for line 1 of order 10442 until 19 March." in done.text
    assert (offer().state, offer().approved_by) == ("offered", manager.person.id)
    assert "40 % off" in letters()[0]
    again = manager.act(APPROVAL, {"decision": "refuse", "reason": "or not"})
    assert (again.status_code, "was approved already" in again.text) == (422, True)


def test_refused_nobody_is_told_and_the_line_is_free_for_another(shop, agent, manager):
    asked_for(agent, "40")
    done = manager.act(APPROVAL, {"decision": "refuse", "reason": "too dear"})
    assert "is not offered for line 1 of order 10442" in done.text
    assert offer().state == "void"
    assert letters() == []
    assert agent.act(LINE, {"kind": "percent", "percent": "5", "until": "2026-03-19"}).status_code == 200


def test_nobody_approves_above_their_own_limit_nor_without_a_reason(shop, agent, manager, admin):
    asked_for(agent, "60")
    assert agent.panel(f"{APPROVAL}/new").status_code == 403
    refused = manager.act(APPROVAL, {"decision": "approve", "reason": "she is worth it"})
    assert (refused.status_code, "above your own limit as well" in refused.text) == (422, True)
    assert admin.act(APPROVAL, {"decision": "approve", "reason": ""}).status_code == 422
    assert admin.act(APPROVAL, {"decision": "approve", "reason": "she is worth it"}).status_code == 200
    assert offer().state == "offered"
