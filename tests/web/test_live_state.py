"""The live state in the top bar: whether the figures are of the shop's day and of all facts."""

from __future__ import annotations

import json
import re
import time
from datetime import timedelta

from dashboard import clock, planning
from dashboard.database import db
from dashboard.jobs.catch_up import catch_up
from dashboard.jobs.queue import start_worker
from dashboard.jobs.table import claim
from tests.shops import filled_once


@filled_once
def shop(world):
    """One line that waits."""
    world.order("1", "CHAIR", 2, placed="2026-03-05")
    world.plan()


def address_asked(answer) -> str:
    return re.search(r'hx-get="(/live-state[^"]*)"', answer.text).group(1)


def test_a_page_whose_figures_are_up_to_date_says_live_and_hears_nothing_new(shop, viewer):
    page = viewer.get("/aging")
    assert 'class="live"' in page.text
    answer = viewer.panel(address_asked(page))
    assert (answer.status_code, answer.text) == (204, "")


def test_before_the_first_plan_nothing_is_behind(app, viewer):
    assert 'class="live"' in viewer.get("/aging").text


def test_a_page_that_stood_open_over_midnight_says_so_and_becomes_live_again(app, shop, viewer, today):
    asked = address_asked(viewer.get("/aging"))
    app.config["BUSINESS_DATE"] = today + timedelta(days=1)

    behind = viewer.panel(asked)
    assert "Catching up" in behind.text
    assert "Dates and figures are those of Thursday" in behind.text
    assert "Fri\xa013\xa0Mar" in behind.text, "the day in the top bar is the new one already"
    assert "HX-Trigger" not in behind.headers
    assert viewer.panel(address_asked(behind)).status_code == 204

    catch_up()
    again = viewer.panel(address_asked(behind))
    assert 'class="live"' in again.text
    assert json.loads(again.headers["HX-Trigger"]) == {"backorder-changed": {"target": "body"}}
    assert viewer.panel(address_asked(again)).status_code == 204


def test_a_page_that_missed_the_catching_up_is_told_all_the_same(app, shop, viewer, today):
    asked = address_asked(viewer.get("/aging"))
    app.config["BUSINESS_DATE"] = today + timedelta(days=1)
    catch_up()
    assert "backorder-changed" in viewer.panel(asked).headers["HX-Trigger"]


def test_facts_that_are_not_planned_yet_are_said(shop, viewer):
    shop.order("2", "CHAIR", 1, placed="2026-03-06")
    page = viewer.get("/aging")
    assert "Catching up" in page.text
    assert "New facts came in" in page.text


def test_a_form_that_was_refused_stands_under_the_same_frame(shop, manager):
    page = manager.post("/orders/1/lines/1/quantity-cuts", data={"csrf_token": manager.token()})
    assert page.status_code == 422
    assert 'id="frame-live-state"' in page.text


def test_requests_on_a_new_day_have_the_worker_catch_up_at_once_and_wake_it_once(app, shop, viewer, today):
    app.config["BUSINESS_DATE"] = today + timedelta(days=1)
    queue = app.extensions["queue"]
    for _ in range(3):
        viewer.get("/aging")
    assert queue.open().pending_count() == 1
    assert claim("catch_up", int(time.time()) // 60 + 1)  # so that no sweep does it
    worker = start_worker(app)  # it does not wake itself: somebody asked within the minute
    try:
        until = time.monotonic() + 20
        while planning.is_behind(db.session.connection()) and time.monotonic() < until:
            db.session.rollback()
            time.sleep(0.05)
    finally:
        worker.stop(graceful=True)
    assert not planning.is_behind(db.session.connection())
    assert list(planning.check()) == []


def test_a_page_that_asks_by_itself_is_nobody_who_is_there(app, shop, viewer, monkeypatch):
    asked = address_asked(viewer.get("/aging"))
    began = clock.real_now()
    for minutes in range(1, app.config["SESSION_IDLE_MINUTES"], 10):
        monkeypatch.setattr(clock, "real_now", lambda minutes=minutes: began + timedelta(minutes=minutes))
        assert viewer.panel(asked).status_code == 204
    monkeypatch.setattr(clock, "real_now", lambda: began + timedelta(minutes=app.config["SESSION_IDLE_MINUTES"] + 1))
    over = viewer.panel(asked, headers={"HX-Current-URL": "http://localhost/aging"})
    assert over.status_code == 419
    assert "HX-Redirect" not in over.headers, "what was typed into the page stays"
    assert "Signed out" in over.text
    assert "hx-get" not in over.text, "and it asks no more"
