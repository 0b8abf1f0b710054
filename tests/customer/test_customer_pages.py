"""The customer's page: what its link opens, what it never does, and how it ends."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from itsdangerous import URLSafeSerializer
from sqlalchemy import select

from dashboard import clock, models
from dashboard.database import db, transaction
from tests.factories import World


@pytest.fixture
def shop(world: World, agent) -> World:
    """June and Kenji wait for baskets; both are offered ten per cent."""
    world.order("10442", "BASKET", 4, placed="2026-01-25", unit_price="58", customer="June")
    world.order("10588", "BASKET", 1, placed="2026-02-25", unit_price="58", customer="Kenji")
    world.plan()
    for number in ("10442", "10588"):
        address = f"/orders/{number}/lines/1/incentive-offers"
        assert agent.act(address, {"kind": "percent", "percent": "10", "until": "2026-03-19"}).status_code == 200
    return world


def path_of(number: str) -> str:
    """The address that stands in the mail about an order."""
    db.session.rollback()
    body = db.session.scalar(
        select(models.Message.body)
        .join(models.Order, models.Order.id == models.Message.order_id)
        .where(models.Order.number == number)
    )
    return "/your-order/" + body.split("/your-order/")[1].split()[0]


def state(number: str) -> str:
    db.session.rollback()
    return db.session.scalar(
        select(models.IncentiveOffer.state)
        .join(models.OrderLine, models.OrderLine.id == models.IncentiveOffer.line_id)
        .join(models.Order, models.Order.id == models.OrderLine.order_id)
        .where(models.Order.number == number)
    )


def acts() -> list[str]:
    return list(db.session.scalars(select(models.Act.act).where(models.Act.act.like("offer-%"))))


def test_it_shows_the_offer_and_keeps_to_itself(shop, client):
    page = client.get(path_of("10442"))
    assert page.status_code == 200
    assert "10 % off, which is €23.20" in page.text
    assert "10588" not in page.text
    assert "@customers.example" not in page.text
    assert "Backorder Desk" not in page.text
    assert "Set-Cookie" not in page.headers
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in page.headers["X-Robots-Tag"]
    assert "no-store" in page.headers["Cache-Control"]
    for _ in range(2):
        client.get(path_of("10442"))
        client.head(path_of("10442"))
    assert state("10442") == "offered", "looking changes nothing"


def test_pressed_twice_it_counts_once_and_who_changes_their_mind_reads_how_it_stands(shop, client):
    path = path_of("10442")
    for answer in ("accept", "accept", "decline"):
        done = client.post(f"{path}/answers", data={"offer": "1", "answer": answer})
        assert (done.status_code, done.headers["Location"]) == (303, path)
        assert "Set-Cookie" not in done.headers
    assert "You accepted" in client.get(path).text
    assert (state("10442"), acts()) == ("accepted", ["offer-accepted"])
    act = db.session.scalar(select(models.Act).where(models.Act.act == "offer-accepted"))
    assert (act.actor_id, act.subject) == (None, "order-line 10442/1")


def test_declined_changes_nothing_of_the_order(shop, client):
    client.post(f"{path_of('10442')}/answers", data={"offer": "1", "answer": "decline"})
    assert "You declined" in client.get(path_of("10442")).text
    assert shop.line("10442").qty_open == 4


def test_no_link_reaches_the_offer_of_another_customer(shop, client):
    answer = client.post(f"{path_of('10442')}/answers", data={"offer": "2", "answer": "accept"})
    assert answer.status_code == 404
    assert state("10588") == "offered"


def test_tampered_signed_otherwise_or_made_up_it_opens_nothing(shop, client, app: Flask):
    token = path_of("10442").removeprefix("/your-order/")
    key = db.session.scalar(select(models.CustomerLink.key))
    for wrong in (
        token[:-1] + ("A" if token[-1] != "A" else "B"),
        token[1:],
        key,
        "x" * 500,
        URLSafeSerializer("another key of another desk", salt="customer-link").dumps(key),
        URLSafeSerializer(app.secret_key, salt="something else").dumps(key),
        URLSafeSerializer(app.secret_key, salt="customer-link").dumps("nobody"),
    ):
        shown = client.get(f"/your-order/{wrong}")
        assert (shown.status_code, "This link opens nothing" in shown.text) == (404, True)
        assert client.post(f"/your-order/{wrong}/answers", data={"offer": "1", "answer": "accept"}).status_code == 404
    assert client.post(f"/your-order/{token}/answers", data={"offer": "1", "answer": "perhaps"}).status_code == 400
    assert state("10442") == "offered"


@pytest.mark.parametrize("end", ["ends_at", "revoked_at"])
def test_ended_or_taken_back_it_says_so_by_the_real_clock(shop, client, end):
    path = path_of("10442")
    link = db.session.scalars(select(models.CustomerLink).order_by(models.CustomerLink.id)).first()
    assert link.ends_at - clock.real_now() > timedelta(days=36), "it outlives the offer"
    with transaction() as session:
        setattr(session.get_one(models.CustomerLink, link.id), end, clock.real_now())
    shown = client.get(path)
    assert (shown.status_code, "This link is over" in shown.text) == (410, True)
    assert client.post(f"{path}/answers", data={"offer": "1", "answer": "accept"}).status_code == 410
    assert state("10442") == "offered"
    assert client.get(path_of("10588")).status_code == 200


def test_who_asks_too_often_is_slowed_down_in_plain_words(shop, make_app, database_url):
    client = make_app(database_url, RATE_LIMITS=True).test_client()
    answers = [client.post("/your-order/x/answers", data={}) for _ in range(21)]
    assert [one.status_code for one in answers] == [404] * 20 + [429]
    assert "A moment, please" in answers[-1].text
    assert "Backorder Desk" not in answers[-1].text
