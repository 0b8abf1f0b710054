"""Answers to customers who ask where their order is: made of facts, changed by the agent, sent with a link."""

from __future__ import annotations

import re

import sqlalchemy as sa

from dashboard.actions.order_answers.action import send_answer
from dashboard.database import db
from dashboard.domain.order_answers import LONGEST_ANSWER, AnswerRefused
from dashboard.models import CustomerLink, Message
from tests.actions.posting import order_id, refused
from tests.shops import filled_once


@filled_once
def shop(world):
    world.stock("CHAIR", 2)
    world.order("10480", lines=[("CHAIR", 6), ("LAMP", 1)], placed="2026-03-01", promised="2026-03-20")
    world.purchase_order("PO-1", "CHAIR", 4, expected="2026-03-20")
    world.plan()


def test_the_page_and_the_form_say_the_same_and_the_lamp_has_no_date(shop, agent, viewer):
    said = (
        "2 of your 6 Product CHAIR are here and can leave today. "
        "4 of your 6 Product CHAIR leave on 20 March, as promised. "
        "For your Product LAMP we have no date yet; we write to you as soon as we have one."
    )
    for text in (viewer.panel("/orders/10480").text, agent.panel("/orders/10480/order-answers/new").text):
        assert said in " ".join(re.sub(r"<[^>]+>", "", text).replace("\xa0", " ").split())
    assert "Send as mail" not in viewer.panel("/orders/10480").text


def test_it_is_sent_as_changed_with_a_link_to_the_order(shop, agent, client):
    answer = agent.act("/orders/10480/order-answers", {"says": "The chairs leave on Friday."})
    assert answer.status_code == 200
    db.session.rollback()
    letter = db.session.scalars(sa.select(Message)).one()
    assert letter.kind == "answer-given"
    assert "The chairs leave on Friday." in letter.body
    assert db.session.scalar(sa.select(CustomerLink.message_id)) == letter.id
    path = "/your-order/" + letter.body.split("/your-order/")[1].split()[0]
    assert client.get(path).status_code == 200


def test_an_answer_that_says_nothing_or_too_much_is_refused(shop, manager):
    for says, why in ((None, "The answer is empty."), ("w" * (LONGEST_ANSWER + 1), "That is more than an answer.")):
        with refused(AnswerRefused, why):
            send_answer(order_id("10480"), says=says, actor=manager.person.id)
