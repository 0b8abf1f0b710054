"""Mail that waits, leaves once, and is seen when it cannot."""

from __future__ import annotations

import multiprocessing
import time
from datetime import timedelta

import pytest
import sqlalchemy as sa

from dashboard import clock, people
from dashboard.actions.purchase_order_sendings.action import send_draft
from dashboard.database import db, transaction
from dashboard.messages import delivery, outbox
from dashboard.models import Message
from tests.conftest import SECRET_KEY
from tests.factories import World
from tests.messages.killed import deliver_for_ever

# A server that has all modules and forks from there: a process that begins with the import of everything takes seconds.
FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["tests.messages.killed"])


def until(happened, *, patience=30.0) -> None:
    """Waits for what must happen."""
    give_up = time.monotonic() + patience
    while not happened():
        assert time.monotonic() < give_up, "it never happened"
        time.sleep(0.002)


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


def later(monkeypatch, **by) -> None:
    """The machine's clock moves on."""
    then = clock.real_now() + timedelta(**by)
    monkeypatch.setattr(clock, "real_now", lambda: then)


def the_message() -> Message:
    db.session.rollback()
    return db.session.scalars(sa.select(Message)).one()


def test_what_waits_is_sent_whole_and_once(mailing):
    put()
    assert delivery.deliver() == delivery.Delivered(sent=1, failed=0)
    assert delivery.deliver() == delivery.Delivered(sent=0, failed=0)
    [letter] = mailing.letters
    assert letter["To"] == "ada@desk.example"
    assert letter["From"] == "Backorder Desk <desk@desk.example>"
    assert letter["Subject"] == "Größe: 10 €"
    assert letter["Message-ID"] == the_message().message_id
    assert letter.get_content().replace("\r\n", "\n") == "Guten Tag, żółw — 你好.\n"
    assert the_message().state == "sent"


def test_a_link_that_was_sent_is_not_kept(mailing):
    put(body="https://desk.example/password-resets/secret")
    delivery.deliver()
    assert "secret" in mailing.letters[0].get_content()
    assert "secret" not in the_message().body


def test_a_message_is_not_sent_before_its_time(mailing):
    put(not_before=clock.real_now() + timedelta(hours=1))
    delivery.deliver()
    assert mailing.letters == []


def test_a_refusal_for_now_is_tried_again_later_with_the_same_id(mailing, monkeypatch):
    put()
    mailing.refusal = "451 later"
    assert delivery.deliver() == delivery.Delivered(sent=0, failed=1)
    waiting = the_message()
    assert (waiting.state, waiting.attempts) == ("queued", 1)
    assert waiting.failure == "The mail server refused the address (451)."
    mailing.refusal = None
    assert delivery.deliver().sent == 0
    later(monkeypatch, minutes=2)
    assert delivery.deliver().sent == 1
    assert mailing.letters[0]["Message-ID"] == the_message().message_id


def test_a_refusal_for_good_is_seen_and_not_tried_again(mailing):
    put()
    mailing.refusal = "550 no such person"
    delivery.deliver()
    assert the_message().state == "failed"
    assert "ada" not in the_message().failure


def test_who_is_greylisted_comes_again_and_is_let_in(mailing, monkeypatch):
    put()
    put(to_address="bob@desk.example")
    mailing.greylisted = {"ada@desk.example"}
    assert delivery.deliver() == delivery.Delivered(sent=1, failed=1), "one address does not hold up the others"
    later(monkeypatch, minutes=2)
    assert delivery.deliver() == delivery.Delivered(sent=1, failed=0)
    assert len(mailing.letters) == 2


@pytest.mark.parametrize(
    ("verdict", "state", "words"),
    [
        ("452 4.2.2 mailbox full", "queued", "The mail server refused the letter (452)."),
        ("554 5.7.1 spam", "failed", "The mail server refused the letter (554)."),
    ],
)
def test_a_letter_that_is_refused_was_not_taken(mailing, verdict, state, words):
    put()
    mailing.verdict = verdict
    delivery.deliver()
    assert (the_message().state, the_message().failure) == (state, words)


