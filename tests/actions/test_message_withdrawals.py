"""A message that has not left is taken out of the outbox."""

from __future__ import annotations

import json

import pytest

from dashboard.actions.message_withdrawals.action import withdraw_message
from dashboard.database import db, transaction
from dashboard.domain.messages import CardAskedFor, MessageRefused
from dashboard.messages import outbox
from dashboard.models import Message
from tests.actions.posting import acts, order_id, refused
from tests.shops import filled_once


@filled_once
def letter(world):
    world.customer("HW", name="Hannah Whitlock", email="hannah@customers.example")
    world.order("10482", "CHAIR", 6, placed="2026-03-01", customer="HW")
    with transaction():
        return outbox.write(order_id("10482"), CardAskedFor()).message_id


def state(letter):
    db.session.rollback()
    return db.session.get_one(Message, letter, populate_existing=True).state


def test_what_is_withdrawn_never_leaves_and_the_history_knows_no_name(letter, manager):
    outcome = withdraw_message(letter, why="said by phone", actor=manager.person.id)
    assert state(letter) == "withdrawn"
    assert outcome.notice == ("“How to pay for order 10482” is withdrawn: the customer of order 10482 does not get it.")
    [act] = acts()
    assert (act.act, act.subject, act.why) == ("message-withdrawn", f"message {letter}", "said by phone")
    assert json.loads(act.after) == {
        "kind": "card-asked-for",
        "order": "10482",
        "purchase_order": None,
        "state": "withdrawn",
    }
    assert "hannah" not in f"{act.before}{act.after}{act.subject}".lower()


@pytest.mark.parametrize(
    ("now", "sentence"),
    [
        ("sending", "The message is leaving at this moment."),
        ("sent", "The message was sent already."),
        ("withdrawn", "The message was withdrawn already."),
    ],
)
def test_what_has_left_cannot_be_withdrawn(letter, now, sentence):
    with transaction() as session:
        session.get_one(Message, letter).state = now
    with refused(MessageRefused, sentence):
        withdraw_message(letter, why=None, actor=None)
    assert state(letter) == now
    assert acts() == []


def test_the_undo_of_a_notice_withdraws_it_once(letter, manager):
    assert manager.act(f"/messages/{letter}/withdrawals", {"undo": "1"}).status_code == 200
    assert state(letter) == "withdrawn"
    again = manager.act(f"/messages/{letter}/withdrawals", {"undo": "1"})
    assert again.status_code == 422
    assert "The message was withdrawn already." in again.text


def test_mail_of_the_sign_in_and_what_is_nowhere_are_not_found(letter, manager):
    with transaction() as session:
        session.get_one(Message, letter).order_id = None
    assert manager.get(f"/messages/{letter}/withdrawals/new").status_code == 404
    assert manager.get("/messages/4711/withdrawals/new").status_code == 404
