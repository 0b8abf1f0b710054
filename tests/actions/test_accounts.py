"""An admin lets people in, gives them roles, and lets them go."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from dashboard import clock, people, settings
from dashboard.database import db, transaction
from dashboard.models import Message, SignInSession, User
from dashboard.web.sessions import device_in_words
from tests.conftest import somebody

PASSWORD = "four kettles of tea"
IPHONE = "Mozilla/5.0 (iPhone) Safari/605"


def sign_in(client, email, password=PASSWORD):
    return client.post("/sign-in", data={"email": email, "password": password, "csrf_token": client.token()})


def who(email):
    db.session.rollback()
    return db.session.scalar(select(User).where(User.email == email))


def last_letter():
    db.session.rollback()
    return db.session.scalar(select(Message).order_by(Message.id.desc()))


def test_who_is_invited_sets_a_password_by_the_mailed_link_which_works_once(world, app, admin):
    answer = admin.act("/people/invitations", {"email": "Nora@desk.example", "name": "Nora", "role": "agent"})
    assert answer.status_code == 200, answer.text
    assert "Mail is not set up" in answer.text
    letter = last_letter()
    assert letter.to_address == "Nora@desk.example"
    assert "Admin invites you" in letter.body
    assert "Invited" in admin.get("/people").text

    nora = app.test_client()
    link = re.search(r"https?://[^/]+(/invitations/\S+)", letter.body)[1]
    door = nora.get(link)
    assert door.status_code == 302
    typed = {"password": PASSWORD, "password_confirm": PASSWORD, "csrf_token": nora.token()}
    assert nora.post(door.headers["Location"], data=typed).status_code == 302
    assert sign_in(nora, "nora@desk.example").status_code == 302
    assert nora.get("/aging").status_code == 200
    assert nora.get("/people").status_code == 403
    assert app.test_client().get(link).status_code == 410, "it was used"
    assert app.test_client().get(link[:-3] + "xyz").status_code == 410

    taken = admin.act("/people/invitations", {"email": "nora@DESK.example", "role": "agent"})
    assert taken.status_code == 422
    assert "is there already" in taken.text


def test_the_last_admin_can_neither_leave_nor_lose_the_role(world, admin):
    ada = admin.person.id
    for verb, typed in (("deactivations", {}), ("role-changes", {"role": "viewer"})):
        answer = admin.act(f"/people/{ada}/{verb}", typed)
        assert answer.status_code == 422
        assert "is the last admin" in answer.text
    invited = admin.act("/people/invitations", {"email": "nora@desk.example", "role": "admin"})
    assert invited.status_code == 200
    assert admin.act(f"/people/{ada}/deactivations", {}).status_code == 422, "Nora has not come yet"
    somebody("admin", "ilse@desk.example")
    assert admin.act(f"/people/{ada}/role-changes", {"role": "viewer"}).status_code == 200
    assert admin.get("/people").status_code == 403, "from the next click on"


def test_who_leaves_is_out_at_once_and_comes_back_by_the_password_of_before(world, app, admin):
    people.add_person("mara@desk.example", role="manager", password=PASSWORD)
    mara, browser = who("mara@desk.example").id, app.test_client()
    sign_in(browser, "mara@desk.example")
    assert browser.get("/aging").status_code == 200
    assert "1 session ended" in admin.act(f"/people/{mara}/deactivations", {"why": "left us"}).text
    assert browser.get("/aging").status_code == 302
    assert "wrong" in sign_in(browser, "mara@desk.example").text
    assert "left us" in admin.get(f"/people/{mara}").text
    assert admin.act(f"/people/{mara}/password-links", {}).status_code == 422
    assert admin.act(f"/people/{mara}/reactivations", {}).status_code == 200
    assert sign_in(browser, "mara@desk.example").status_code == 302


def test_sessions_are_listed_and_ended_one_by_one_and_all_at_once(world, app, agent):
    people.add_person("mara@desk.example", role="manager", password=PASSWORD)
    at_home, at_work = app.test_client(), app.test_client()
    for browser, says in (
        (at_home, "Mozilla/5.0 (Windows NT 10.0) Firefox/140.0"),
        (at_work, "Mozilla/5.0 (iPhone) Safari/605"),
    ):
        typed = {"email": "mara@desk.example", "password": PASSWORD, "remember": "y", "csrf_token": browser.token()}
        assert browser.post("/sign-in", data=typed).status_code == 302
        browser.get("/aging", headers={"User-Agent": says})
    page = at_work.get("/you", headers={"User-Agent": IPHONE}).text
    assert "Firefox on Windows" in page
    assert page.count("Safari on an iPhone") == 1
    assert page.count(">here<") == 1

    row = db.session.scalar(select(SignInSession).where(SignInSession.device == "Firefox on Windows"))
    assert agent.act(f"/sessions/{row.id}/session-ends", {}).status_code == 404, "another's"
    assert at_work.act(f"/sessions/{row.id}/session-ends", {}).status_code == 200
    assert at_home.get("/aging").status_code == 302, "also where it asked to stay signed in"
    assert at_home.get("/aging").status_code == 302
    assert at_work.get("/aging").status_code == 200
    again = at_work.act(f"/sessions/{row.id}/session-ends", {})
    assert again.status_code == 422


def test_signing_out_ends_the_session_in_the_list_too(world, app):
    people.add_person("mara@desk.example", role="manager", password=PASSWORD)
    browser = app.test_client()
    sign_in(browser, "mara@desk.example")
    browser.get("/aging")
    assert db.session.scalar(select(SignInSession.ended_at)) is None
    browser.post("/sign-out", data={"csrf_token": browser.token()})
    db.session.rollback()
    assert db.session.scalar(select(SignInSession.ended_at)) is not None


def test_who_needs_a_second_factor_sets_it_up_before_anything_else(world, app, admin, manager):
    assert admin.act("/settings/second_factor_roles/setting-changes", {"value": ["manager"]}).status_code == 200
    led = manager.get("/aging")
    assert (led.status_code, led.headers["Location"]) == (302, "/second-factor")
    assert manager.panel("/aging").headers["HX-Redirect"] == "/second-factor"
    assert admin.get("/aging").status_code == 200
    with transaction() as session:
        session.get_one(User, manager.person.id).tf_primary_method = "authenticator"
    assert manager.get("/aging").status_code == 200


def test_idle_sign_out_is_as_long_as_the_house_says(world, app, admin, monkeypatch):
    people.add_person("mara@desk.example", role="manager", password=PASSWORD)
    browser = app.test_client()
    sign_in(browser, "mara@desk.example")
    assert admin.act("/settings/session_idle_minutes/setting-changes", {"value": "5"}).status_code == 200
    db.session.rollback()
    assert settings.value("session_idle_minutes") == 5
    began = clock.real_now()
    monkeypatch.setattr(clock, "real_now", lambda: began + timedelta(minutes=6))
    assert browser.get("/aging").status_code == 302


@pytest.mark.parametrize(
    ("says", "words"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/142 Safari/537.36 Edg/142",
            "Edge on Windows",
        ),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/142 Mobile Safari/537.36", "Chrome on Android"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 15) AppleWebKit/605 Version/18 Safari/605", "Safari on a Mac"),
        ("", "a browser that does not say what it is"),
    ],
)
def test_a_device_is_called_by_what_its_browser_says(says, words):
    assert device_in_words(says) == words
