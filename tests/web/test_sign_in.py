"""Signing in, being locked out, sessions that end, passwords that change."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from passlib.totp import TOTP
from werkzeug.test import TestResponse

from dashboard import clock, people
from dashboard.database import db
from dashboard.models import Act, Message, RateCount, User
from dashboard.web import sign_in

ADDRESS = "mara@desk.example"
PASSWORD = "four words of mine"
OTHER_PASSWORD = "another set of words"


@pytest.fixture
def mara(app: Flask) -> User:
    """A manager with a password, who signs in by the form."""
    return people.add_person(ADDRESS, role="manager", password=PASSWORD, name="Mara")


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    """Moves the machine's clock from where it stood at the test's beginning."""
    began = datetime.now(UTC)

    def move(by: timedelta) -> None:
        monkeypatch.setattr(clock, "real_now", lambda: began + by)

    move(timedelta())
    return move


def fill_in(desk, password: str, address: str = ADDRESS, **fields: str) -> TestResponse:
    return desk.post("/sign-in", data={"email": address, "password": password, "csrf_token": desk.token(), **fields})


def is_in(desk) -> bool:
    """Whether the first page is given, or something behind it; not the way to sign in."""
    return "/sign-in" not in desk.get("/").headers.get("Location", "")


def test_the_right_password_opens_the_desk(mara, client):
    assert not is_in(client)
    assert fill_in(client, PASSWORD).status_code == 302
    assert is_in(client)


def test_the_address_may_be_typed_in_any_case(mara, client):
    fill_in(client, PASSWORD, address="MARA@Desk.Example")
    assert is_in(client)


def test_after_signing_in_one_comes_to_the_page_that_one_wanted(mara, client):
    wanted = client.get("/?bucket=61%2B")
    assert wanted.headers["Location"] == "/sign-in?next=/?bucket%3D61%252B"
    answer = client.post(
        wanted.headers["Location"], data={"email": ADDRESS, "password": PASSWORD, "csrf_token": client.token()}
    )
    assert answer.headers["Location"] == "/?bucket=61%2B"


def test_nobody_is_sent_to_another_site_after_signing_in(mara, client):
    answer = client.post(
        "/sign-in?next=https://elsewhere.example/",
        data={"email": ADDRESS, "password": PASSWORD, "csrf_token": client.token()},
    )
    assert "elsewhere" not in answer.headers.get("Location", "")


def test_a_wrong_password_and_an_unknown_address_read_the_same(mara, client):
    wrong = fill_in(client, "not this one").text
    unknown = fill_in(client, PASSWORD, address="nobody@desk.example").text
    sentence = "The e-mail address or the password is wrong."
    assert sentence in wrong
    assert sentence in unknown
    assert not is_in(client)


@pytest.mark.parametrize("address", [ADDRESS, "nobody@desk.example"])
def test_five_wrong_passwords_lock_for_a_minute_and_the_sentence_says_for_how_long(mara, client, at, address):
    for _ in range(5):
        assert "Wait" not in fill_in(client, "not this one", address=address).text
    seconds = int(re.search(r"Wait (\d+) second", fill_in(client, PASSWORD, address=address).text).group(1))
    assert 55 <= seconds <= 60


def test_the_right_password_is_refused_while_locked_and_taken_afterwards(mara, client, at):
    for _ in range(5):
        fill_in(client, "not this one")
    fill_in(client, PASSWORD)
    assert not is_in(client)
    at(timedelta(seconds=61))
    fill_in(client, PASSWORD)
    assert is_in(client)


def test_after_a_lock_five_more_attempts_are_given(mara, client, at):
    for _ in range(5):
        fill_in(client, "not this one")
    at(timedelta(seconds=61))
    for _ in range(4):
        fill_in(client, "not this one")
    fill_in(client, PASSWORD)
    assert is_in(client)


def test_the_right_password_forgets_the_wrong_ones_before_it(mara, client, app):
    for _ in range(2):
        for _ in range(4):
            fill_in(client, "not this one")
        desk = app.test_client()
        fill_in(desk, PASSWORD)
        assert is_in(desk)


def test_a_lock_holds_at_every_process(mara, make_app, database_url):
    first, second = (make_app(database_url).test_client() for _ in range(2))
    for desk in (first, second, first, second, first):
        fill_in(desk, "not this one")
    assert "Too many wrong passwords" in fill_in(second, PASSWORD).text


def test_guessing_many_at_once_is_no_way_round_the_lock(mara, app):
    def guess(number: int) -> bool:
        with app.app_context():
            return sign_in.count_attempt(ADDRESS) == 0

    with ThreadPoolExecutor(8) as crowd:
        looked_at = sum(crowd.map(guess, range(16)))
    assert looked_at == sign_in.WRONG_PASSWORDS_ALLOWED


def test_a_sign_in_without_its_token_is_refused(mara, client):
    answer = client.post("/sign-in", data={"email": ADDRESS, "password": PASSWORD})
    assert answer.status_code == 419
    assert not is_in(client)


def test_a_session_ends_when_nobody_was_there_for_two_hours(mara, client, at):
    fill_in(client, PASSWORD)
    assert is_in(client)
    at(timedelta(minutes=119))
    assert is_in(client)
    at(timedelta(minutes=119 + 121))
    assert not is_in(client)


def test_a_session_ends_after_twelve_hours_whatever_happens_in_it(mara, client, at):
    fill_in(client, PASSWORD)
    for hours in range(1, 13):
        at(timedelta(hours=hours))
        assert is_in(client)
    at(timedelta(hours=12, minutes=1))
    assert not is_in(client)


def test_who_asked_to_stay_signed_in_is_let_in_again(mara, client, at):
    fill_in(client, PASSWORD, remember="y")
    at(timedelta(hours=13))
    assert is_in(client)


def test_staying_signed_in_lasts_fourteen_days(mara, client):
    fill_in(client, PASSWORD, remember="y")
    cookie = client.get_cookie("desk_remembered")
    assert timedelta(days=13.9) < cookie.expires - datetime.now(UTC) <= timedelta(days=14)


def test_signing_out_ends_the_session(mara, client):
    fill_in(client, PASSWORD, remember="y")
    client.post("/sign-out", data={"csrf_token": client.token()})
    assert not is_in(client)


def test_nobody_is_signed_out_by_a_forged_request(mara, client):
    fill_in(client, PASSWORD)
    client.post("/sign-out")
    assert is_in(client)


def test_a_person_who_left_is_out_at_once(mara, client):
    fill_in(client, PASSWORD)
    mara.active = False
    db.session.commit()
    assert not is_in(client)


def test_changing_the_password_ends_every_other_session(mara, app, client):
    elsewhere = app.test_client()
    for desk in (client, elsewhere):
        fill_in(desk, PASSWORD)
    changed = client.post(
        "/password",
        data={
            "password": PASSWORD,
            "new_password": OTHER_PASSWORD,
            "new_password_confirm": OTHER_PASSWORD,
            "csrf_token": client.token(),
        },
    )
    assert changed.status_code == 302
    assert is_in(client)
    assert not is_in(elsewhere)
    fill_in(elsewhere, OTHER_PASSWORD)
    assert is_in(elsewhere)


def test_an_obvious_new_password_is_refused_with_a_sentence(mara, client):
    fill_in(client, PASSWORD)
    answer = client.post(
        "/password",
        data={
            "password": PASSWORD,
            "new_password": "password123",
            "new_password_confirm": "password123",
            "csrf_token": client.token(),
        },
    )
    assert "among the first that are guessed" in answer.text


def mailed_link() -> str:
    body = db.session.scalars(sa.select(Message.body).order_by(Message.id.desc())).first()
    db.session.rollback()
    return re.search(r"https?://\S+/password-resets/\S+", body).group()


def test_a_forgotten_password_is_set_anew_by_a_mailed_link_that_works_once(mara, client):
    client.post("/password-resets", data={"email": ADDRESS, "csrf_token": client.token()})
    path = mailed_link().partition("//")[2].partition("/")[2]
    typed = {"password": OTHER_PASSWORD, "password_confirm": OTHER_PASSWORD}
    client.post(f"/{path}", data={**typed, "csrf_token": client.token()})
    fill_in(client, OTHER_PASSWORD)
    assert is_in(client)
    again = client.post(f"/{path}", data={**typed, "csrf_token": client.token()})
    assert again.headers["Location"].endswith("/password-resets")


def test_asking_for_a_link_reads_the_same_whether_or_not_the_address_is_known(mara, client):
    known = client.post("/password-resets", data={"email": ADDRESS, "csrf_token": client.token()})
    unknown = client.post("/password-resets", data={"email": "nobody@desk.example", "csrf_token": client.token()})
    assert known.status_code == unknown.status_code
    assert "on its way there" in known.text
    assert "on its way there" in unknown.text
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Message)) == 1


def test_a_mailed_link_leads_to_the_desks_own_address_whatever_host_was_asked_for(mara, make_app, database_url):
    desk = make_app(database_url, BASE_URL="https://desk.example").test_client()
    page = desk.get("/password-resets", base_url="https://evil.example")
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text).group(1)
    desk.post(
        "/password-resets",
        data={"email": ADDRESS, "csrf_token": token},
        base_url="https://evil.example",
        headers={"Referer": "https://evil.example/password-resets"},
    )
    assert mailed_link().startswith("https://desk.example/password-resets/")


def test_repeated_sign_ins_from_one_place_are_slowed_down(mara, make_app, database_url):
    desk = make_app(database_url, RATE_LIMITS=True).test_client()
    codes = [fill_in(desk, "no", address=f"p{n}@desk.example").status_code for n in range(31)]
    assert codes[:30] == [200] * 30
    assert codes[30] == 429


def test_sign_ins_from_one_place_are_counted_by_all_processes_together(mara, make_app, database_url):
    desks = [make_app(database_url, RATE_LIMITS=True).test_client() for _ in range(2)]
    codes = [fill_in(desks[n % 2], "no", address=f"p{n}@desk.example").status_code for n in range(30)]
    assert codes == [200] * 30
    assert [fill_in(desk, "no", address="one.more@desk.example").status_code for desk in desks] == [429, 429]
    kept = db.session.scalars(sa.select(RateCount.key)).all()
    assert kept
    assert not [key for key in kept if "127.0.0.1" in key or "@" in key], "nobody's address is kept"


def test_an_htmx_request_of_nobody_is_told_to_go_and_sign_in(app, outsider):
    answer = outsider.panel("/", headers={"HX-Current-URL": "http://localhost/aging?bucket=61%2B"})
    assert answer.status_code == 419
    assert answer.headers["HX-Redirect"] == "/sign-in?next=/aging?bucket%3D61%252B"
    assert answer.text == ""


def test_nobody_is_led_back_to_a_page_of_another_site(app, outsider):
    answer = outsider.panel("/", headers={"HX-Current-URL": "https://elsewhere.example/aging"})
    assert answer.headers["HX-Redirect"] == "/sign-in?next=/"


def test_cookies_travel_only_where_they_should(mara, make_app, database_url):
    desk = make_app(database_url, BASE_URL="https://desk.example").test_client()
    page = desk.get("/sign-in", base_url="https://desk.example")
    cookie = page.headers["Set-Cookie"]
    assert "Secure" in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_nobody_can_register(app, outsider):
    assert outsider.get("/register").status_code == 404


def set_up_second_factor(client):
    """Mara signs in and has her authenticator make codes from now on."""
    fill_in(client, PASSWORD)
    page = client.post("/second-factor", data={"setup": "authenticator", "csrf_token": client.token()}).text
    key = re.search(r"<code>([A-Z2-7 -]+)</code>", page).group(1).replace(" ", "").replace("-", "")
    address = re.search(r'action="(/second-factor/[^"]+)"', page).group(1)
    client.post(address, data={"code": TOTP(key=key).generate().token, "csrf_token": client.token()})


def test_a_second_factor_is_asked_for_once_it_is_switched_on(mara, app, client):
    set_up_second_factor(client)
    desk = app.test_client()
    asked = fill_in(desk, PASSWORD)
    assert "/second-factor-code" in asked.headers["Location"]
    assert not is_in(desk)
    desk.post("/second-factor-code", data={"code": "000000", "csrf_token": desk.token()})
    assert not is_in(desk)
    people.remove_second_factor(ADDRESS)
    desk = app.test_client()
    fill_in(desk, PASSWORD)
    assert is_in(desk)


def test_an_admin_takes_the_factor_off_who_lost_the_phone_and_only_the_password_is_asked_for_again(
    mara, app, client, sign_in
):
    set_up_second_factor(client)
    made = client.post("/recovery-codes", data={"generate_new_codes": "1", "csrf_token": client.token()}).text
    code = re.findall(r"<li><code>([^<]+)</code></li>", made)[0]

    person = db.session.scalar(sa.select(User.id).where(User.email == ADDRESS))
    factor = f"/people/{person}/second-factor-removals"
    assert sign_in("manager").act(factor).status_code == 403
    admin = sign_in("admin")
    done = admin.act(factor, {"why": "the phone lies in a lake"})
    assert done.status_code == 200, done.text
    desk = app.test_client()
    fill_in(desk, PASSWORD)
    assert is_in(desk)
    db.session.rollback()
    [act] = db.session.scalars(sa.select(Act).where(Act.act == "second-factor-removed"))
    assert (act.why, act.actor_id) == ("the phone lies in a lake", admin.person.id)
    assert not db.session.get_one(User, person).mf_recovery_codes, f"{code} is of the factor that went"
    assert "by password alone already" in admin.act(factor).text


def test_a_recovery_code_lets_in_who_has_no_phone_and_is_good_once(mara, app, client):
    set_up_second_factor(client)
    made = client.post("/recovery-codes", data={"generate_new_codes": "1", "csrf_token": client.token()}).text
    codes = re.findall(r"<li><code>([^<]+)</code></li>", made)
    assert len(set(codes)) > 1

    def try_code(code):
        desk = app.test_client()
        fill_in(desk, PASSWORD)
        assert not is_in(desk)
        answer = desk.post("/recovery-code", data={"code": code, "csrf_token": desk.token()})
        return is_in(desk), answer.text

    assert try_code(codes[0])[0]
    came_in, said = try_code(codes[0])
    assert not came_in
    assert "was used before" in said
    assert try_code(codes[1])[0], "the others are good still"
    assert not try_code("1234-5678-9012")[0]


def test_a_former_key_still_opens_sessions_while_a_new_one_takes_over(mara, make_app, database_url, client):
    fill_in(client, PASSWORD)
    cookie = client.get_cookie("desk")
    former = client.application.config["SECRET_KEY"]
    newer = make_app(database_url, SECRET_KEY="a key that came later", SECRET_KEY_BEFORE=former).test_client()
    newer.set_cookie("desk", cookie.value)
    assert is_in(newer)
    later = make_app(database_url, SECRET_KEY="a key that came later").test_client()
    later.set_cookie("desk", cookie.value)
    assert not is_in(later)


def test_passwords_are_kept_as_slow_hashes_that_need_memory(make_app, sqlite_url):
    app = make_app(sqlite_url, SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS={})
    with app.app_context():
        kept = people.add_person(ADDRESS, role="viewer", password=PASSWORD).password
    assert kept.startswith("$argon2id$v=19$m=65536,")
