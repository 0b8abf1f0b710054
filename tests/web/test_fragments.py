"""The answers of both faces."""

from __future__ import annotations

import json

import pytest
from flask import Blueprint

from dashboard.web import fragments
from dashboard.web.guards import public


@pytest.fixture
def app(sqlite_app):
    """One database is enough: none has a part in this."""
    return sqlite_app


@pytest.fixture
def desk(app):
    """The app with one room that answers in every way an inline form may be answered."""
    rooms = Blueprint("answers", __name__)
    both = ("errors/page.html", "errors/_fragment.html")
    words = {"code": "", "title": "Typed text stays", "sentence": "so it does.", "what_next": ""}

    rooms.add_url_rule("/shown", "shown", public(lambda: fragments.show(*both, **words)))
    rooms.add_url_rule("/invalid", "invalid", public(lambda: fragments.invalid(*both, **words)))
    rooms.add_url_rule("/conflict", "conflict", public(lambda: fragments.conflict(*both, **words)))

    @rooms.post("/done")
    @public
    def done():
        return fragments.done("row-7", notice="Kept <waiting>.", events={"backorder-changed": {"line": 7}}, to="/shown")

    app.register_blueprint(rooms)
    return app


def test_one_address_answers_page_or_fragment(desk, client):
    page, fragment = client.get("/shown"), client.panel("/shown")
    assert "<html" in page.text
    assert fragment.text.lstrip().startswith('<div id="errors-fragment"')
    for answer in (page, fragment):
        assert set(answer.vary) >= {"HX-Request", "HX-Request-Type"}


def test_a_boosted_request_gets_the_page(desk, client):
    answer = client.get("/shown", headers={"HX-Request": "true", "HX-Request-Type": "full"})
    assert "<html" in answer.text


@pytest.mark.parametrize(("address", "status"), [("/invalid", 422), ("/conflict", 409)])
def test_what_is_refused_comes_back_with_its_own_status(desk, client, address, status):
    answer = client.panel(address)
    assert answer.status_code == status
    assert "Typed text stays" in answer.text


def test_what_is_done_empties_its_slot_says_so_and_tells_every_panel(desk, client):
    answer = client.act("/done")
    assert answer.status_code == 200
    assert '<div id="row-7"></div>' in answer.text
    assert "Kept &lt;waiting&gt;." in answer.text
    assert json.loads(answer.headers["HX-Trigger"]) == {"backorder-changed": {"line": 7}}


def test_without_javascript_what_is_done_leads_on_and_the_notice_waits_there(desk, client):
    answer = client.post("/done", data={"csrf_token": client.token()})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/shown")
    assert "Kept &lt;waiting&gt;." in client.get("/shown").text
