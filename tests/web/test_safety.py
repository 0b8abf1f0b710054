"""What answers tell the browser."""

from __future__ import annotations

import re

import pytest


@pytest.fixture
def app(sqlite_app):
    """One database is enough: none has a part in this."""
    return sqlite_app


@pytest.mark.parametrize("address", ["/sign-in", "/no-such-place", "/healthz", "/"])
def test_every_answer_carries_the_strict_policy(app, client, address):
    headers = client.get(address).headers
    policy = headers["Content-Security-Policy"]
    for rule in ("default-src 'self'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'"):
        assert rule in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


def test_pages_are_kept_nowhere(app, manager):
    assert "no-store" in manager.get("/password").headers["Cache-Control"]


def test_the_sign_in_page_has_no_inline_script_or_style_and_asks_no_other_host(app, client):
    page = client.get("/sign-in").text
    assert not re.search(r"<script(?![^>]*\bsrc=)[^>]*>", page)
    assert "<style" not in page
    assert not re.search(r'\sstyle="', page)
    assert not re.search(r"\son\w+=", page)
    assert not re.search(r'(?:src|href)="(?:https?:)?//', page)


def test_a_static_file_is_kept_for_a_year_under_an_address_that_changes_with_it(app, client):
    page = client.get("/sign-in").text
    address = re.search(r'href="(/static/css/tokens\.css\?v=[0-9a-f]{12})"', page).group(1)
    assert "immutable" in client.get(address).headers["Cache-Control"]
    assert client.get("/static/css/tokens.css").headers["Cache-Control"] == "no-cache"


def test_over_https_browsers_are_told_to_stay_there(make_app, sqlite_url):
    secure = make_app(sqlite_url, BASE_URL="https://desk.example").test_client()
    assert "max-age=31536000" in secure.get("/sign-in").headers["Strict-Transport-Security"]
    plain = make_app(sqlite_url).test_client()
    assert "Strict-Transport-Security" not in plain.get("/sign-in").headers


def test_a_made_up_forwarding_header_is_not_believed(make_app, sqlite_url):
    answer = make_app(sqlite_url).test_client().get("/sign-in", headers={"X-Forwarded-Proto": "https"})
    assert "Strict-Transport-Security" not in answer.headers
    behind = make_app(sqlite_url, TRUSTED_PROXIES=1).test_client()
    assert "Strict-Transport-Security" in behind.get("/sign-in", headers={"X-Forwarded-Proto": "https"}).headers