def test_attempts_come_further_and_further_apart_and_end(mailing, monkeypatch):
    assert [delivery.wait_after(tried) for tried in (1, 2, 3, 20)] == [
        timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=4), timedelta(hours=4)
    ]  # fmt: skip
    put(attempts=delivery.MOST_ATTEMPTS - 1)
    mailing.refusal = "451 later"
    delivery.deliver()
    assert (the_message().state, the_message().attempts) == ("failed", delivery.MOST_ATTEMPTS)


def test_a_connection_that_breaks_before_the_letter_is_taken_is_tried_again(mailing, monkeypatch):
    put()
    mailing.hangs_up = "RCPT"
    delivery.deliver()
    assert (the_message().state, the_message().handed_over_at) == ("queued", None)
    mailing.hangs_up = ""
    later(monkeypatch, minutes=2)
    delivery.deliver()
    assert the_message().state == "sent"
    assert len(mailing.letters) == 1


def test_where_nobody_knows_whether_it_was_taken_a_person_decides(mailing, monkeypatch):
    put()
    mailing.hangs_up = "DATA"
    delivery.deliver()
    later(monkeypatch, hours=5)
    delivery.deliver()
    assert (the_message().state, the_message().failure) == ("failed", delivery.MAY_HAVE_IT)
    assert len(mailing.letters) == 1, "the server had it, and it was not sent twice"


def test_a_server_that_hangs_up_after_it_took_the_letter_has_it(mailing):
    put()
    mailing.hangs_up = "QUIT"
    assert delivery.deliver().sent == 1
    assert (the_message().state, the_message().failure) == ("sent", None)


def test_a_server_that_takes_its_time_is_waited_for_and_not_for_ever(mailing, monkeypatch):
    put()
    put(to_address="bob@desk.example")
    mailing.takes_its_time = 0.4
    monkeypatch.setattr(delivery, "SMTP_SECONDS", 0.2)  # for a command, not for the letter
    assert delivery.deliver() == delivery.Delivered(sent=2, failed=0)
    put(to_address="eve@desk.example")
    monkeypatch.setattr(delivery, "LETTER_SECONDS", 0.2)
    assert delivery.deliver() == delivery.Delivered(sent=0, failed=1)
    assert len(mailing.letters) == 3, "it took the letter after all"


def test_a_server_that_is_away_fails_nobodys_letter_however_long(make_app, database_url, monkeypatch):
    app = make_app(database_url, MAIL_URL="smtp://127.0.0.1:1", BASE_URL="https://desk.example")
    with app.app_context():
        put(attempts=50)
        put()
        assert delivery.deliver() == delivery.Delivered(sent=0, failed=1), "the others need not try"
        db.session.rollback()
        assert set(db.session.scalars(sa.select(Message.state))) == {"queued"}


@pytest.mark.parametrize("kills", [2, pytest.param(25, marks=pytest.mark.deep)])
def test_a_worker_that_is_killed_loses_nothing_and_sends_nothing_twice(
    mailing, post, database_url, today, monkeypatch, kills
):
    many = 3 * kills
    for number in range(many):
        put(to_address=f"{number}@desk.example", message_id=f"<{number}@desk.example>")
    settings = {
        "DATABASE_URL": database_url,
        "SECRET_KEY": SECRET_KEY,
        "BUSINESS_DATE": today,
        "RATE_LIMITS": False,
        "MAIL_URL": f"smtp://127.0.0.1:{post[1]}",
        "BASE_URL": "https://desk.example",
    }
    mailing.takes_its_time = 0.05
    for number in range(kills):
        before = len(mailing.letters)
        worker = FORKS.Process(target=deliver_for_ever, args=(settings,), daemon=True)
        worker.start()
        until(lambda before=before: len(mailing.letters) > before)
        time.sleep(0.01 * (number % 9))  # before it heard that the letter was taken, while it notes that, and after
        worker.kill()
        worker.join()
    mailing.takes_its_time = 0.0
    later(monkeypatch, minutes=11)
    delivery.deliver()
    delivery.deliver()
    db.session.rollback()
    states = dict(db.session.execute(sa.select(Message.message_id, Message.state)).all())
    arrived = [letter["Message-ID"] for letter in mailing.letters]
    assert len(arrived) == len(set(arrived)), "none was sent twice"
    assert set(states.values()) <= {"sent", "failed"}
    # What failed is what nobody can know of: it arrived, or was cut off at its last byte. A person is asked.
    assert {one for one, state in states.items() if state == "sent"} <= set(arrived)
    assert sum(state == "failed" for state in states.values()) <= kills


