"""A van comes: its papers are scanned, what came is written down, the list is walked and marked, a parcel leaves."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.accessibility import assert_accessible
from tests.factories import World


@pytest.fixture
def shop(world: World) -> World:
    """Two orders wait for ten chairs, one for lamps of the same purchase order."""
    world.purchase_order("PO-1", lines=[("CHAIR", 10), ("LAMP", 4)], expected="2026-03-12")
    world.order("10480", "CHAIR", 6, placed="2026-03-01")
    world.order("10481", "CHAIR", 6, placed="2026-03-02", customer="D")
    world.order("10482", "LAMP", 3, placed="2026-03-03", customer="E")
    world.plan()
    return world


def test_what_is_scanned_is_received_picked_and_shipped(shop: World, open_desk: Callable[..., Page]) -> None:
    page = open_desk("/receiving")
    scanner = page.locator("[data-scan]")
    expect(scanner).to_be_focused()
    expect(page.locator("#receiving-due-PO-1")).to_contain_text("14")
    assert_accessible(page)

    # A scanner types and sends Enter.
    page.keyboard.type("PO-1")
    page.keyboard.press("Enter")
    came = page.get_by_label("Came of CHAIR")
    expect(came).to_be_focused()
    expect(came).to_have_value("10")
    expect(page.locator(".foreseen")).to_contain_text("10480 / 1")
    assert_accessible(page)
    page.keyboard.type("12")
    expect(page.locator(".foreseen")).to_contain_text("2 came more than was ordered: only 10 are open.")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("8")
    page.keyboard.press("Tab")
    page.keyboard.type("1")
    expect(page.locator(".consequences")).to_contain_text("10481 / 1")
    page.keyboard.press("Enter")

    notice = page.locator(".notice")
    expect(notice).to_contain_text("11 units on the shelf at MAIN; 1 rejected and still owed.")
    expect(notice).to_contain_text("Ready to ship for 3 orders")
    expect(scanner).to_be_focused()
    expect(page.locator("#receiving-row-1")).to_contain_text("DESK-D1")

    notice.get_by_role("link", name="Pick list").click()
    expect(page).to_have_url(re.compile(r"/picking\?location=MAIN&sku=CHAIR&sku=LAMP$"))
    rows = page.locator("#picking-list tbody tr")
    expect(rows).to_have_count(3)
    assert_accessible(page)
    page.get_by_label("1 of CHAIR for 10481").uncheck()
    page.get_by_role("button", name="Mark the ticked as picked").click()
    page.get_by_role("button", name="Mark 9 units as picked").click()
    expect(rows).to_have_count(1)
    parcel = page.locator("#picking-picked-10480")
    expect(parcel).to_contain_text("6")
    parcel.get_by_role("link", name="Ship").click()
    page.get_by_label("Carrier").fill("DHL")
    page.get_by_label("Tracking number").fill("JD0146")
    page.keyboard.press("Enter")
    expect(page.locator(".notice").last).to_contain_text("6 units of order 10480 shipped")
    expect(parcel).to_have_count(0)
