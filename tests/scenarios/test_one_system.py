"""Two web processes and workers on one PostgreSQL are one desk."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from aiosmtpd.controller import Controller
from flask import Flask

from dashboard import clock, config, people
from dashboard.database import db, transaction
from dashboard.jobs.queue import WORKER_THREADS
from dashboard.messages import outbox
from dashboard.models import Message, OrderLine, ReportSchedule, User
from tests.conftest import SECRET_KEY
from tests.factories import World
from tests.messages.conftest import Post
from tests.served import Served, free_port

pytestmark = pytest.mark.deep

MARA, PASSWORD = "mara@desk.example", "four words of mine"
PATIENCE_SECONDS = 90
SEEN_WITHIN_SECONDS = 2  # what product and settings promise of a change on another screen
LETTERS = 40


class Browser:
    """Somebody at one of the web processes: cookies, and the token of the form."""

    def __init__(self, port: int) -> None:
        self.address = f"http://127.0.0.1:{port}"
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        self._token = ""

    def get(self, path: str) -> tuple[int, str]:
        status, text = self._ask(urllib.request.Request(self.address + path))
        if found := re.search(r'name="csrf[_-]token"[^>]*(?:value|content)="([^"]+)"', text):
            self._token = found[1]
        return status, text

    def post(self, path: str, **typed: str) -> tuple[int, str]:
        data = urllib.parse.urlencode({"csrf_token": self._token, **typed}).encode()
        return self._ask(urllib.request.Request(self.address + path, data=data))

    def sign_in(self, address: str, password: str) -> tuple[int, str]:
        self.get("/sign-in")
        return self.post("/sign-in", email=address, password=password)

    def _ask(self, request: urllib.request.Request) -> tuple[int, str]:
        try:
            with self._opener.open(request, timeout=30) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()


def until(happened: Callable[[], Any], *, patience: float = PATIENCE_SECONDS) -> None:
    """Waits for what must happen."""
    give_up = time.monotonic() + patience
    while not happened():
        assert time.monotonic() < give_up, "it never happened"
        time.sleep(0.05)


@pytest.fixture
def mail() -> Iterator[tuple[Post, int]]:
    """A real mail server on this machine, and its port."""
    post, port = Post(), free_port()
    controller = Controller(post, hostname="127.0.0.1", port=port)
    controller.start()
    yield post, port
    controller.stop()


@pytest.fixture
def environment(postgresql_url: str, mail: tuple[Post, int]) -> dict[str, str]:
    """What every process of the system is given."""
    return {
        "DATABASE_URL": postgresql_url,
        "SECRET_KEY": SECRET_KEY,
        "EMBEDDED_WORKER": "no",
        "MAIL_URL": f"smtp://127.0.0.1:{mail[1]}",
        "BASE_URL": "http://127.0.0.1",
        "PYTHONUNBUFFERED": "1",
    }


@pytest.fixture
def shop(postgresql_url: str, make_app: Callable[..., Flask]) -> Iterator[World]:
    """A chair that is waited for, and Mara, who signs in by the form."""
    with make_app(postgresql_url).app_context():
        world = World()
        world.purchase_order("PO-1", "CHAIR", 10, expected="2031-04-01")
        world.order("1", "CHAIR", 10, placed="2026-02-03")
        world.plan()
        people.add_person(MARA, role="manager", password=PASSWORD, name="Mara")
        yield world


@pytest.fixture
def webs(environment: dict[str, str], shop: World) -> Iterator[tuple[int, int]]:
    """The ports of two web processes without jobs."""
    desks = [Served(**environment) for _ in range(2)]
    try:
        for desk in desks:
            desk.wait_until_ready()
        yield desks[0].port, desks[1].port
    finally:
        for desk in desks:
            if desk.process.poll() is None:
                desk.interrupt()


@contextmanager
def worker(environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """`flask worker` in a process of its own."""
    process = subprocess.Popen(
        [Path(sys.executable).with_name("flask"), "worker"],
        cwd=config.ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def put_letters(many: int, *, word: str) -> None:
    with transaction() as session:
        for number in range(many):
            session.add(
                Message(
                    kind="sign-in",
                    message_id=outbox.new_message_id(),
                    to_address=f"{word}{number}@desk.example",
                    subject="A letter",
                    body="Of words.\n",
                    created_at=clock.real_now(),
                )
            )


def states() -> set[str]:
    db.session.rollback()
    return set(db.session.scalars(sa.select(Message.state)))


def test_what_one_process_did_shows_at_the_other_within_two_seconds(shop: World, webs: tuple[int, int]) -> None:
    here, there = (Browser(port) for port in webs)
    for browser in (here, there):
        assert browser.sign_in(MARA, PASSWORD)[0] == 200
    found = re.search(r'data-mark="([^"]+)"', there.get("/aging")[1])
    assert found is not None
    assert there.get(f"/pulse?{found[1]}")[0] == 204, "nothing is new"

    _, form = here.get("/orders/1/lines/1/quantity-cuts/new")
    carried = dict(re.findall(r'name="(submission|version|opened|back)"[^>]*value="([^"]*)"', form))
    assert here.post("/orders/1/lines/1/quantity-cuts", **carried, wanted="8", reason="customer")[0] == 200
    until(lambda: there.get(f"/pulse?{found[1]}")[0] == 200, patience=SEEN_WITHIN_SECONDS)
    db.session.rollback()
    assert db.session.scalar(sa.select(OrderLine.qty_open)) == 8


def test_wrong_passwords_at_two_processes_lock_one_account(webs: tuple[int, int]) -> None:
    browsers = [Browser(port) for port in webs]
    for number in range(5):
        assert "Too many" not in browsers[number % 2].sign_in(MARA, "a guess")[1]
    for browser in browsers:
        assert "Too many wrong passwords" in browser.sign_in(MARA, PASSWORD)[1], "also with the right one"


def test_two_workers_do_a_job_once_and_send_each_letter_once(
    shop: World, environment: dict[str, str], mail: tuple[Post, int], make_app: Callable[..., Flask]
) -> None:
    put_letters(LETTERS, word="first")
    with transaction() as session:
        owner = session.scalars(sa.select(User.id)).one()
        asked = clock.real_now() - timedelta(days=9)
        for number in range(5):
            session.add(
                ReportSchedule(
                    owner_id=owner, report="backorders", filters="", name=f"R{number}", hour=0, made_at=asked
                )
            )
    queue = make_app(environment["DATABASE_URL"]).extensions["queue"]
    with ExitStack() as stack:
        for _ in range(2):
            stack.enter_context(worker(environment))

        def all_sent() -> bool:
            for job in ("mail_reports", "deliver_mail"):
                queue.wake(job)
                queue.wake(job)
            time.sleep(0.5)
            return len(mail[0].letters) >= LETTERS + 5 and states() == {"sent"}

        until(all_sent)
        for _ in range(3):
            all_sent()
    sent_to = [str(letter["To"]) for letter in mail[0].letters]
    assert len(sent_to) == LETTERS + 5
    assert sent_to.count(MARA) == 5, "each report was made and sent once"
    assert len({str(letter["Message-ID"]) for letter in mail[0].letters}) == len(sent_to)


def test_a_worker_that_is_killed_loses_nothing(
    shop: World, environment: dict[str, str], mail: tuple[Post, int], make_app: Callable[..., Flask]
) -> None:
    put_letters(LETTERS, word="kept")
    queue = make_app(environment["DATABASE_URL"]).extensions["queue"]
    mail[0].takes_its_time = 0.05
    with worker(environment) as doomed:
        queue.wake("deliver_mail")
        until(lambda: len(mail[0].letters) >= 5)
        doomed.kill()
        doomed.wait()
    assert len(mail[0].letters) < LETTERS, "it was cut off in the middle"
    with transaction() as session:  # ten minutes later
        lost = clock.real_now() - timedelta(minutes=11)
        session.execute(sa.update(Message).where(Message.state == "sending").values(not_before=lost))
    with worker(environment):

        def all_done() -> bool:
            queue.wake("deliver_mail")
            time.sleep(0.5)
            return states() <= {"sent", "failed"}

        until(all_done)
    arrived = [str(letter["Message-ID"]) for letter in mail[0].letters]
    assert len(arrived) == len(set(arrived)), "none was sent twice"
    kept = dict(iter(db.session.execute(sa.select(Message.message_id, Message.state))))
    assert {one for one, state in kept.items() if state == "sent"} <= set(arrived)
    unknown = sum(state == "failed" for state in kept.values())
    assert unknown <= WORKER_THREADS, "what nobody can know of, a letter on each thread, is asked of a person"
