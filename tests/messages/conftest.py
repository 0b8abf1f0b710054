"""An app that nobody used before, as these tests look at the app itself; and a mail server for its letters."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from email import message_from_bytes, policy

import pytest
from aiosmtpd.controller import Controller
from flask import Flask


class Post:
    """A mail server that keeps what it takes, and can be told to refuse."""

    def __init__(self) -> None:
        self.letters = []
        self.refusal: str | None = None  # of the address
        self.verdict = "250 OK"  # of the letter
        self.hangs_up = ""  # at this command, without a word
        self.takes_its_time = 0.0  # before it says that it has the letter
        self.greylisted: set[str] = set()

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.hangs_up == "RCPT":
            server.transport.abort()
        if self.refusal:
            return self.refusal
        if address in self.greylisted:
            self.greylisted.discard(address)
            return "451 4.7.1 Greylisted, come again"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if self.verdict.startswith("250"):
            self.letters.append(message_from_bytes(envelope.content, policy=policy.default))
        if self.hangs_up == "DATA":
            server.transport.abort()
        await asyncio.sleep(self.takes_its_time)
        return self.verdict

    async def handle_QUIT(self, server, session, envelope):
        if self.hangs_up == "QUIT":
            server.transport.abort()
        return "221 Bye"


@pytest.fixture
def app(app_of_its_own: Flask) -> Flask:
    return app_of_its_own


@pytest.fixture
def sqlite_app(sqlite_app_of_its_own: Flask) -> Flask:
    return sqlite_app_of_its_own


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
