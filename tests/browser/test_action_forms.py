"""Inline forms under somebody's hands: opening, typing, saving, leaving; none is wiped; and without JavaScript."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.accessibility import assert_accessible
from tests.factories import World
from tests.shops import filled_once

LINE = "/orders/10480/lines/1"
MODES = {"a desk, dark": {"dark": True}, "a phone, light": {"phone": True}}  # each theme and each width once


@filled_once
def shop(world: World) -> None:
    """Two orders wait for chairs, of which two stand here and twelve are on their way."""
    world.stock("CHAIR", 2)
    world.purchase_order("PO-1", "CHAIR", 12, promised="2026-03-20")
    world.order("10480", "CHAIR", 6, placed="2026-03-01", promised="2026-03-22")
    world.order("10481", "CHAIR", 6, placed="2026-03-02", promised="2026-04-30")
    world.plan()


def open_receipt(page: Page) -> None:
    page.get_by_role("link", name="Receive").click()
    expect(page.get_by_label("Units that came")).to_be_focused()


def announce(page: Page) -> None:
    """Somebody else changed something."""
    page.evaluate("htmx.trigger(document.body, 'backorder-changed')")


@pytest.mark.parametrize("mode", MODES)
def test_a_receipt_is_posted_at_the_row_and_says_for_whom(
    shop: World, open_desk: Callable[..., Page], mode: str
) -> None:
    page = open_desk(LINE, **MODES[mode])
    open_receipt(page)
    field = page.get_by_label("Units that came")
    expect(field).to_have_value("12")
    expect(page.get_by_role("button", name="Receive 12")).to_be_visible()
    foreseen = page.locator(".foreseen")
    expect(foreseen.get_by_role("row", name="10481")).to_contain_text("0")

    field.fill("3")
    expect(page.get_by_role("button", name="Receive 3")).to_be_visible()
    expect(foreseen.get_by_role("row", name="10481")).to_have_count(0)
    expect(foreseen.get_by_role("row", name="10480")).to_contain_text("5 of 6")
    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")

    field.press("Enter")
    expect(page.locator(".notice")).to_contain_text(
        "3 units of CHAIR received as DESK-R1. Now reserved: 3 for order 10480."
    )
    expect(page.locator(".slot-card")).to_have_count(0)
    expect(page.get_by_role("link", name="Receive")).to_be_focused()
    expect(page.locator("#orders-units + .panel-name")).to_contain_text("5 here · 1 to come")
    assert_accessible(page)


@pytest.mark.parametrize("mode", MODES)
def test_who_saves_later_sees_then_and_now_and_saves_again_on_the_new_state(
    shop: World, open_desk: Callable[..., Page], mode: str
) -> None:
    late, early = open_desk(LINE, **MODES[mode]), open_desk(LINE, role="admin")
    for page, came in ((late, "5"), (early, "3")):
        open_receipt(page)
        page.get_by_label("Units that came").fill(came)
    early.keyboard.press("Enter")
    expect(early.locator(".notice")).to_contain_text("3 units of CHAIR received")

    late.get_by_label("Units that came").press("Enter")
    said = late.locator(".slot-said")
    expect(said).to_contain_text("Admin changed this")
    table = said.get_by_role("table", name="What changed since you opened it")
    expect(table.get_by_role("row", name="Open units")).to_have_text(re.compile(r"Open units\s*12\s*9"))
    expect(table.get_by_role("row", name="Received units")).to_have_text(re.compile(r"Received units\s*0\s*3"))
    expect(late.get_by_label("Units that came")).to_have_value("5")
    expect(late.get_by_label("Units that came")).to_be_focused()
    assert late.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    expect(late.locator(".foreseen").get_by_role("row", name="10481")).to_be_visible()
    expect(late.locator(".slot-foreseen.htmx-request")).to_have_count(0)  # what is asked anew stands back meanwhile
    assert_accessible(late)

    late.keyboard.press("Enter")
    expect(late.locator(".notice")).to_contain_text("5 units of CHAIR received as DESK-R2")


def test_undo_takes_a_receipt_back_once(shop: World, open_desk: Callable[..., Page]) -> None:
    page = open_desk(LINE)
    open_receipt(page)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".notice")).to_contain_text("DESK-R1 is reversed: 12 units of CHAIR did not come.")
    expect(page.locator("#orders-units + .panel-name")).to_contain_text("2 here · 4 to come")


def test_an_undo_that_a_rule_refuses_says_so_where_its_button_was(shop: World, open_desk: Callable[..., Page]) -> None:
    page = open_desk(LINE)
    open_receipt(page)
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    shop.hold("10480", 5, kind="picked")
    shop.plan()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("alert")).to_contain_text("5 units at MAIN are picked, and only 2 would be left.")


def test_a_refusal_keeps_what_was_typed_and_the_focus(shop: World, open_desk: Callable[..., Page]) -> None:
    page = open_desk(LINE)
    open_receipt(page)
    page.get_by_label("Units that came").fill("0")
    page.keyboard.press("Enter")
    expect(page.locator(".slot-card").get_by_role("alert")).to_contain_text("A receipt has at least 1 unit.")
    expect(page.get_by_label("Units that came")).to_have_value("0")
    expect(page.get_by_label("Units that came")).to_be_focused()
    assert_accessible(page)


def test_escape_closes_and_the_focus_goes_back(shop: World, open_desk: Callable[..., Page]) -> None:
    page = open_desk(LINE)
    open_receipt(page)
    page.keyboard.press("Escape")
    expect(page.locator(".slot-card")).to_have_count(0)
    expect(page.get_by_role("link", name="Receive")).to_be_focused()


def test_a_refresh_leaves_an_open_form_alone_and_catches_up_when_it_closes(
    shop: World, open_desk: Callable[..., Page]
) -> None:
    page = open_desk(LINE)
    open_receipt(page)
    page.get_by_label("Units that came").fill("7")
    shop.receive("PO-1", 2)
    shop.plan()
    announce(page)
    page.wait_for_timeout(400)
    expect(page.get_by_label("Units that came")).to_have_value("7")
    expect(page.locator("#orders-units + .panel-name")).to_contain_text("2 here")
    page.keyboard.press("Escape")
    expect(page.locator("#orders-units + .panel-name")).to_contain_text("4 here")


def test_a_date_moves_and_the_customers_who_must_be_told_are_named(shop: World, open_desk: Callable[..., Page]) -> None:
    page = open_desk(LINE)
    page.get_by_role("link", name="Move", exact=True).click()
    page.get_by_label("New date").fill("2026-04-02")
    expect(page.get_by_role("button", name="Move to 2 Apr")).to_be_visible()
    told = page.locator(".foreseen").get_by_role("row", name="10480")
    expect(told).to_contain_text("2\u00a0Apr")
    expect(told).to_contain_text("tell the customer")
    page.keyboard.press("Enter")
    expect(page.locator(".slot-card")).to_contain_text("Say why")
    page.get_by_label("What the supplier said").fill("strike at the port")
    page.keyboard.press("Enter")
    expect(page.locator(".notice")).to_contain_text("1 customer must be told: order 10480.")
    expect(page.locator(".answer")).to_contain_text("2\u00a0Apr")


def test_a_count_names_who_loses(shop: World, open_desk: Callable[..., Page]) -> None:
    page = open_desk(LINE)
    page.get_by_role("link", name="Count").click()
    expect(page.get_by_label("Units that stand there")).to_be_focused()
    page.keyboard.type("1")
    expect(page.get_by_role("button", name="Set MAIN to 1")).to_be_visible()
    expect(page.locator(".foreseen").get_by_role("row", name="10480")).to_contain_text("1 of 6")
    page.keyboard.press("Enter")
    expect(page.locator(".notice")).to_contain_text("No longer reserved: 1 for order 10480.")


def test_everything_works_without_javascript(shop: World, open_desk: Callable[..., Page]) -> None:
    page = open_desk(LINE, java_script_enabled=False)
    page.get_by_role("link", name="Receive").click()
    expect(page).to_have_url(re.compile(r"/receipts/new$"))
    page.get_by_label("Units that came").fill("3")
    page.get_by_role("button", name="Show what changes").click()
    expect(page.locator(".foreseen")).to_contain_text("5 of 6")
    page.get_by_role("button", name="Receive").click()
    expect(page).to_have_url(re.compile(re.escape(LINE)))
    expect(page.locator(".notice")).to_contain_text("Now reserved: 3 for order 10480.")
