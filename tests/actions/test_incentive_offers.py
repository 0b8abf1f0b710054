"""Offers: what they cost, who may make them, what ends them."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from dashboard import models
from dashboard.actions.offer_ends import end_overdue
from dashboard.database import db, transaction
from tests.conftest import Desk
from tests.factories import World, as_micros
from tests.shops import filled_once

LINE = "/orders/10442/lines/1/incentive-offers"
UNTIL = "2026-03-19"


@filled_once
def shop(world: World) -> None:
    """June waits for four baskets of 58.00, which cost 22.00 each; shipping them costs her 12.00."""
    world.sku("BASKET", price="58", cost=as_micros("22"), currency="EUR")
    world.sku("OTHER", price="60", cost=as_micros("25"), currency="EUR")
    world.stock("OTHER", 5)
    world.order(
        "10442", "BASKET", 4, placed="2026-01-25", unit_price="58", shipping_amount=as_micros("12"), customer="June"
    )
    world.plan()


def offers() -> list[models.IncentiveOffer]:
    db.session.rollback()
    return list(db.session.scalars(select(models.IncentiveOffer).order_by(models.IncentiveOffer.id)))


def offered(desk: Desk, **typed: str) -> models.IncentiveOffer:
    answer = desk.act(LINE, {"kind": "percent", "percent": "10", "until": UNTIL, **typed})
    assert answer.status_code == 200, answer.text
    return offers()[-1]


def letters() -> list[models.Message]:
    db.session.rollback()
    return list(db.session.scalars(select(models.Message).order_by(models.Message.id)))


@pytest.mark.parametrize(
    ("typed", "cost", "read"),
    [
        ({"kind": "percent", "percent": "10"}, "23.20", "10 % off, which is €23.20"),
        ({"kind": "percent", "percent": "12,5 %"}, "29", "12.5 % off"),
        ({"kind": "amount", "amount": "20.00"}, "20", "€20.00 off"),
        ({"kind": "free-shipping"}, "12", "free shipping, which saves €12.00"),
        ({"kind": "credit", "amount": "15"}, "15", "a store credit of €15.00"),
        ({"kind": "gift", "gift": "Felt pads", "amount": "3.50"}, "3.50", "a gift: Felt pads"),
        ({"kind": "substitute", "substitute": "OTHER"}, "12", "OTHER instead, at the same price"),
    ],
)
def test_each_kind_says_what_it_costs_and_what_the_customer_reads(shop, agent, typed, cost, read):
    offer = offered(agent, **typed)
    assert (offer.state, offer.cost) == ("offered", as_micros(cost))
    (letter,) = letters()
    assert (letter.kind, letter.state, offer.message_id) == ("offer-made", "queued", letter.id)
    assert read in letter.body
    assert "/your-order/" in letter.body


def test_the_form_shows_the_cost_against_the_margin_and_the_letter_and_does_nothing(shop, agent):
    form = agent.panel(f"{LINE}/new").text
    assert "You may offer up to 15\xa0%, €34.80 here." in form
    shown = agent.act(f"{LINE}/preview", {"kind": "percent", "percent": "10", "until": UNTIL}).text
    assert "Offer 10 % off · costs 23.20" in shown
    assert "144.00" in shown
    assert "120.80" in shown
    assert "16\xa0% of the margin" in shown
    assert "10 % off, which is €23.20" in shown
    above = agent.act(f"{LINE}/preview", {"kind": "percent", "percent": "40", "until": UNTIL}).text
    assert "Ask for approval" in above
    assert "it waits for approval, and nobody was told yet" in above
    assert offers() == []
    assert letters() == []


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"kind": "percent", "percent": "0"}, "Write a percentage from 0.01 to 100."),
        ({"kind": "percent", "percent": "101"}, "Write a percentage from 0.01 to 100."),
        ({"kind": "amount", "amount": "232.01"}, "Offer at most its whole value."),
        ({"kind": "amount", "amount": ""}, "Write an amount above zero."),
        ({"kind": "gift", "amount": "3"}, "Write what the customer gets."),
        ({"kind": "gift", "gift": "Felt pads"}, "Write its cost."),
        ({"kind": "substitute", "substitute": "BASKET"}, "Write another SKU."),
        ({"kind": "substitute", "substitute": "NONE"}, "Write another SKU."),
        ({"kind": "substitute", "substitute": ""}, "Write the SKU that goes out instead."),
        ({"until": "2026-03-11"}, "Write 2026-03-12 or later."),
        ({"until": "2027-03-11"}, "An offer stands at most 90 days"),
    ],
)
def test_what_cannot_be_offered_is_said_at_its_field(shop, agent, typed, sentence):
    answer = agent.act(LINE, {"kind": "percent", "percent": "10", "until": UNTIL, **typed})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert offers() == []


def test_what_is_not_known_is_not_taken_for_free(shop, agent):
    shop.order("10443", "UNPRICED", 2, placed="2026-02-01", unit_price=None)
    shop.plan()
    address = "/orders/10443/lines/1/incentive-offers"
    for kind in ("percent", "free-shipping"):
        answer = agent.act(address, {"kind": kind, "percent": "10", "until": UNTIL})
        assert (answer.status_code, "Offer an amount instead." in answer.text) == (422, True)
    assert agent.act(address, {"kind": "credit", "amount": "1", "until": UNTIL}).status_code == 200
    assert offers()[-1].state == "waiting-approval", "of an unknown value nobody knows the share"


def test_a_line_has_one_live_offer_and_another_after_it(shop, agent):
    first = offered(agent)
    again = agent.act(LINE, {"kind": "percent", "percent": "5", "until": UNTIL})
    assert again.status_code == 422
    assert "An offer for line 1 of order 10442 is open, made on 12 March" in again.text
    assert agent.act(f"/incentive-offers/{first.id}/withdrawals", {"undo": "1"}).status_code == 200
    assert offered(agent, percent="5").state == "offered"


def test_withdrawn_before_it_is_mailed_nobody_reads_it_and_its_link_is_over(shop, agent, app):
    offer = offered(agent)
    path = "/your-order/" + letters()[0].body.split("/your-order/")[1].split()[0]
    done = agent.act(f"/incentive-offers/{offer.id}/withdrawals", {"undo": "1"})
    assert "is withdrawn before anybody read it" in done.text
    assert (offers()[0].state, letters()[0].state) == ("void", "withdrawn")
    closed = app.test_client().get(path)
    assert (closed.status_code, "This link is over" in closed.text) == (410, True)


def test_once_it_is_mailed_it_is_not_withdrawn(shop, agent):
    offer = offered(agent)
    with transaction() as session:
        session.get_one(models.Message, offer.message_id).state = "sent"
    answer = agent.act(f"/incentive-offers/{offer.id}/withdrawals", {"undo": "1"})
    assert answer.status_code == 422
    assert "The customer has read of the offer" in answer.text
    assert offers()[0].state == "offered"


def test_an_offer_ends_with_its_day_or_with_what_a_file_ended(shop, agent, app: Flask):
    shop.order("10444", "BASKET", 1, placed="2026-02-01")
    shop.plan()
    offered(agent, until="2026-03-12")
    other = agent.act("/orders/10444/lines/1/incentive-offers", {"kind": "amount", "amount": "1", "until": UNTIL})
    assert other.status_code == 200
    assert end_overdue() is None, "today it can still be accepted"
    with transaction() as session:
        session.get_one(models.IncentiveOffer, 1).expires_on = models.orders.date(2026, 3, 11)
        line = session.get_one(models.OrderLine, shop.line("10444").id)
        line.qty_open = 0
    assert end_overdue() == "2 offers ended"
    first, second = offers()
    assert (first.state, first.kept) == ("expired", None)
    assert (second.state, second.kept) == ("void", False)
    assert {letter.state for letter in letters()} == {"withdrawn"}, "what nobody read need not be read"
    acts = db.session.scalars(select(models.Act.after).where(models.Act.act == "offer-ended")).all()
    assert [json.loads(one)["state"] for one in acts] == ["expired", "void"]
    assert end_overdue() is None


def test_what_left_was_kept_and_what_was_cancelled_was_not(shop, agent, manager: Desk):
    shop.stock("BASKET", 2)
    shop.plan()
    first = offered(agent)
    sent = manager.act("/orders/10442/lines/1/shipments", {"qty": "2", "carrier": ""})
    assert sent.status_code == 200, sent.text
    assert (offers()[0].state, offers()[0].kept) == ("offered", None), "two still wait"
    shop.stock("BASKET", 2)
    shop.plan()
    assert manager.act("/orders/10442/lines/1/shipments", {"qty": "2", "carrier": ""}).status_code == 200
    assert (offers()[0].id, offers()[0].state, offers()[0].kept) == (first.id, "void", True)


def test_a_customer_without_an_address_is_offered_it_by_somebody_else(shop, agent):
    with transaction() as session:
        session.scalar(select(models.Customer).where(models.Customer.code == "June")).email = None
    answer = agent.act(LINE, {"kind": "percent", "percent": "10", "until": UNTIL})
    assert "tell them otherwise" in answer.text
    assert offers()[0].state == "offered"


def test_the_highest_of_somebodys_roles_counts(shop, sign_in: Callable[..., Desk]):
    admin = sign_in("admin")
    assert offered(admin, percent="100").state == "offered"
