"""What stands open stays true: the pulse by which pages ask, and answers that say that nothing changed."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event

from dashboard import clock, models
from dashboard.database import db, transaction
from dashboard.web.kept_answers import ANSWERS_KEPT, KeptAnswers
from dashboard.web.pulse import PULSE_PATH, READ_EVERY
from tests.web.reading import mark_of_page, mark_of_panel, reads, something_changes


def pulse(browser, mark: str):
    return browser.get(f"{PULSE_PATH}?{mark}")


def pulse_within_two_seconds(browser, mark: str):
    """The first pulse that says that something changed."""
    until = time.monotonic() + 2
    while (answer := pulse(browser, mark)).status_code == 204 and time.monotonic() < until:
        time.sleep(READ_EVERY / 4)
    return answer


@contextmanager
def questions() -> Iterator[list[str]]:
    """What the database is asked meanwhile."""
    asked: list[str] = []

    def note(connection, cursor, statement, *rest) -> None:
        if statement.startswith("SELECT"):
            asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield asked
    event.remove(db.engine, "before_cursor_execute", note)


def test_a_page_hears_of_what_another_process_changed_within_two_seconds(shop, viewer, make_app, database_url):
    mark = mark_of_page(viewer.get("/aging"))
    assert pulse(viewer, mark).status_code == 204

    with make_app(database_url).app_context():
        shop.order("2", "CHAIR", 1, placed="2026-03-06")
        shop.plan()
    news = pulse_within_two_seconds(viewer, mark)
    assert news.status_code == 200
    assert pulse(viewer, news.get_json()["mark"]).status_code == 204
    assert "2 lines" in reads(viewer).text.replace("\n", " ") or 'row-link" href="/orders/2' in reads(viewer).text


def test_the_pulse_tells_a_change_of_the_state_from_a_change_of_rows(app, shop, viewer, today):
    page = viewer.get("/aging")
    mark, word = mark_of_page(page), re.search(r'data-word="([^"]+)"', page.text).group(1)
    something_changes()
    news = pulse_within_two_seconds(viewer, mark).get_json()
    assert news["word"] == word
    app.config["BUSINESS_DATE"] = today + timedelta(days=1)
    assert pulse_within_two_seconds(viewer, news["mark"]).get_json()["word"] != word


def test_who_was_never_shown_a_mark_learns_nothing_by_the_pulse(shop, viewer, outsider):
    mark = mark_of_page(viewer.get("/aging"))
    for shown in ("", "live", mark[:-1], mark.replace("live", "live ")):
        answer = pulse(outsider, shown)
        assert (answer.status_code, answer.get_json()) == (200, {})
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store, private"


def test_many_pulses_ask_the_database_a_few_times_a_second(shop, viewer):
    mark = mark_of_page(viewer.get("/aging"))
    begun = time.monotonic()
    with questions() as asked:
        for _ in range(100):
            assert pulse(viewer, mark).status_code == 204
    assert len(asked) <= 1 + (time.monotonic() - begun) / READ_EVERY


def test_who_asks_while_the_database_is_asked_hears_what_was_read_last(app, shop, viewer):
    mark = mark_of_page(viewer.get("/aging"))
    assert pulse(viewer, mark).status_code == 204
    look, asked, may_answer = app.extensions["live_state"], threading.Event(), threading.Event()

    def look_slowly(session):
        asked.set()
        may_answer.wait(10)
        return look(session)

    app.extensions["live_state"] = look_slowly
    time.sleep(READ_EVERY)
    slow = threading.Thread(target=pulse, args=(app.test_client(), mark))
    slow.start()
    try:
        assert asked.wait(10)
        assert pulse(viewer, mark).status_code == 204
    finally:
        may_answer.set()
        slow.join(10)


def test_a_database_that_does_not_answer_is_no_news(sqlite_app):
    browser = sqlite_app.test_client()
    db.session.remove()
    models.TopicVersion.__table__.drop(db.engine)
    assert pulse(browser, "live").status_code == 503


@pytest.mark.parametrize("address", ["/aging", "/aging?channel=web", "/orders", "/orders/1", "/orders/1/lines/1"])
def test_an_unchanged_panel_answers_nothing_and_reads_no_row(shop, viewer, address):
    page = viewer.get(address)
    fragment = reads(viewer, address, showing=mark_of_panel(page))
    assert fragment.status_code == 304, "a page that was just opened shows what is so"

    with questions() as asked:
        answer = reads(viewer, address, showing=mark_of_panel(page))
    assert (answer.status_code, answer.data) == (304, b"")
    assert {"HX-Request", "HX-Request-Type"} <= set(answer.vary)
    assert not any(" waiting" in statement for statement in asked)
    assert len(asked) <= 5, "who is there, their roles, the versions; and every two seconds the rules of the house"


def test_a_mark_is_of_all_that_an_answer_is_made_of(app, shop, viewer, agent, sign_in, today):
    mark = mark_of_panel(reads(viewer))
    assert reads(viewer, showing=mark).status_code == 304
    assert reads(sign_in("viewer", "vito@desk.example"), showing=mark).status_code == 304, "nothing of it is personal"

    assert reads(viewer, "/aging?sort=age", showing=mark).status_code == 200, "another address"
    assert reads(agent, showing=mark).status_code == 200, "somebody who may do more"
    line = mark_of_panel(reads(viewer, "/orders/1/lines/1"))
    assert reads(sign_in("viewer", "vala@desk.example"), "/orders/1/lines/1", showing=line).status_code == 200

    for change in (
        something_changes,
        lambda: app.config.update(BUSINESS_DATE=today + timedelta(days=1)),
        lambda: app.config.update(SHOP_LOCALE="de_AT"),
    ):
        change()
        answer = reads(viewer, showing=mark)
        assert answer.status_code == 200
        mark = mark_of_panel(answer)


def test_who_loses_a_role_is_not_told_that_nothing_changed(shop, viewer):
    mark = mark_of_panel(reads(viewer))
    with transaction() as session:
        session.get(models.User, viewer.person.id).roles.clear()
    assert reads(viewer, showing=mark).status_code == 403


def test_a_panel_that_many_show_is_written_once(shop, viewer, sign_in):
    first = reads(viewer)
    another = sign_in("viewer", "vito@desk.example")
    with questions() as asked:
        second = reads(another)
    assert second.data == first.data
    assert not any(" waiting" in statement for statement in asked)


def test_what_is_kept_is_written_once_for_all_who_ask_at_once_and_the_oldest_goes():
    kept, written, go = KeptAnswers(), [], threading.Barrier(8)

    def write() -> bytes:
        written.append(1)
        time.sleep(0.05)
        return b"rows"

    def ask() -> None:
        go.wait()
        assert kept.get("mark", write) == b"rows"

    people = [threading.Thread(target=ask) for _ in range(8)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    assert len(written) == 1

    for number in range(ANSWERS_KEPT):
        kept.get(f"other {number}", lambda: b"others")
    kept.get("mark", write)
    assert len(written) == 2


def test_an_answer_that_could_not_be_written_is_asked_for_again():
    kept = KeptAnswers()
    with pytest.raises(ZeroDivisionError):
        kept.get("mark", lambda: 1 // 0)
    assert kept.get("mark", lambda: b"rows") == b"rows"


def test_a_panel_behind_a_session_that_is_over_stays_and_only_the_bar_says_so(app, shop, viewer, monkeypatch):
    mark = mark_of_panel(viewer.get("/aging"))
    began = clock.real_now()
    idle = app.config["SESSION_IDLE_MINUTES"]
    for minutes in range(1, idle, 10):
        monkeypatch.setattr(clock, "real_now", lambda minutes=minutes: began + timedelta(minutes=minutes))
        assert reads(viewer, showing=mark).status_code == 304
    monkeypatch.setattr(clock, "real_now", lambda: began + timedelta(minutes=idle + 1))
    over = reads(viewer, showing=mark)
    assert (over.status_code, over.text) == (419, "")
    assert "HX-Redirect" not in over.headers, "a panel that reads itself again is nobody who is there"
    asked_for = viewer.panel("/aging")
    assert "HX-Redirect" in asked_for.headers, "who clicks is sent to sign in"


def test_pulses_are_counted(sqlite_app):
    browser = sqlite_app.test_client()
    pulse(browser, "live")
    assert "desk_pulses_total 1.0" in browser.get("/metrics").text


def test_the_news_of_a_pulse_is_what_the_page_reads(shop, viewer):
    mark = mark_of_page(viewer.get("/aging"))
    something_changes()
    assert set(json.loads(pulse_within_two_seconds(viewer, mark).data)) == {"mark", "word", "calls"}
