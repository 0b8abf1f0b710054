"""What is written down, and what never is."""

from __future__ import annotations

import json
import logging

import pytest
import sqlalchemy as sa
import structlog

from dashboard.database import db
from dashboard.logs import HIDDEN, hide_what_is_private, without_private
from dashboard.models import Customer
from tests.conftest import somebody
from tests.factories import World


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


def test_what_is_done_for_a_customer_leaves_nothing_of_them_in_the_log(lines, sign_in_to):
    app, read = lines
    with app.app_context():
        world = World()
        world.customer("HW", name="Hannah Whitlock", email="hannah@customers.example", phone="+1 555 0192")
        world.order("10480", "CHAIR", 6, placed="2026-03-01", customer="HW")
        world.plan()
        customer_id = db.session.scalar(sa.select(Customer.id))
        desk = sign_in_to(app)
    typed = {"submission": "a", "says": "Hannah Whitlock called, +1 555 0192"}
    statuses = [
        desk.act("/orders/10480/notes", typed).status_code,
        desk.act("/orders/10480/card-requests", {"submission": "b"}).status_code,
        desk.get("/orders?q=hannah@customers.example").status_code,
        desk.get("/orders/Hannah%20Whitlock").status_code,
        desk.get("/personal-data?who=Hannah").status_code,
        desk.get(f"/personal-data/{customer_id}/export").status_code,
        desk.get("/reports/backorders").status_code,
        desk.act(
            f"/customers/{customer_id}/customer-erasures", {"submission": "c", "reason": "letter", "although_open": "y"}
        ).status_code,
    ]
    assert statuses == [200, 200, 200, 404, 200, 200, 200, 200]
    with app.app_context():
        app.extensions["queue"].sweep()
    written = json.dumps(read(), ensure_ascii=False)
    assert written.count('"answered"') >= len(statuses)
    assert [word for word in ("Hannah", "hannah", "Whitlock", "+1 555", "555 0192") if word in written] == []


@pytest.fixture
def sign_in_to():
    """Signs a manager in to an app that a test made."""

    def sign_in(app):
        person, desk = somebody("manager"), app.test_client()
        with desk.session_transaction() as kept:
            kept["_user_id"], kept["_fresh"] = person.fs_uniquifier, True
        return desk

    return sign_in
