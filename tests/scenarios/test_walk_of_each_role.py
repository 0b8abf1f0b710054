"""A walk as each role: what the sidebar leads to, an act of one's own, and one that is somebody else's, in words."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

import pytest
from sqlalchemy import select

from dashboard.database import db
from dashboard.models import Act
from tests.conftest import Desk
from tests.factories import World

Opened = Callable[[str], Desk]
LINE = "/orders/10482/lines/1"
EVERYBODY = {
    "/overview", "/aging", "/cancellation-risk", "/expiring-payments", "/lead-times", "/fast-movers",
    "/orders?backorder=yes", "/purchasing", "/picking", "/deals", "/reports", "/track-record", "/intake",
}  # fmt: skip
SIDEBARS = {
    "viewer": EVERYBODY,
    "agent": EVERYBODY | {"/my-list", "/offers", "/messages"},
    "manager": EVERYBODY | {"/my-list", "/offers", "/messages", "/receiving", "/history", "/personal-data"},
}
SIDEBARS["admin"] = SIDEBARS["manager"] | {"/health", "/people", "/settings"}
# By role: an act of its own, with what is typed and what the history calls it; and below, one of the role above it.
ACTS: dict[str, tuple[str, dict[str, str], str]] = {
    "viewer": ("/you/preferences", {"locale": "de_AT", "theme": "dark"}, "preferences-set"),
    "agent": (f"{LINE}/quantity-cuts", {"wanted": "7", "reason": "customer"}, "quantity-cut"),
    "manager": ("/orders/10482/priorities", {"priority": "1", "reason": "a wedding"}, "priority-changed"),
    "admin": ("/settings/session_idle_minutes/setting-changes", {"value": "90"}, "setting-changed"),
}
NOT_THEIRS = {
    "viewer": (f"{LINE}/quantity-cuts", {"wanted": "7", "reason": "customer"}),
    "agent": ("/orders/10482/priorities", {"priority": "1", "reason": "a wedding"}),
    "manager": ("/settings/session_idle_minutes/setting-changes", {"value": "90"}),
}


@pytest.fixture
def shop(world: World) -> World:
    """Hannah waits for ten chairs."""
    world.customer("HW", name="Hannah Whitlock", email="hannah@customers.example")
    world.purchase_order("PO-1", "CHAIR", 10, expected="2026-04-01")
    world.order("10482", "CHAIR", 10, placed="2026-02-03", promised="2026-03-12", customer="HW", unit_price="215")
    world.plan()
    return world


def sidebar(page: str) -> dict[str, str]:
    """Where the entries of the sidebar lead, and what they are called."""
    entries = re.findall(r'<a class="nav-entry" href="([^"]*)" title="([^"]*)"', page)
    return {html.unescape(address): html.unescape(called) for address, called in entries}


def acts_done() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(select(Act.act).order_by(Act.id)))


@pytest.mark.parametrize("role", SIDEBARS)
def test_each_role_sees_the_sidebar_it_may_see_and_every_entry_of_it_opens(
    shop: World, sign_in: Opened, role: str
) -> None:
    desk = sign_in(role)
    entries = sidebar(desk.get("/overview").text)
    assert set(entries) == SIDEBARS[role]
    for address, called in entries.items():
        page = desk.get(address)
        assert page.status_code == 200, f"{called} answers {page.status_code}"
        assert sidebar(page.text).keys() == entries.keys()
    for closed in SIDEBARS["admin"] - SIDEBARS[role]:
        refused = desk.get(closed)
        assert refused.status_code == 403, closed
        assert "Your role does not allow this" in refused.text


@pytest.mark.parametrize("role", SIDEBARS)
def test_each_role_does_what_is_its_own_and_is_refused_in_words_what_is_not(
    shop: World, sign_in: Opened, role: str
) -> None:
    desk = sign_in(role)
    if role in NOT_THEIRS:
        address, typed = NOT_THEIRS[role]
        refused = desk.act(address, typed)
        assert refused.status_code == 403
        assert "Your role does not allow this" in refused.text
        assert "An administrator can give you another one" in refused.text
        assert acts_done() == [], "nothing was done"

    address, typed, act = ACTS[role]
    form = desk.panel(f"{address}/new").text
    hidden = dict(re.findall(r'name="(submission|version|opened|back)"[^>]*value="([^"]*)"', form))
    done = desk.act(address, {**hidden, **typed})
    assert done.status_code == 200, done.text
    assert acts_done() == [act]


def test_who_may_not_act_is_shown_no_way_to_it(shop: World, viewer: Desk, agent: Desk, manager: Desk) -> None:
    ways = {
        role: set(re.findall(r'href="(/orders/10482/[^"?]*/new)', desk.get("/orders/10482").text))
        for role, desk in (("viewer", viewer), ("agent", agent), ("manager", manager))
    }
    assert ways["viewer"] == set()
    assert "/orders/10482/notes/new" in ways["agent"]
    assert "/orders/10482/priorities/new" in ways["manager"] - ways["agent"]
