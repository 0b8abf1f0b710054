"""Mail that waits, leaves once, and is seen when it cannot."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
import sqlalchemy as sa
from aiosmtpd.controller import Controller

from dashboard import clock, people
from dashboard.database import db, transaction
from dashboard.messages import outbox
from dashboard.models import Message


class Post:
    """A mail server that keeps what it takes, and can be told to refuse."""

    def __init__(self) -> None:
        self.letters = []
        self.refusal: str | None = None

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.refusal:
            return self.refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.letters.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"


@pytest.fixture
def post() -> Iterator[tuple[Post, int]]:
    """A real mail server on this machine, and its port."""
    kept = Post()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(kept, hostname="127.0.0.1", port=port)
    controller.start()
    yield kept, port
    controller.stop()


@pytest.fixture
def mailing(post, make_app, database_url):
    """The desk with that server as its way out, its context open."""
    kept, port = post
    app = make_app(database_url, MAIL_URL=f"smtp://127.0.0.1:{port}", BASE_URL="https://desk.example")
    with app.app_context():
        yield kept


def put(**fields) -> None:
    with transaction() as work:
        work.add(
            Message(
                **{
                    "kind": "sign-in",
                    "message_id": outbox.new_message_id(),
                    "to_address": "ada@desk.example",
                    "subject": "Größe: 10 €",
                    "body": "Guten Tag, żółw — 你好.\n",
                    "created_at": clock.real_now(),
                    **fields,
                }
            )
        )


def the_message() -> Message:
    db.session.rollback()
    return db.session.scalars(sa.select(Message)).one()


def test_what_waits_is_sent_whole_and_once(mailing):
    put()
    assert outbox.deliver() == outbox.Delivered(sent=1, failed=0)
    assert outbox.deliver() == outbox.Delivered(sent=0, failed=0)
    [letter] = mailing.letters
    assert letter["To"] == "ada@desk.example"
    assert letter["From"] == "Backorder Desk <desk@desk.example>"
    assert letter["Subject"] == "Größe: 10 €"
    assert letter["Message-ID"] == the_message().message_id
    assert letter.get_content().replace("\r\n", "\n") == "Guten Tag, żółw — 你好.\n"
    assert the_message().state == "sent"


def test_a_link_that_was_sent_is_not_kept(mailing):
    put(body="https://desk.example/password-resets/secret")
    outbox.deliver()
    assert "secret" in mailing.letters[0].get_content()
    assert "secret" not in the_message().body


def test_a_message_is_not_sent_before_its_time(mailing):
    put(not_before=clock.real_now() + timedelta(hours=1))
    outbox.deliver()
    assert mailing.letters == []


def test_a_refusal_for_now_is_tried_again_later_with_the_same_id(mailing, monkeypatch):
    put()
    mailing.refusal = "451 later"
    assert outbox.deliver() == outbox.Delivered(sent=0, failed=1)
    waiting = the_message()
    assert (waiting.state, waiting.attempts) == ("queued", 1)
    assert waiting.failure == "The mail server refused the address (451)."
    mailing.refusal = None
    assert outbox.deliver().sent == 0
    later = clock.real_now() + timedelta(minutes=2)
    monkeypatch.setattr(clock, "real_now", lambda: later)
    assert outbox.deliver().sent == 1
    assert mailing.letters[0]["Message-ID"] == the_message().message_id


def test_a_refusal_for_good_is_seen_and_not_tried_again(mailing):
    put()
    mailing.refusal = "550 no such person"
    outbox.deliver()
    assert the_message().state == "failed"
    assert "ada" not in the_message().failure


def test_a_server_that_cannot_be_reached_is_seen(make_app, database_url):
    app = make_app(database_url, MAIL_URL="smtp://127.0.0.1:1", BASE_URL="https://desk.example")
    with app.app_context():
        put()
        assert outbox.deliver() == outbox.Delivered(sent=0, failed=1)
        assert the_message().failure == "The mail server could not be reached (ConnectionRefusedError)."


def test_without_a_mail_server_everything_stays_in_the_outbox(app):
    put()
    assert outbox.deliver() == outbox.Delivered(sent=0, failed=0)
    assert (the_message().state, the_message().body) == ("queued", "Guten Tag, żółw — 你好.\n")


def test_what_a_kill_cut_off_is_sent_after_a_while(mailing):
    put(state="sending", not_before=clock.real_now())
    assert outbox.deliver().sent == 0
    with transaction() as work:
        work.execute(sa.update(Message).values(not_before=clock.real_now() - timedelta(minutes=11)))
    assert outbox.deliver().sent == 1


def test_no_header_can_be_smuggled_in_by_an_address(mailing):
    put(to_address="ada@desk.example\r\nBcc: all@desk.example")
    assert outbox.deliver() == outbox.Delivered(sent=0, failed=1)
    assert the_message().state == "failed"
    assert mailing.letters == []


def test_a_password_reset_is_mailed_through_the_real_way(mailing, make_app, database_url):
    people.add_person("ada@desk.example", role="viewer", password="four words of mine")
    desk = make_app(database_url, BASE_URL="https://desk.example").test_client()
    secure = {"base_url": "https://desk.example", "headers": {"Referer": "https://desk.example/password-resets"}}
    page = desk.get("/password-resets", base_url="https://desk.example").text
    token = page.partition('name="csrf_token"')[2].partition('value="')[2].partition('"')[0]
    desk.post("/password-resets", data={"email": "ada@desk.example", "csrf_token": token}, **secure)
    outbox.deliver()
    assert "https://desk.example/password-resets/" in mailing.letters[0].get_content()
