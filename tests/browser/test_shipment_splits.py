"""Splitting a shipment at the line's page: by keyboard alone, with the consequence following what is typed."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.accessibility import assert_accessible
from tests.factories import World, as_micros
from tests.shops import filled_once

LINE = "/orders/10482/lines/1"


@filled_once
def shop(world: World) -> None:
    """Six of ten chairs are here, four come on the 27th; the authorisation allows one capture."""
    world.stock("CHAIR", 6)
    world.purchase_order("4711", "CHAIR", 4, expected="2026-03-27")
    world.order("10482", "CHAIR", 10, placed="2026-02-03", unit_price="215", shipping_amount=as_micros("58.64"))
    world.authorization("10482", amount="2700", on="2026-03-01", expires="2026-03-16", multi_capture=False)
    world.plan()


def test_a_line_is_split_and_put_together_by_keyboard_alone(shop: World, open_desk: Callable[..., Page]) -> None:
    page = open_desk(LINE)
    page.get_by_role("link", name="Split", exact=True).focus()
    page.keyboard.press("Enter")
    now = page.get_by_label("Ship now")
    expect(now).to_be_focused()
    expect(now).to_have_value("6")
    button = page.locator(".slot-foot .btn-primary")
    expect(button).to_have_text("Ship 6 now, keep 4 waiting · costs 58.64", use_inner_text=True)
    parts = page.locator(".split-parts tbody tr")
    expect(parts.nth(0)).to_contain_text("today")
    expect(parts.nth(1)).to_contain_text("27 Mar")
    expect(page.locator(".foreseen .note")).to_contain_text("The authorisation allows one capture.")
    assert_accessible(page)

    page.keyboard.type("5")
    expect(button).to_have_text("Ship 5 now, keep 5 waiting · costs 58.64", use_inner_text=True)
    expect(parts.nth(1)).to_contain_text("1,104.32")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("radio", name="Divide")).to_be_checked()
    expect(now).to_be_hidden()
    page.keyboard.press("Tab")
    expect(page.get_by_label("Units of each part")).to_be_focused()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("6, 3")
    expect(button).to_have_text("Divide into 6, 3 and 1 · costs 117.28", use_inner_text=True)
    page.keyboard.press("Enter")

    notice = page.locator(".notice")
    expect(notice).to_contain_text("Line 1 of order 10482 is in 3 parts: 6, 3 and 1 units.")
    expect(page.locator("#orders-parts")).to_be_visible()
    notice.get_by_role("button", name="Undo").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".notice")).to_contain_text("is together again: 3 parts are one.")
    expect(page.locator("#orders-parts")).to_have_count(0)


def test_its_form_can_be_read_on_a_phone_in_the_dark(shop: World, open_desk: Callable[..., Page]) -> None:
    page = open_desk(LINE, dark=True, phone=True)
    page.get_by_role("link", name="Split", exact=True).click()
    expect(page.locator(".split-parts")).to_be_visible()
    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
