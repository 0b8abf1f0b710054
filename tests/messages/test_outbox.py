"""What acts write to customers: one message an order, saved with the act, and taken back in time."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from dashboard import clock, topics
from dashboard.actions.outcomes import Outcome, foreseen
from dashboard.database import NotInTransaction, db, transaction
from dashboard.domain.messages import CardAskedFor, DateMoved, MessageRefused, OfferMade, ParcelLeft
from dashboard.messages import outbox
from dashboard.models import Message, MessagePart
from tests.actions.posting import order_id
from tests.shops import filled_once


@filled_once
def shop(world):
    world.customer("HW", name="Hannah Whitlock", email="hannah@customers.example")
    world.customer("NO", name="No Address", email=None)
    world.sku("CHAIR", name="Oak chair")
    world.order("10482", lines=[("CHAIR", 10), ("LAMP", 1)], placed="2026-02-03", customer="HW")
    world.order("10483", "CHAIR", 1, placed="2026-02-04", customer="NO")


def messages():
    db.session.rollback()
    return list(db.session.scalars(sa.select(Message).order_by(Message.id)))


def test_what_is_said_in_one_transaction_of_one_order_becomes_one_message(shop):
    order = order_id("10482")
    with transaction():
        first = outbox.write(order, ParcelLeft(line_no=1, qty=6, carrier="DHL", rest=4, rest_on=date(2026, 3, 20)))
        other = outbox.write(order_id("10483"), CardAskedFor())
        with transaction():
            second = outbox.write(order, OfferMade(line_no=1, offer="10 % off"))
    assert first.message_id == second.message_id != other.message_id
    with transaction():
        outbox.write(order, CardAskedFor())
    both, _, alone = messages()
    assert (both.kind, both.state, both.to_address) == ("several", "queued", "hannah@customers.example")
    assert both.subject == "About your order 10482"
    assert "6 × Oak chair" in both.body
    assert "Still to come: 4, expected on March 20, 2026." in both.body
    assert "10 % off" in both.body
    assert alone.kind == "card-asked-for"
    assert both.message_id != alone.message_id
    assert both.not_before > clock.real_now() + timedelta(seconds=30)


def test_what_is_not_saved_is_not_said(shop):
    order = order_id("10482")

    def act():
        outbox.write(order, CardAskedFor())
        return Outcome("done")

    foreseen(act)
    assert messages() == []
    with pytest.raises(NotInTransaction):
        act()
    with transaction():
        act()
    assert len(messages()) == 1


def test_a_customer_without_an_address_is_kept_with_the_reason(shop):
    with transaction():
        written = outbox.write(order_id("10483"), CardAskedFor())
    [kept] = messages()
    assert (kept.state, kept.to_address, kept.failure) == ("failed", None, "The customer has no e-mail address.")
    assert "no e-mail address" in written.in_words


@pytest.mark.parametrize("address", ["", " ", "hannah", "@x", "x@", "a b@x", "a@x\r\nBcc: b@y"])
def test_what_is_no_address_is_none(address):
    assert outbox.usable_address(address) is None
    assert outbox.usable_address(" hannah@customers.example ") == "hannah@customers.example"


def test_what_was_taken_back_in_time_is_never_said(shop):
    with transaction():
        written = outbox.write(
            order_id("10482"), OfferMade(line_no=1, offer="10 % off"), OfferMade(line_no=2, offer="a gift")
        )
    with transaction():
        assert not outbox.take_back(written.message_id, kind="offer-made", line_no=1)
    [left] = messages()
    assert "10 % off" not in left.body
    assert "a gift" in left.body
    with transaction():
        assert outbox.take_back(written.message_id)
    [gone] = messages()
    assert (gone.state, gone.not_before) == ("withdrawn", None)
    assert db.session.scalars(sa.select(MessagePart)).all() == []
    with pytest.raises(MessageRefused), transaction():
        outbox.take_back(written.message_id)


def test_a_letter_is_in_the_language_of_the_customer_where_there_are_texts_in_it(shop):
    shop.customer("DE", name="Jürgen", email="j@customers.example", language="de-AT")
    shop.order("10484", "CHAIR", 1, placed="2026-02-04", customer="DE")
    with transaction():
        outbox.write(order_id("10484"), DateMoved(line_no=1, qty=1, ships_on=date(2026, 4, 1)))
    [letter] = messages()
    assert "Hello Jürgen," in letter.body
    assert "expected on April 1, 2026" in letter.body


def test_open_pages_hear_of_what_is_written(shop):
    before = topics.versions(db.session.connection(), "messages")
    with transaction():
        outbox.write(order_id("10482"), CardAskedFor())
    assert topics.versions(db.session.connection(), "messages") == (before[0] + 1,)
    assert outbox.foretell(order_id("10482"), CardAskedFor()) == (messages()[0].subject, messages()[0].body)
