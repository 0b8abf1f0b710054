"""A customer is asked for another card, or another means of payment."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
import sqlalchemy as sa

from dashboard import clock
from dashboard.actions.cancellations.action import cancel_rest
from dashboard.actions.card_requests.action import request_card
from dashboard.database import db, transaction
from dashboard.domain.card_requests import CardRequestRefused
from dashboard.models import CardRequest, Customer, Message
from tests.actions.posting import acts, order_id, refused
from tests.shops import filled_once


@filled_once
def shop(world):
    """A card that ends before its goods come, and one that lasts."""
    world.customer("HW", name="Hannah Whitlock", email="hannah@customers.example")
    world.customer("D", name="Dieter", email="dieter@customers.example")
    world.card("OLD", customer="HW", month=3, year=2026)
    world.card("NEW", customer="D", month=12, year=2030)
    world.purchase_order("PO", "CHAIR", 20, expected="2026-04-10")
    world.order("10482", "CHAIR", 6, placed="2026-03-01", customer="HW")
    world.order("10483", "CHAIR", 1, placed="2026-03-02", customer="D")
    world.plan()


def ask(number="10482", **more):
    return request_card(order_id(number), **{"actor": None, **more})


def letters():
    db.session.rollback()
    return list(db.session.scalars(sa.select(Message).order_by(Message.id)))


def test_the_customer_reads_which_card_until_when_and_nothing_more_of_it(shop, manager):
    outcome = ask(actor=manager.person.id, why="she pays late")
    [letter] = letters()
    assert "Visa ending in 4242 is good until March 31, 2026; we expect to ship on April 10, 2026." in letter.body
    assert letter.to_address == "hannah@customers.example"
    assert "hannah" not in outcome.notice.lower()
    assert outcome.notice.startswith(
        "The customer of order 10482 is asked for another means of payment than Visa ending in 4242."
    )
    [act] = acts()
    assert (act.act, act.subject, act.why) == ("card-asked-for", "order 10482", "she pays late")
    assert json.loads(act.after) == {"message": letter.id, "payment_method": "OLD"}
    row = db.session.scalars(sa.select(CardRequest)).one()
    assert (row.message_id, row.asked_by) == (letter.id, manager.person.id)


def test_nobody_is_asked_twice_within_days_unless_somebody_says_so(shop, manager):
    ask(actor=manager.person.id)
    with refused(CardRequestRefused, "The customer was asked on 12 March, "):
        ask()
    with pytest.raises(CardRequestRefused, match="wait until 19 March"):
        ask()
    assert len(letters()) == 1
    ask(again=True)
    assert len(letters()) == 2
    with transaction() as session:
        session.execute(sa.update(CardRequest).values(asked_at=clock.now() - timedelta(days=7, hours=1)))
    ask()
    assert len(letters()) == 3


def test_what_was_taken_back_was_not_asked(shop, manager):
    answer = manager.act("/orders/10482/card-requests", {"submission": "key"})
    assert answer.status_code == 200
    undo = f"/messages/{letters()[0].id}/withdrawals"
    assert f'action="{undo}"' in answer.text
    assert manager.act(undo, {"undo": "1"}).status_code == 200
    assert letters()[0].state == "withdrawn"
    ask()
    assert len(letters()) == 2


def test_who_need_not_or_cannot_be_asked_is_not(shop):
    with refused(CardRequestRefused, "Visa ending in 4242 is good until 31 December 2030, which is long enough."):
        ask("10483")
    with transaction() as session:
        session.query(Customer).filter_by(code="HW").one().email = "nobody"
    with refused(CardRequestRefused, "The customer has no e-mail address. Ask by phone"):
        ask()
    cancel_rest(order_id("10482"), reason="customer", actor=None)
    with refused(CardRequestRefused, "Nothing of order 10482 waits."):
        ask()
    assert letters() == []


def test_the_form_shows_the_letter_before_it_is_written(shop, agent):
    answer = agent.act("/orders/10482/card-requests/preview", {})
    assert "To hannah@customers.example" in answer.text
    assert "Hello Hannah Whitlock," in answer.text
    assert letters() == []
    assert "Ask again" not in agent.panel("/orders/10482/card-requests/new").text


def test_the_panel_and_the_order_say_that_the_customer_was_asked_and_when(shop, agent):
    assert 'id="orders-slot-order-new-card"' in agent.get("/orders/10482").text
    assert 'id="orders-slot-order-new-card"' not in agent.get("/orders/10483").text, "its card is good"
    ask()
    assert "asked today" in agent.panel("/expiring-payments").text
    with transaction() as session:
        session.execute(sa.update(CardRequest).values(asked_at=clock.now() - timedelta(days=3)))
    assert "10 d short · asked 3 d ago" in agent.panel("/expiring-payments?sort=order").text.replace("\u00a0", " ")
    assert "Asked for a new card" in agent.get("/orders/10482").text
    assert "Ask again, though they were asked 9 Mar" in agent.panel("/orders/10482/card-requests/new").text.replace(
        "\u00a0", " "
    )
