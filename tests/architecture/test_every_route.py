"""Every address, asked by everybody: who may is let in, who may not is not, whatever else the address does."""

from __future__ import annotations

from typing import cast

import pytest
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from dashboard.database import transaction
from dashboard.permissions import ROLES
from tests.architecture.test_routes import PUBLIC, our_own, rules, sample
from tests.conftest import Desk, somebody

# The sign-in extension's own addresses, and who uses them: a new one of its is a decision, too.
OF_SIGN_IN = {
    "security.change_password": "who is signed in",
    "security.forgot_password": "anybody",
    "security.login": "anybody",
    "security.logout": "anybody",
    "security.mf_recovery": "who has typed the password",
    "security.mf_recovery_codes": "who is signed in",
    "security.reset_password": "whom the mailed link lets in",
    "security.static": "anybody",
    "security.two_factor_rescue": "nobody: closed",
    "security.tf_select": "who has typed the password",
    "security.two_factor_setup": "who is signed in",
    "security.two_factor_setup_validate": "who is signed in",
    "security.two_factor_token_validation": "who has typed the password",
    "security.verify": "who is signed in",
}
# The least role that may, by feature, or by route where its feature is for several: said here a second time and in
# roles, so that neither a permission that was mistaken at a route nor one given to the wrong role goes unseen.
LEAST_ROLE: dict[str, str] = {
    **dict.fromkeys(
        (
            *("start", "overview", "search", "live_count", "live_state"),
            *("aging", "cancellation_risk", "expiring_payments", "lead_times", "fast_movers", "track_record"),
            *("orders", "purchasing", "purchase_orders", "picking", "deals", "reports", "intake"),
            # What is one's own; and acts on a selection, each of which asks for its own right besides.
            *("you", "preferences", "session_ends", "saved_views", "mail_to_me", "mail_choices"),
            *("report_schedules", "selections"),
        ),
        "viewer",
    ),
    **dict.fromkeys(
        (
            *("messages", "message_retries", "message_withdrawals", "message_bounces", "delay_notices"),
            *("notes", "order_answers", "call_backs", "card_requests", "link_revocations", "consents"),
            *("my_list", "order_follows", "assignments", "cause_corrections"),
            *("shipments", "picks", "shipment_splits", "authorizations", "cancellations", "quantity_cuts"),
            *("offers", "incentive_offers"),
        ),
        "agent",
    ),
    **dict.fromkeys(
        (
            *("history", "offer_approvals", "priorities", "holds", "ties", "releases", "supplier_reassignments"),
            *("purchase_order_drafts", "draft_revisions", "purchase_order_sendings", "purchase_order_dates"),
            *("purchase_order_confirmations", "purchase_order_cancellations", "supplier_calendars"),
            *("receiving", "receipts", "deliveries", "stock_counts"),
            *("deal_variants", "deal_runs", "deal_schedules", "loads", "load_undos"),
            *("text_changes", "personal_data", "customer_erasures"),
        ),
        "manager",
    ),
    **dict.fromkeys(("people", "accounts", "settings", "setting_changes", "health"), "admin"),
}
# Addresses of acts on many things at once, each of which asks for the right of its own act besides.
ASK_FURTHER = ("selections.",)
TURNED_AWAY = {302, 401, 403, 419}


def feature(endpoint: str) -> str:
    return endpoint.partition(".")[0]


def may(role: str, least: str) -> bool:
    """Whether somebody may what a role may at least; who is nobody, or left, may nothing."""
    ranks = list(ROLES)
    return role in ranks and ranks.index(role) >= ranks.index(least)


def methods(rule: Rule) -> list[str]:
    return sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})


def test_of_the_sign_ins_addresses_all_are_known(sqlite_app: Flask) -> None:
    found = {rule.endpoint for rule in rules(sqlite_app) if rule.endpoint.startswith("security.")}
    assert found <= set(OF_SIGN_IN), "Say in OF_SIGN_IN who uses it."


def test_of_every_route_it_is_said_which_role_may_use_it(sqlite_app: Flask) -> None:
    asked = {rule.endpoint for rule in our_own(sqlite_app)} - set(PUBLIC)
    unsaid = sorted(endpoint for endpoint in asked if not {endpoint, feature(endpoint)} & set(LEAST_ROLE))
    assert unsaid == [], "Say in LEAST_ROLE which role may at least."
    gone = sorted(set(LEAST_ROLE) - asked - {feature(endpoint) for endpoint in asked})
    assert gone == [], "Take it out of LEAST_ROLE."


@pytest.mark.parametrize("role", [*ROLES, "nobody", "left"])
def test_every_route_lets_in_who_may_and_nobody_else(sqlite_app: Flask, role: str) -> None:
    """Without a row behind the sample address a page says 404 and a form 404 or 422: who gets that far was let in."""
    desk = cast(Desk, sqlite_app.test_client())
    if role != "nobody":
        sign_in(desk, role)
    wrong = []
    for rule in our_own(sqlite_app):
        if rule.endpoint in PUBLIC:
            continue
        least = LEAST_ROLE.get(rule.endpoint) or LEAST_ROLE[feature(rule.endpoint)]
        for method in methods(rule):
            address = sample(rule)
            answer = desk.panel(address) if method == "GET" else desk.act(address)
            status = answer.status_code
            let_in = status not in TURNED_AWAY or is_led_on(answer)
            if status >= 500 or let_in != may(role, least):
                asks_further = rule.endpoint.startswith(ASK_FURTHER) and status == 403
                if not asks_further:
                    wrong.append(f"{method} {address} ({rule.endpoint}, for {least}) answers {status}")
    assert wrong == []


def is_led_on(answer: TestResponse) -> bool:
    """To another page of the desk, and not to the sign-in."""
    return answer.status_code == 302 and not answer.headers["Location"].startswith("/sign-in")


def test_a_forged_request_is_refused_at_every_route_that_writes(sqlite_app: Flask) -> None:
    """Of somebody who may do everything, and without the token that the desk's own forms carry."""
    desk = cast(Desk, sqlite_app.test_client())
    sign_in(desk, "admin")
    taken = [
        f"{method} {sample(rule)} ({rule.endpoint})"
        for rule in our_own(sqlite_app)
        for method in methods(rule)
        if method != "GET" and rule.endpoint not in PUBLIC and desk.open(sample(rule), method=method).status_code != 419
    ]
    assert taken == [], "Every act is looked at for its token before its route."


def sign_in(desk: Desk, role: str) -> None:
    """Somebody of the role; of a person who left, the browser in which they were signed in."""
    person = somebody("admin" if role == "left" else role, f"{role}@matrix.example")
    if role == "left":
        with transaction() as saving:
            saving.merge(person).active = False
    with desk.session_transaction() as kept:
        kept["_user_id"] = person.fs_uniquifier
        kept["_fresh"] = True
