"""What can be done at a row: the same acts in every panel of lines, for whom they are allowed."""

from __future__ import annotations

import re

import pytest

from dashboard.actions.cancellations.action import cancel_rest
from dashboard.panels.row_acts import FIRST_IN, ROW_ACTS
from dashboard.permissions import ROLES
from tests.actions.posting import order_id
from tests.conftest import Desk
from tests.factories import World
from tests.shops import filled_once

PANELS = ("aging", "cancellation-risk", "expiring-payments")
ALL_ACTS = "/orders/10480/lines/1/acts"


@filled_once
def shop(world: World) -> None:
    """Four chairs for an order of six that cannot be charged, and twelve on their way."""
    world.stock("CHAIR", 4)
    world.purchase_order("PO-1", "CHAIR", 12, promised="2026-03-20")
    world.card("VISA", month=2, year=2026)
    world.order("10480", "CHAIR", 6, placed="2026-03-01", promised="2026-03-22")
    world.plan()


def shown(text: str) -> list[tuple[str, str]]:
    """The acts of rows, by word, with their addresses."""
    links = re.findall(r'href="([^"]+)" data-row-act="([^"]+)"', text)
    return [(word, address) for address, word in links]


def offered(text: str) -> set[str]:
    """The forms that a list of all acts leads to."""
    return set(re.findall(r'hx-get="([^"]+)"', text))


@pytest.mark.parametrize("address", [*(f"/{panel}" for panel in PANELS), "/orders/10480"])
def test_a_row_shows_some_acts_and_leads_to_all_of_them(shop: World, manager: Desk, address: str) -> None:
    found = shown(manager.panel(address).text)
    assert len(found) == 4, "three acts and the dots"
    assert found[-1] == ("acts", ALL_ACTS)
    for word, form in found[:-1]:
        assert form.startswith("/orders/10480/"), word
        assert manager.panel(form).status_code == 200


def test_what_a_panel_is_opened_for_comes_first(shop: World, manager: Desk) -> None:
    for panel, words in FIRST_IN.items():
        found = [word for word, _ in shown(manager.panel(f"/{panel}").text)]
        assert found[: len(words)] == [*words][:3]


def test_every_act_that_suits_a_line_opens_from_its_row(shop: World, manager: Desk) -> None:
    forms = offered(manager.panel(ALL_ACTS).text)
    assert {form.split("/")[-2] for form in forms} == {act.word for act in ROW_ACTS}
    for form in forms:
        assert manager.panel(form).text.lstrip().startswith("<form"), form
    assert "<html" in manager.get(ALL_ACTS).text, "without JavaScript it is a page"


def test_an_act_that_is_of_no_use_for_a_line_is_not_offered(shop: World, manager: Desk) -> None:
    shop.order("10481", "LAMP", 1, placed="2026-03-02")
    shop.plan()
    forms = offered(manager.panel("/orders/10481/lines/1/acts").text)
    assert not {"shipments", "shipment-splits"} & {form.split("/")[-2] for form in forms}
    assert manager.panel("/orders/10480/lines/9/acts").status_code == 404


def test_everybody_sees_what_they_may_do_and_nothing_else(shop: World, viewer: Desk, agent: Desk) -> None:
    for panel in PANELS:
        assert shown(viewer.panel(f"/{panel}").text) == []
    assert offered(viewer.panel(ALL_ACTS).text) == set()
    allowed = {act.word for act in ROW_ACTS if act.permission in ROLES["agent"]}
    assert {form.split("/")[-2] for form in offered(agent.panel(ALL_ACTS).text)} == allowed


def test_the_overview_opens_all_acts_of_a_line_beneath_it(shop: World, manager: Desk, viewer: Desk) -> None:
    shop.order("10482", "CHAIR", 9, placed="2026-01-02", promised="2026-01-22")
    shop.plan()
    assert "/orders/10482/lines/1/acts" in manager.panel("/overview").text
    assert "/lines/1/acts" not in viewer.panel("/overview").text


def test_at_the_row_of_a_sku_is_what_is_done_to_all_of_it(shop: World, manager: Desk, viewer: Desk) -> None:
    shop.stock("LAMP/1", 9)
    shop.plan()
    found = shown(manager.panel("/fast-movers").text)
    assert sorted(found) == [
        ("stock-counts", "/skus/CHAIR/stock-counts/new"),
        ("stock-counts", "/skus/LAMP~s1/stock-counts/new"),
        ("supplier-reassignments", "/skus/CHAIR/supplier-reassignments/new"),  # for the other nothing waits
    ]
    for _, form in found:
        assert manager.panel(form).text.lstrip().startswith("<form"), form
    assert shown(viewer.panel("/fast-movers").text) == []


def reasons(desk: Desk, address: str) -> str:
    """Why a list of all acts does not offer the others."""
    found = re.search(r"Not offered: (.*?)</p>", desk.panel(address).text)
    return found[1] if found else ""


def test_at_an_order_stands_all_that_can_be_done_with_it_and_why_the_rest_cannot(
    shop: World, manager: Desk, agent: Desk, viewer: Desk
) -> None:
    page = manager.panel("/orders/10480").text
    assert 'hx-get="/orders/10480/acts"' in page
    forms = offered(manager.panel("/orders/10480/acts").text)
    at_hand = set(re.findall(r'id="orders-slot-order-[^"]+" href="([^"]+)"', page))
    assert {"/orders/10480/priorities/new", "/orders/10480/cancellations/new"} <= forms & at_hand
    for form in forms:
        assert manager.panel(form).text.lstrip().startswith("<form"), form
    assert at_hand - forms == {"/orders/10480/acts", "/orders/10480/notes/new?contact=phone"}
    assert reasons(manager, "/orders/10480/acts") == (
        "Tell the customer (its customer knows its dates); Close its links (its customer has no open link)."
    )
    assert "Priority (takes the role of a manager)." in reasons(agent, "/orders/10480/acts")
    assert offered(viewer.panel("/orders/10480/acts").text) == set()
    assert "Priority (takes the role of a manager)." in reasons(viewer, "/orders/10480/acts")
    assert "Follow (takes the role of an agent)" in reasons(viewer, "/orders/10480/acts")
    assert "<html" in agent.get("/orders/10480/acts").text, "without JavaScript it is a page"
    assert agent.panel("/orders/none/acts").status_code == 404


def test_of_an_order_that_is_over_a_contact_can_still_be_noted_and_the_rest_says_why_not(
    shop: World, agent: Desk
) -> None:
    cancel_rest(order_id("10480"), reason="customer", actor=agent.person.id)
    forms = {form.split("/")[-2] for form in offered(agent.panel("/orders/10480/acts").text)}
    assert forms == {"notes", "order-answers", "call-backs", "order-follows"}
    why = reasons(agent, "/orders/10480/acts")
    assert "Cancel the order, Record an answer, Authorisation (nothing of it is open)" in why
    assert agent.act("/orders/10480/order-follows").status_code == 200
    assert "Follow (you follow it already)" in reasons(agent, "/orders/10480/acts")
