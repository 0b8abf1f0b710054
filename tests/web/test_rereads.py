"""Panels that read themselves again get what was written for others, if the app would let them have it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from dashboard import clock, models
from dashboard.database import transaction
from dashboard.web.fragments import MARK_HEADER
from dashboard.web.rereads import LIVE_STATE_PATH
from tests.web.reading import mark_of_page, mark_of_panel, reads, something_changes


@pytest.fixture
def answered_by_the_way(app) -> Callable[[], float]:
    """How many answers never came as far as the app."""
    return lambda: app.extensions["measurements"].get_sample_value("desk_rereads_total")


@pytest.fixture
def vito(shop, viewer, sign_in):
    """A colleague of the viewer's, who looked at the panel before and shows what stood there then."""
    vito = sign_in("viewer", "vito@desk.example")
    vito.shows = mark_of_panel(vito.get("/aging"))
    something_changes()
    return vito


def test_a_panel_that_somebody_of_the_same_roles_has_just_read_is_answered_as_the_app_would(
    vito, viewer, answered_by_the_way
):
    by_app = reads(viewer)
    assert answered_by_the_way() == 0

    again = reads(vito, showing=vito.shows)
    assert answered_by_the_way() == 1
    assert (again.status_code, again.data) == (200, by_app.data)
    assert dict(again.headers) == {name: value for name, value in by_app.headers if name != "Set-Cookie"}

    unchanged = reads(vito, showing=mark_of_panel(again))
    assert (unchanged.status_code, unchanged.data, answered_by_the_way()) == (304, b"", 2)
    something_changes()
    assert mark_of_panel(reads(vito, showing=vito.shows)) != mark_of_panel(again)
    assert answered_by_the_way() == 2, "nobody read it since"


def test_a_page_that_asks_in_full_and_shows_what_is_so_is_told_nothing(shop, viewer, answered_by_the_way):
    mark = mark_of_page(viewer.get("/aging"))
    assert viewer.panel(f"{LIVE_STATE_PATH}?shown={mark}").status_code == 204
    assert answered_by_the_way() == 1
    assert viewer.panel(f"{LIVE_STATE_PATH}?shown=another").status_code == 200
    assert answered_by_the_way() == 1


@pytest.mark.parametrize(
    ("what", "status"),
    [("leaves", 419), ("loses the role", 403), ("gets a new password", 419), ("forges", 419), ("was away", 419)],
)
def test_whom_the_app_would_refuse_is_refused_at_once(
    app, vito, viewer, answered_by_the_way, monkeypatch, what, status
):
    reads(viewer)
    with transaction() as session:
        person = session.get(models.User, vito.person.id)
        if what == "leaves":
            person.active = False
        elif what == "loses the role":
            person.roles.clear()
        elif what == "gets a new password":
            person.fs_uniquifier = "another"
    name = app.config["SESSION_COOKIE_NAME"]
    if what == "forges":
        payload, _, signature = vito.get_cookie(name).value.rpartition(".")
        vito.set_cookie(name, f"{payload}.{signature[::-1]}")
    if what == "was away":
        later = clock.real_now() + timedelta(minutes=app.config["SESSION_IDLE_MINUTES"] + 1)
        monkeypatch.setattr(clock, "real_now", lambda: later)
    for address, headers in (("/aging", {MARK_HEADER: vito.shows}), (LIVE_STATE_PATH, {})):
        answer = vito.panel(address, headers=headers)
        assert answer.status_code == status
        assert "CHAIR" not in answer.text
    assert answered_by_the_way() == 0
