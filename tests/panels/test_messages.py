"""The list of messages, one of them, and how the texts read."""

from __future__ import annotations

import csv
import io
import re

import pytest

from dashboard.database import transaction
from dashboard.domain.messages import KINDS, CardAskedFor, OfferMade
from dashboard.messages import outbox
from dashboard.models import Message
from tests.actions.posting import order_id
from tests.panels.conftest import fill_shop
from tests.shops import filled_once


@filled_once
def letters(world):
    """One that waits, one that failed, and one of the sign-in, which carries a secret."""
    fill_shop(world)
    with transaction() as session:
        sent = outbox.write(order_id("1"), OfferMade(line_no=1, offer="10 % off"))
        failed = outbox.write(order_id("2"), CardAskedFor())
        row = session.get_one(Message, failed.message_id)
        row.state, row.failure, row.not_before = "failed", "The mail server refused the address (550).", None
        session.add(
            Message(kind="sign-in", message_id="<1@x>", subject="Link", body="secret", created_at=row.created_at)
        )
    return sent.message_id, failed.message_id


def test_the_list_says_of_each_what_it_is_about_to_whom_and_how_it_stands(letters, agent):
    text = agent.panel("/messages").text
    assert len(re.findall(r'<tr id="messages-row-', text)) == 2
    assert text.index("How to pay for order 2") < text.index("for your patience with order 1")
    assert "Waits" in text
    assert "The mail server refused the address (550)." in text
    assert "Mail is not set up." in text
    assert "1 did not arrive" in text
    assert f"/messages/{letters[0]}/withdrawals/new" in text
    assert f"/messages/{letters[1]}/retries/new" in text


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("mail=failed", 1),
        ("mail=queued&mail=failed", 2),
        ("mail=sent", 0),
        ("kind=offer-made", 1),
        ("search=2", 1),
        ("search=hannah", 1),
        ("search=nobody", 0),
    ],
)
def test_it_is_filtered_by_its_address_and_the_csv_has_exactly_these(letters, agent, asked, found):
    text = agent.panel(f"/messages?{asked}").text
    assert len(re.findall(r'<tr id="messages-row-', text)) == found
    assert found or "No message matches these filters" in text
    rows = list(csv.DictReader(io.StringIO(agent.get(f"/messages/export?{asked}").data.decode("utf-8-sig"))))
    assert len(rows) == found
    assert all(row["order_id"] and row["written_at"].startswith("20") for row in rows)


def test_its_menus_count_what_the_other_filters_leave(letters, agent):
    menu = agent.panel("/messages/choices/mail?kind=offer-made").text
    counted = dict(re.findall(r"mail=(\w+).*?menu-count\">(\d+)<", menu, re.DOTALL))
    assert (counted["queued"], counted["failed"]) == ("1", "0")


def test_one_message_shows_what_it_says_and_what_was_done_to_it(letters, agent):
    waits, failed = letters
    page = agent.get(f"/messages/{waits}").text
    assert "10 % off" in page
    assert "You need not accept" in page
    form = {"why": "said by phone", "version": "queued-0"}
    assert agent.act(f"/messages/{waits}/withdrawals", form).status_code == 200
    page = agent.get(f"/messages/{waits}").text
    assert "said by phone" in page
    assert "withdrawals/new" not in page
    assert "retries/new" in agent.get(f"/messages/{failed}").text
    assert agent.get("/messages/4711").status_code == 404


def test_the_order_says_what_its_customer_was_told(letters, agent, viewer):
    page = agent.get("/orders/2").text
    assert "What the customer was told" in page
    assert f'href="/messages/{letters[1]}"' in page
    assert "Failed" in page
    assert 'href="/messages/' not in viewer.get("/orders/2").text
    assert "What the customer was told" not in agent.get("/orders/3").text


def test_mail_of_the_sign_in_is_for_those_who_may_set_passwords(letters, agent, admin, viewer):
    secret = letters[1] + 1
    assert agent.get(f"/messages/{secret}").status_code == 404
    assert "secret" in admin.get(f"/messages/{secret}").text
    assert agent.panel("/messages").text.count('<tr id="messages-row-') == 2
    assert admin.panel("/messages").text.count('<tr id="messages-row-') == 3
    assert viewer.get("/messages").status_code == 403
    assert "Messages" not in re.findall(r'class="nav[^"]*"[^>]*>.*?</a>', viewer.get("/orders").text, re.DOTALL)


@pytest.mark.parametrize("kind", KINDS)
def test_every_text_can_be_tried_on_a_real_order(shop, agent, kind):
    page = agent.get(f"/messages/texts/{kind}?order=1").text
    assert "Hello Hannah Whitlock," in page
    assert "{" not in re.search(r'<pre class="letter"[^>]*>(.*?)</pre>', page, re.DOTALL)[1]
    assert 'class="letter"' in agent.get(f"/messages/texts/{kind}").text, "on the order that is due first"


def test_a_text_is_tried_only_on_what_there_is(world, agent):
    assert "There is no order 4711" in agent.get("/messages/texts/date-moved?order=4711").text
    assert "No order waits" in agent.get("/messages/texts/date-moved").text
    assert agent.get("/messages/texts/nonsense").status_code == 404
    assert "Nothing was written yet" in agent.get("/messages").text
