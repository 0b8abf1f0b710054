"""A message that failed, or came back, is sent again."""

from __future__ import annotations

import json

import pytest

from dashboard.actions.message_retries.action import retry_message
from dashboard.database import db, transaction
from dashboard.domain.messages import CardAskedFor, MessageRefused
from dashboard.messages import outbox
from dashboard.models import Customer, Message
from tests.actions.posting import acts, order_id, refused
from tests.shops import filled_once


@filled_once
def letter(world):
    """It failed, because nobody knew the address."""
    world.customer("HW", name="Hannah Whitlock", email=None)
    world.order("10482", "CHAIR", 6, placed="2026-03-01", customer="HW")
    with transaction():
        return outbox.write(order_id("10482"), CardAskedFor()).message_id


def row(letter):
    db.session.rollback()
    return db.session.get_one(Message, letter, populate_existing=True)


def test_it_goes_to_the_address_that_the_customer_has_now_under_the_same_id(letter):
    with refused(MessageRefused, "The customer has no e-mail address."):
        retry_message(letter, why=None, actor=None)
    before = row(letter).message_id
    with transaction() as session:
        session.query(Customer).filter_by(code="HW").one().email = "hannah@customers.example"
    outcome = retry_message(letter, why="she told us", actor=None)
    assert outcome.notice.endswith("leaves again to the customer of order 10482 with the next round of the mail.")
    sent = row(letter)
    assert (sent.state, sent.to_address, sent.message_id) == ("queued", "hannah@customers.example", before)
    assert (sent.attempts, sent.failure, sent.handed_over_at) == (0, None, None)
    [act] = acts()
    assert (act.act, json.loads(act.before)) == ("message-sent-again", {"state": "failed"})


@pytest.mark.parametrize("now", ["queued", "sending", "sent", "withdrawn"])
def test_only_what_did_not_arrive_is_sent_again(letter, now):
    with transaction() as session:
        session.get_one(Message, letter).state = now
    with refused(MessageRefused, "Only what failed is sent again."):
        retry_message(letter, why=None, actor=None)
    assert row(letter).state == now
