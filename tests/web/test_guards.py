"""What a route needs, and that one which says nothing is closed."""

from __future__ import annotations

import pytest
from flask import Blueprint

from dashboard.permissions import Permission
from dashboard.web.guards import is_guarded, public, requires


@pytest.fixture
def app(sqlite_app):
    """One database is enough: none has a part in this."""
    return sqlite_app


@pytest.fixture
def desk(app):
    """The app with four routes more: for dealers, for all who see the desk, for anybody, and one that forgot."""
    rooms = Blueprint("rooms", __name__)
    rooms.add_url_rule("/dealing", "dealing", requires(Permission.DEAL_AGAIN)(lambda: "dealt"), methods=["POST", "GET"])
    rooms.add_url_rule("/looking", "looking", requires(Permission.SEE_DESK)(lambda: "seen"))
    rooms.add_url_rule("/open-to-all", "open_to_all", public(lambda: "hello"))
    rooms.add_url_rule("/forgotten", "forgotten", lambda: "oh")
    app.register_blueprint(rooms)
    return app


def test_who_may_is_let_in(desk, manager):
    assert manager.get("/dealing").text == "dealt"


def test_who_may_not_is_told_so(desk, viewer):
    answer = viewer.get("/dealing")
    assert answer.status_code == 403
    assert "Your role does not allow this" in answer.text


def test_a_forged_act_of_somebody_who_may_not_is_refused(desk, viewer):
    assert viewer.act("/dealing").status_code == 403


def test_an_act_without_its_token_is_refused_even_to_who_may(desk, manager):
    assert manager.post("/dealing").status_code == 419
    assert manager.act("/dealing").text == "dealt"


def test_an_outsider_is_sent_to_sign_in(desk, outsider):
    answer = outsider.get("/looking")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/sign-in?next=/looking")


def test_what_was_posted_is_not_repeated_after_signing_in(desk, outsider):
    answer = outsider.post("/dealing", data={"csrf_token": outsider.token()})
    assert answer.headers["Location"] == "/sign-in?next=/"


def test_a_public_route_is_open(desk, outsider):
    assert outsider.get("/open-to-all").text == "hello"


def test_a_route_that_names_no_permission_is_closed_to_all(desk, admin, outsider):
    assert admin.get("/forgotten").status_code == 403
    assert outsider.get("/forgotten").status_code == 403


def test_every_route_of_the_desk_says_who_may(sqlite_app):
    forgot = [e for e, view in sqlite_app.view_functions.items() if not is_guarded(e, view)]
    assert forgot == []


def test_a_viewer_becomes_no_manager_by_a_parameter(desk, viewer):
    assert viewer.get("/dealing?role=manager").status_code == 403
