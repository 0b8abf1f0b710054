"""Two web processes and a worker on PostgreSQL are one desk."""

from __future__ import annotations

import http.cookiejar
import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
import sqlalchemy as sa

from dashboard import config, people
from dashboard.database import db, transaction
from dashboard.domain.messages import CardAskedFor
from dashboard.messages.outbox import write
from dashboard.models import JobClaim, Message
from tests.actions.posting import order_id
from tests.cli.test_serve import STARTED_WITHIN, Served
from tests.factories import World
from tests.messages.test_delivery import post  # noqa: F401  (the mail server)

SECRET = "sixteen characters or more"
PASSWORD = "four words of mine"
ASKED = 24  # times, each on a connection of its own, so that every process is among those that answer
ON_ALL_SCREENS_WITHIN = 2.0
SLOW_MACHINE = 8.0  # on top of it, where tests share a few processors


class Browser:
    """Somebody with cookies, each of whose questions is a connection of its own."""

    def __init__(self, port: int) -> None:
        self._base = f"http://127.0.0.1:{port}"
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))

    def ask(self, path: str, data: dict[str, str] | None = None, **headers: str) -> tuple[int, str]:
        body = None if data is None else urllib.parse.urlencode(data).encode()
        request = urllib.request.Request(self._base + path, data=body, headers=headers)
        try:
            with self._opener.open(request, timeout=30) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def sign_in(self, email: str, password: str) -> str:
        token = hidden(self.ask("/sign-in")[1], "csrf_token")
        return self.ask("/sign-in", {"email": email, "password": password, "csrf_token": token})[1]


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', page)
    assert found is not None, page[:500]
    return found.group(1)


def until(happened: Callable[[], bool], within: float) -> float:
    began = time.monotonic()
    while not happened():
        assert time.monotonic() - began < within, "it did not happen in time"
        time.sleep(0.1)
    return time.monotonic() - began


@pytest.fixture
def desk(postgresql_url, make_app, post) -> Iterator[Served]:  # noqa: F811
    """Two web processes and a worker beside them, over a small shop."""
    _, mail_port = post
    with make_app(postgresql_url).app_context():
        world = World()
        world.customer("HW", name="Hannah Whitlock", email="hannah@customers.example")
        world.order("10480", "CHAIR", 6, placed="2026-03-01", customer="HW")
        world.plan()
        for role in ("manager", "agent"):
            people.add_person(f"{role}@desk.example", role=role, password=PASSWORD)
        db.session.remove()
        environment = {
            "DATABASE_URL": postgresql_url,
            "SECRET_KEY": SECRET,
            "BUSINESS_DATE": "2026-03-12",
            "MAIL_URL": f"smtp://127.0.0.1:{mail_port}",
            "BASE_URL": "http://127.0.0.1",
            "EMBEDDED_WORKER": "no",
            "WEB_PROCESSES": "2",
        }
        served = Served(**environment)
        worker = subprocess.Popen(
            [Path(sys.executable).with_name("flask"), "worker"],
            cwd=config.ROOT,
            env={**os.environ, **environment},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            served.wait_until_ready()
            yield served
        finally:
            worker.terminate()
            served.interrupt()
            served.process.stdout.close()
            worker.wait(timeout=30)


@pytest.mark.deep
def test_what_one_does_all_see_mail_leaves_by_the_worker_and_guesses_are_counted_together(desk, post):  # noqa: F811
    kept, _ = post
    web = psutil.Process(desk.process.pid).children(recursive=True)
    assert len(web) == 2
    watching, acting = Browser(desk.port), Browser(desk.port)
    for browser in (watching, acting):
        browser.sign_in("manager@desk.example", PASSWORD)

    # What somebody does at one process is on the screens of the others.
    def shown() -> set[str]:
        as_fragment = {"HX-Request": "true", "HX-Request-Type": "partial"}
        pages = (watching.ask("/orders/10480", **as_fragment) for _ in range(ASKED))
        return {"new" if "rings at noon" in page else "old" for _, page in pages}

    assert shown() == {"old"}
    form = acting.ask("/orders/10480/notes/new")[1]
    carried = {name: hidden(form, name) for name in ("csrf_token", "submission", "version")}
    status, _ = acting.ask("/orders/10480/notes", {**carried, "says": "rings at noon", "back": "/orders/10480"})
    assert status == 200
    until(lambda: shown() == {"new"}, ON_ALL_SCREENS_WITHIN + SLOW_MACHINE)

    # The web processes do no jobs: the worker does, and what waits leaves by it.
    with transaction():
        write(order_id("10480"), CardAskedFor())
    with transaction() as session:
        session.execute(sa.update(Message).values(not_before=None))
    until(lambda: bool(kept.letters), STARTED_WITHIN + 60)
    db.session.rollback()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(JobClaim)) > 0
    assert [letter["To"] for letter in kept.letters] == ["hannah@customers.example"]

    # Guesses at whichever process count as one row of guesses.
    for _ in range(5):
        Browser(desk.port).sign_in("agent@desk.example", "not this one at all")
    answers = [Browser(desk.port).sign_in("agent@desk.example", PASSWORD) for _ in range(4)]
    assert all("Too many wrong passwords" in answer for answer in answers)

    # And a killed web process is followed by another one.
    web[0].kill()
    until(lambda: len(psutil.Process(desk.process.pid).children()) == 2, 30)
    assert {watching.ask("/readyz")[0] for _ in range(ASKED)} == {200}
