"""Errors in words, as a page or as a fragment."""

from __future__ import annotations

import re

import pytest
from flask import Blueprint, abort

from dashboard.web.errors import PROBLEMS
from dashboard.web.guards import public


@pytest.fixture
def app(sqlite_app):
    """One database is enough: none has a part in this."""
    return sqlite_app


@pytest.fixture
def desk(app):
    """The app with a route that fails in every way."""
    rooms = Blueprint("failing", __name__)

    @rooms.get("/failing/<int:code>")
    @public
    def failing(code):
        if code == 500:
            raise RuntimeError("the reason is nobody's business: ada@desk.example 4111 1111 1111 1111")
        abort(code)

    app.register_blueprint(rooms)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return app


@pytest.mark.parametrize("code", [403, 404, 405, 409, 413, 429, 500])
def test_an_error_is_a_page_with_words_and_its_own_status(desk, client, code):
    answer = client.get(f"/failing/{code}")
    assert answer.status_code == code
    assert PROBLEMS[code].title in answer.text
    assert "<html" in answer.text


@pytest.mark.parametrize("code", [403, 404, 409, 500])
def test_an_error_within_a_panel_is_a_fragment(desk, client, code):
    answer = client.panel(f"/failing/{code}")
    assert answer.status_code == code
    assert PROBLEMS[code].title in answer.text
    assert "<html" not in answer.text
    assert "HX-Request-Type" in answer.headers["Vary"]
    assert answer.headers["HX-Retarget"] == "#errors", "as a notice: what stands on the page, and was typed, stays"
    assert answer.headers["HX-Push-Url"] == "false"


def test_an_address_that_leads_nowhere_is_told_in_words(app, client):
    answer = client.get("/no-such-place")
    assert answer.status_code == 404
    assert PROBLEMS[404].title in answer.text


def test_a_fault_of_ours_shows_a_number_and_nothing_of_the_reason(capsys, desk, client):
    answer = client.get("/failing/500")
    number = re.search(r"this number: ([0-9a-f]{8})", answer.text).group(1)
    assert "RuntimeError" not in answer.text
    assert "nobody" not in answer.text
    logged = capsys.readouterr().err
    assert number in logged
    assert "RuntimeError" in logged
    assert "ada@desk.example" not in logged
    assert "1111 1111" not in logged


def test_a_page_that_was_open_too_long_says_what_to_do(app, manager):
    answer = manager.post("/sign-out", headers={"HX-Request": "true", "HX-Request-Type": "partial"})
    assert answer.status_code == 419
    assert "Load the page again" in answer.text


def test_an_error_leads_on_where_it_can(desk, client, manager):
    """To the same once more, to the page that somebody came from, never to another host."""

    def ways(answer) -> list[str]:
        return re.findall(r'<a class="btn[^"]*" href="([^"]+)"', answer.text)

    assert ways(client.get("/failing/404")) == ["/"]
    assert ways(client.get("/failing/503?page=2")) == ["/failing/503?page=2", "/"]
    sent = {"headers": {"Referer": "http://localhost/aging?channel=web"}}
    assert ways(manager.post("/sign-out", **sent)) == ["/aging?channel=web", "/"]
    assert ways(manager.post("/sign-out", headers={"Referer": "http://elsewhere.example/aging"})) == ["/"]


def test_a_request_larger_than_the_desk_takes_is_refused(app, client):
    answer = client.post("/sign-in", data={"email": "x" * (33 * 1024 * 1024)})
    assert answer.status_code == 413
    assert PROBLEMS[413].title in answer.text
