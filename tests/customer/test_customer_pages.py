"""The customer's page: what its link opens, what it never does, and how it ends."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask
from itsdangerous import URLSafeSerializer
from sqlalchemy import select, update

from dashboard import clock, models
from dashboard.actions.delay_notices.action import tell_customer as send_notice
from dashboard.actions.delay_notices.standing import settle_notices
from dashboard.actions.purchase_order_dates.action import move_date
from dashboard.customer import links
from dashboard.database import db, transaction
from dashboard.messages.sign_in_mail import mailed_address
from tests.conftest import same_on_both
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
        .where(models.Order.number == number, models.Message.body.contains("/your-order/"))
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


def order_id(number: str) -> int:
    return db.session.scalars(select(models.Order.id).where(models.Order.number == number)).one()


def notes() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(select(models.Note.says).order_by(models.Note.id)))


def test_it_says_where_each_line_stands_and_never_a_day_of_the_past(shop, client, app: Flask):
    shop.stock("VASE", 1)
    shop.order("10600", lines=[("VASE", 3), ("URN", 2)], placed="2026-02-20", promised="2026-03-01", customer="Ada")
    shop.purchase_order("PO-9", "VASE", 2, expected="2026-03-19")
    shop.ship("10600", 1, line=2, on="2026-03-02")
    shop.plan()
    with app.test_request_context(), transaction() as session:
        address = links.address_of(links.make(session, order_id("10600"), until=None))
    page = client.get("/your-order/" + address.rpartition("/")[2]).text
    words = " ".join(page.split())
    assert "Ada" in page
    assert "1 is here for you · 2 leave on 19" in words.replace("\xa0", " ")
    assert "1 without a date yet · 1 left on 2" in words.replace("\xa0", " ")
    assert "No date yet" in page


def test_who_is_told_of_another_date_waits_on_with_one_press_and_only_for_their_own_order(shop, client):
    shop.purchase_order("PO-8", "BASKET", 9, expected="2026-04-20")
    shop.plan()
    for number in ("10442", "10588"):
        send_notice(order_id(number), actor=None)
    path = path_of("10442")
    assert "comes later" in client.get(path).text
    for _ in range(2):
        assert client.post(f"{path}/consents").headers["Location"] == path
    assert "comes later" not in client.get(path).text
    assert "comes later" in client.get(path_of("10588")).text
    rows = db.session.execute(
        select(models.Consent.answer, models.Consent.recorded_by, models.Order.number)
        .join(models.OrderLine, models.OrderLine.id == models.Consent.line_id)
        .join(models.Order, models.Order.id == models.OrderLine.order_id)
    ).all()
    assert [tuple(row) for row in rows] == [("waits", None, "10442")]


def test_the_letter_of_a_later_date_carries_the_link_by_which_its_customer_waits_on(world, client, agent):
    world.customer("June", name="June", email="june@customers.example")
    world.purchase_order("PO-8", "BASKET", 9, expected="2026-04-20")
    world.order("10442", lines=[("BASKET", 4), ("BASKET", 1)], placed="2026-01-25", customer="June")
    world.plan()
    send_notice(order_id("10442"), actor=agent.person.id)
    path = path_of("10442")
    page = client.get(path).text
    assert "comes later" in page
    last_day = clock.shop_day(db.session.scalars(select(models.CustomerLink.ends_at)).one())
    assert f"This link is yours alone and works until {last_day.day}" in page
    assert client.post(f"{path}/consents").headers["Location"] == path
    db.session.rollback()
    assert set(db.session.scalars(select(models.Consent.answer))) == {"waits"}


def test_a_letter_of_a_later_date_that_is_not_sent_after_all_takes_its_link_with_it(world, client):
    world.customer("June", name="June", email="june@customers.example")
    world.purchase_order("PO-8", "BASKET", 9, expected="2026-04-20")
    world.order("10442", "BASKET", 4, placed="2026-01-25", promised="2026-03-25", customer="June")
    world.plan()
    send_notice(order_id("10442"), actor=None)
    path = path_of("10442")
    move_date(world.po_line("PO-8").id, to=date(2026, 3, 20), why="sooner", actor=None)
    assert settle_notices(region="US") == "1 notices settled"
    assert client.get(path).status_code == 410


def test_a_customer_cancels_what_has_not_left_once_and_nobody_elses(shop, client):
    with transaction() as session:  # an offer that ends before it is mailed takes its link with it
        session.execute(update(models.Message).values(state="sent"))
    path = path_of("10442")
    for _ in range(2):
        assert client.post(f"{path}/cancellations").status_code == 303
    assert "order is cancelled" in client.get(path).text
    db.session.rollback()
    assert (shop.line("10442").qty_cancelled, shop.line("10588").qty_cancelled) == (4, 0)
    assert notes() == []
    assert db.session.scalar(select(models.Cancellation.reason)) == "customer"


def test_a_cancel_that_comes_while_it_is_shipped_loses_and_staff_see_both_times(shop, client, agent):
    path = path_of("10442")
    shop.ship("10442", 4, on=clock.now() - timedelta(minutes=5))
    shop.plan()
    for _ in range(2):
        client.post(f"{path}/cancellations")
    assert (shop.line("10442").qty_shipped, shop.line("10442").qty_cancelled) == (4, 0)
    [note] = notes()
    assert "it left on" in note
    assert "this cancel came on" in note
    assert "this cancel came on" in agent.panel("/orders/10442").text
    assert "has left" in client.get(path).text


def test_what_is_picked_is_for_staff_to_decide(shop, client):
    shop.stock("BASKET", 4)
    shop.hold("10442", 4, kind="picked")
    shop.plan()
    path = path_of("10442")
    for _ in range(2):
        client.post(f"{path}/cancellations")
    assert shop.line("10442").qty_open == 4
    assert "You asked us to cancel" in client.get(path).text
    [note] = notes()
    assert "4 units are picked already" in note


@pytest.mark.parametrize("what", ["consents", "cancellations"])
def test_no_other_link_waits_or_cancels(shop, client, what):
    token = path_of("10442").removeprefix("/your-order/")
    assert client.post(f"/your-order/{token[1:]}/{what}").status_code == 404
    with transaction() as session:
        links.revoke_of_order(session, order_id("10442"), actor=None)
    assert client.post(f"/your-order/{token}/{what}").status_code == 410
    assert shop.line("10442").qty_open == 4


@same_on_both
@pytest.mark.parametrize("base", ["", "https://desk.example"])
def test_a_link_is_made_by_jobs_too_which_have_no_request(make_app, database_url, base: str) -> None:
    app = make_app(database_url, BASE_URL=base)
    with app.app_context():
        assert mailed_address("customer.order", token="signed") == f"{base}/your-order/signed"
