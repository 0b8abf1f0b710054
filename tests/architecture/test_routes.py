"""Every address says who may use it, and reads like the others."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from werkzeug.routing import Rule

from dashboard.web.guards import is_guarded

# Whoever adds a route for everybody says here why.
PUBLIC = {
    "customer.order": "the customer's own page: the signed address is the right to it",
    "customer.create_answer": "the same",
    "customer.create_consent": "the same",
    "customer.create_cancellation": "the same",
    "people.come_in": "whom a signed invitation lets in",
    "status.healthz": "a machine that watches has no account",
    "status.readyz": "a machine that watches has no account",
    "status.metrics": "guards itself: this machine, or people who may read measurements",
}
LOOKS_AFTER_ITSELF = ("static", "security.")
KEBAB = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*(\.[a-z]+)?")
SAMPLES = {"identifier": "x", "int": "1", "float": "1.0", "uuid": "00000000-0000-0000-0000-000000000000"}
ANY_TEXT = "x"
TURNED_AWAY = {302, 401, 403, 419}


def rules(app: Flask) -> list[Rule]:
    return sorted(app.url_map.iter_rules(), key=str)


def our_own(app: Flask) -> list[Rule]:
    return [rule for rule in rules(app) if not rule.endpoint.startswith(LOOKS_AFTER_ITSELF)]


def test_every_route_says_who_may_use_it(sqlite_app: Flask) -> None:
    silent = [
        f"{rule} ({rule.endpoint})"
        for rule in rules(sqlite_app)
        if not is_guarded(rule.endpoint, sqlite_app.view_functions[rule.endpoint])
    ]
    assert silent == [], "Write @requires(Permission.…) under the route, or @public if it is for anybody."


def test_a_route_for_everybody_is_a_decision(sqlite_app: Flask) -> None:
    public = {
        rule.endpoint
        for rule in our_own(sqlite_app)
        if getattr(sqlite_app.view_functions[rule.endpoint], "is_public", False)
    }
    assert public == set(PUBLIC), "List the route in PUBLIC with its reason, or guard it by @requires."


def test_who_is_not_signed_in_is_turned_away_everywhere(sqlite_app: Flask) -> None:
    let_in = []
    client = sqlite_app.test_client()
    for rule in our_own(sqlite_app):
        if rule.endpoint in PUBLIC:
            continue
        address = sample(rule)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            status = client.open(address, method=method).status_code
            if status not in TURNED_AWAY:
                let_in.append(f"{method} {address} answers {status}")
    assert let_in == [], "The guard must stand before everything else that the route does."


def sample(rule: Rule) -> str:
    """An address of the rule; of a choice of words, with the first."""

    def one(part: re.Match[str]) -> str:
        if part.group(1) == "any":
            return part.group(2).partition(",")[0].strip("'\" ")
        return SAMPLES.get(part.group(1), ANY_TEXT)

    return re.sub(r"<(?:(\w+)(?:\(([^)]*)\))?:)?\w+>", one, rule.rule)


def test_addresses_are_kebab_case(sqlite_app: Flask) -> None:
    odd = [
        rule.rule
        for rule in our_own(sqlite_app)
        for part in rule.rule.strip("/").split("/")
        if part and not part.startswith("<") and not KEBAB.fullmatch(re.sub(r"<[^>]*>", "x", part))
    ]
    assert odd == [], "Write addresses in lower case with hyphens, as the feature's word is."


@pytest.mark.parametrize("header", ["Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy"])
def test_every_answer_carries_the_headers_that_keep_it_safe(sqlite_app: Flask, header: str) -> None:
    client = sqlite_app.test_client()
    bare = [path for path in ("/healthz", "/sign-in", "/", "/nowhere") if header not in client.get(path).headers]
    assert bare == []


def test_the_policy_allows_no_inline_script_or_style_and_no_other_host(sqlite_app: Flask) -> None:
    policy = sqlite_app.test_client().get("/healthz").headers["Content-Security-Policy"]

    assert "unsafe" not in policy
    assert "http" not in policy
    assert "default-src 'self'" in policy or "default-src 'none'" in policy