def test_a_server_that_cannot_be_reached_is_seen(make_app, database_url):
    app = make_app(database_url, MAIL_URL="smtp://127.0.0.1:1", BASE_URL="https://desk.example")
    with app.app_context():
        put()
        assert delivery.deliver() == delivery.Delivered(sent=0, failed=1)
        assert the_message().failure == "The mail server could not be reached (ConnectionRefusedError)."


def test_without_a_mail_server_everything_stays_in_the_outbox(app):
    put()
    assert delivery.deliver() == delivery.Delivered(sent=0, failed=0)
    assert (the_message().state, the_message().body) == ("queued", "Guten Tag, żółw — 你好.\n")


def test_what_a_kill_cut_off_is_sent_after_a_while(mailing):
    put(state="sending", not_before=clock.real_now())
    assert delivery.deliver().sent == 0
    with transaction() as work:
        work.execute(sa.update(Message).values(not_before=clock.real_now() - timedelta(minutes=11)))
    assert delivery.deliver().sent == 1


def test_no_header_can_be_smuggled_in_by_an_address(mailing):
    put(to_address="ada@desk.example\r\nBcc: all@desk.example")
    assert delivery.deliver() == delivery.Delivered(sent=0, failed=1)
    assert the_message().state == "failed"
    assert mailing.letters == []


def test_a_password_reset_is_mailed_through_the_real_way(mailing, make_app, database_url):
    people.add_person("ada@desk.example", role="viewer", password="four words of mine")
    desk = make_app(database_url, BASE_URL="https://desk.example").test_client()
    secure = {"base_url": "https://desk.example", "headers": {"Referer": "https://desk.example/password-resets"}}
    page = desk.get("/password-resets", base_url="https://desk.example").text
    token = page.partition('name="csrf_token"')[2].partition('value="')[2].partition('"')[0]
    desk.post("/password-resets", data={"email": "ada@desk.example", "csrf_token": token}, **secure)
    delivery.deliver()
    assert "https://desk.example/password-resets/" in mailing.letters[0].get_content()


def test_a_purchase_order_reaches_its_supplier_with_its_lines_as_a_file(mailing, monkeypatch):
    world = World()
    world.supplier("MINHO", name="Minho Cadeiras", email="orders@minho.example", lead_time_days=10)
    world.sku("CHAIR", name="Braga chair — Größe S")
    world.purchase_order("PO-1", lines=[("CHAIR", 24), ("=LAMP", 5)], supplier="MINHO", status="draft")
    world.plan()
    outcome = send_draft(world.po_line("PO-1").purchase_order_id, mail=True, actor=None)
    assert "The supplier has it by mail in a minute." in outcome.notice
    assert delivery.deliver().sent == 0, "it is held back for a minute, as every letter"
    later(monkeypatch, minutes=2)
    assert delivery.deliver() == delivery.Delivered(sent=1, failed=0)
    [letter] = mailing.letters
    assert (letter["To"], letter["Subject"]) == ("orders@minho.example", "Purchase order PO-1")
    text, file = letter.iter_parts()
    assert "Hello Minho Cadeiras," in text.get_content()
    assert "  24  CHAIR  Braga chair — Größe S" in text.get_content()
    assert file.get_filename() == "purchase-order.csv"
    lines = file.get_content().lstrip("\ufeff").splitlines()
    assert lines[0].startswith("po_id,supplier_id,line_no,sku,product,qty")
    assert lines[1].startswith("PO-1,MINHO,1,CHAIR,Braga chair — Größe S,24,")
    assert lines[2].startswith("PO-1,MINHO,2,'=LAMP,"), "cells that a spreadsheet would run are made harmless"


def test_a_supplier_without_an_address_is_not_written_to_and_the_notice_says_so(mailing):
    world = World()
    world.purchase_order("PO-1", "CHAIR", 24, status="draft")
    world.plan()
    outcome = send_draft(world.po_line("PO-1").purchase_order_id, mail=True, actor=None)
    assert outcome.notice.endswith("It was not mailed: The supplier has no e-mail address.")
    assert (the_message().state, the_message().failure) == ("failed", "The supplier has no e-mail address.")
