"""A message that a mail server took came back: the customer never read it."""

from __future__ import annotations

import pytest

from dashboard.actions.message_bounces.action import note_bounce
from dashboard.actions.message_retries.action import retry_message
from dashboard.database import db, transaction
from dashboard.domain.messages import CardAskedFor, MessageRefused
from dashboard.messages import outbox
from dashboard.models import Message
from tests.actions.posting import acts, order_id, refused
from tests.shops import filled_once


@filled_once
def letter(world):
    """A server took it."""
    world.order("10482", "CHAIR", 6, placed="2026-03-01")
    with transaction() as session:
        written = outbox.write(order_id("10482"), CardAskedFor())
        session.get_one(Message, written.message_id).state = "sent"
    return written.message_id


def row(letter):
    db.session.rollback()
    return db.session.get_one(Message, letter, populate_existing=True)


def test_what_came_back_did_not_arrive_and_can_be_sent_again(letter):
    outcome = note_bounce(letter, why="the mailbox is closed", actor=None)
    assert outcome.notice.endswith("came back: the customer of order 10482 was not told.")
    assert (row(letter).state, row(letter).failure) == ("bounced", "It came back.")
    assert acts()[0].act == "message-came-back"
    with refused(MessageRefused, "It is known already that this message came back."):
        note_bounce(letter, why=None, actor=None)
    retry_message(letter, why=None, actor=None)
    assert (row(letter).state, row(letter).failure) == ("queued", None)


@pytest.mark.parametrize("now", ["queued", "sending", "failed", "withdrawn"])
def test_only_what_a_server_took_can_come_back(letter, now):
    with transaction() as session:
        session.get_one(Message, letter).state = now
    with refused(MessageRefused, "Only what was sent can come back."):
        note_bounce(letter, why=None, actor=None)
    assert row(letter).state == now
