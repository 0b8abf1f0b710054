"""What is written down, and what never is."""

from __future__ import annotations

import json
import logging

import pytest
import structlog

from dashboard.logs import HIDDEN, hide_what_is_private, without_private


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("mail to ada@desk.example failed", f"mail to {HIDDEN} failed"),
        ("Key (email)=(ada@desk.example) exists", f"Key (email)=({HIDDEN}) exists"),
        ("card 4111 1111 1111 1111 refused", f"card {HIDDEN} refused"),
        ("card 4111-1111-1111-1111", f"card {HIDDEN}"),
        ("postgresql+psycopg://desk:hunter2@db/desk", f"postgresql+psycopg://desk:{HIDDEN}@db/desk"),
        ("order 100000000000001 of 12 March", "order 100000000000001 of 12 March"),
        ("nothing private", "nothing private"),
    ],
)
def test_addresses_cards_and_passwords_are_hidden(text, safe):
    assert without_private(text) == safe


@pytest.mark.parametrize("name", ["password", "new_password", "SECRET_KEY", "reset_token", "Cookie", "Authorization"])
def test_a_value_under_a_secret_name_is_hidden_whatever_it_is(name):
    assert hide_what_is_private(None, "info", {"event": "x", name: "harmless"})[name] == HIDDEN


def test_what_lies_deeper_is_hidden_too():
    event = {"event": "x", "facts": {"who": ["ada@desk.example"], "token": "abc"}}
    assert hide_what_is_private(None, "info", event)["facts"] == {"who": [HIDDEN], "token": HIDDEN}


@pytest.fixture
def lines(capsys, make_app, sqlite_url):
    """The log of a desk that writes for machines, as the objects it wrote."""
    app = make_app(sqlite_url, LOG_FORMAT="json")

    def read():
        return [json.loads(line) for line in capsys.readouterr().err.splitlines() if line.startswith("{")]

    return app, read


def test_a_request_is_one_line_with_its_route_and_never_its_address(lines):
    app, read = lines
    app.test_client().get("/password-resets/a-token-that-opens-the-door?q=ada@desk.example")
    [line] = [line for line in read() if line.get("event") == "answered"]
    assert (line["method"], line["route"], line["status"]) == ("GET", "/password-resets/<token>", 302)
    assert "a-token-that" not in json.dumps(line)


def test_every_library_writes_through_the_same_sieve(lines):
    _, read = lines
    logging.getLogger("some.library").warning("sent to %s", "ada@desk.example")
    structlog.get_logger("ours").warning("sent", to="ada@desk.example")
    assert [line.get("to") or line["event"] for line in read()] == [f"sent to {HIDDEN}", HIDDEN]


def test_machines_that_watch_leave_no_line(lines):
    app, read = lines
    app.test_client().get("/healthz")
    assert [line for line in read() if line.get("event") == "answered"] == []
