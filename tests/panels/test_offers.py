"""The list of offers: what waits to be allowed, how each stands, and where else that is said."""

from __future__ import annotations

import csv
import io
import re

import pytest

from tests.conftest import Desk
from tests.factories import World

TERMS = {"kind": "percent", "until": "2026-03-19"}


@pytest.fixture
def shop(world: World, agent: Desk) -> World:
    """Two offers, of which one is above what an agent may give."""
    world.customer("HW", name="Hannah Whitlock")
    world.order("10482", "CHAIR", 4, placed="2026-02-03", customer="HW", unit_price="58")
    world.order("10483", "CHAIR", 2, placed="2026-02-04", unit_price="58")
    world.plan()
    for number, percent in (("10482", "40"), ("10483", "10")):
        address = f"/orders/{number}/lines/1/incentive-offers"
        assert agent.act(address, {**TERMS, "percent": percent, "why": f"because {percent}"}).status_code == 200
    return world


def orders_of(text: str) -> list[str]:
    return re.findall(r'class="row-link" href="/orders/(\d+)/lines/1"', text)


def test_a_manager_finds_what_waits_and_decides_in_place_and_an_agent_only_sees_it(
    shop: World, agent: Desk, manager: Desk, viewer: Desk
) -> None:
    assert "/offers?offer=waiting-approval" in manager.get("/overview").text
    assert "1 offer to approve" in manager.get("/overview").text
    assert "to approve" not in agent.get("/overview").text
    counted = '<span class="nav-word">Offers</span><span class="nav-count">1</span>'
    assert counted in manager.get("/aging").text
    assert counted not in agent.get("/aging").text
    text = manager.panel("/offers?offer=waiting-approval").text
    assert orders_of(text) == ["10482"]
    assert "1 waits for approval" in text
    assert "€92.80" in text
    assert "/incentive-offers/1/offer-approvals/new" in text
    assert "/offer-approvals/new" not in agent.panel("/offers").text
    assert viewer.get("/offers").status_code == 403

    decided = manager.act("/incentive-offers/1/offer-approvals", {"decision": "approve", "reason": "an old customer"})
    assert decided.status_code == 200
    assert "No offer waits for approval" in manager.panel("/offers?offer=waiting-approval").text
    assert "to approve" not in manager.get("/overview").text
    assert "approved by" in manager.panel("/offers?offer=offered").text


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("", ["10483", "10482"]),
        ("offer=offered", ["10483"]),
        ("offer=offered&offer=waiting-approval&search=hannah", ["10482"]),
        ("search=10483", ["10483"]),
        ("offer=declined", []),
    ],
)
def test_it_is_filtered_by_its_address_and_the_csv_has_exactly_these(
    shop: World, agent: Desk, asked: str, found: list[str]
) -> None:
    text = agent.panel(f"/offers?{asked}").text
    assert orders_of(text) == found
    assert found or "No offer matches these filters" in text
    rows = list(csv.DictReader(io.StringIO(agent.get(f"/offers/export?{asked}").data.decode("utf-8-sig"))))
    assert [row["order_id"] for row in rows] == found
    if "10482" in found:
        row = rows[found.index("10482")]
        assert (row["cost"], row["state"], row["kept"], row["why"]) == ("92.80", "waiting-approval", "", "because 40")
    menu = agent.panel("/offers/choices/offer").text
    assert "waits for approval" in menu


def test_rows_and_pages_of_the_line_say_how_its_offer_stands(shop: World, agent: Desk, manager: Desk) -> None:
    for panel in ("aging", "cancellation-risk"):
        text = agent.panel(f"/{panel}").text
        assert text.count("An offer waits for approval") == text.count("An offer is open") == 2, (
            "its name and its title"
        )
    for page in ("/orders/10482", "/orders/10482/lines/1"):
        assert "/incentive-offers/1/offer-approvals/new" in manager.get(page).text
    assert "10 % off" not in manager.get("/orders/10482/lines/1").text
    assert manager.act("/incentive-offers/2/withdrawals", {"undo": "1"}).status_code == 200
    assert "An offer is open" not in agent.panel("/aging").text
