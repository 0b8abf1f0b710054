"""Behaviour 49, what stands open while others work: changes come by themselves and leave alone what one is at."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.accessibility import assert_accessible
from tests.factories import World
from tests.shops import filled_once

WAITING = range(10480, 10500)
PULSES = "performance.getEntriesByType('resource').filter(one => one.name.includes('/pulse')).length"


@filled_once
def shop(world: World) -> None:
    """Twenty orders wait for chairs, of which twelve are on their way."""
    world.supplier("MINHO")
    world.purchase_order("PO-1", "CHAIR", 12, promised="2026-03-20")
    for place, number in enumerate(WAITING):
        world.order(str(number), "CHAIR", 6, placed=f"2026-02-{place + 1:02}")
    world.plan()


def row(page: Page, number: int):
    return page.locator("#aging-table tbody tr").filter(has=page.get_by_role("link", name=str(number), exact=True))


def nine_chairs_come(shop: World) -> None:
    """The first order has its goods, the second three of its six, and stands where the first stood."""
    shop.receive("PO-1", 9)
    shop.plan()


def test_what_a_colleague_does_shows_on_another_screen_and_leaves_alone_what_is_under_ones_hands(
    shop: World, open_desk: Callable[..., Page]
) -> None:
    vera = open_desk("/aging", role="viewer")
    row(vera, 10490).get_by_role("link").focus()
    vera.evaluate("window.scrollTo(0, 240)")
    row(vera, 10486).hover()
    row(vera, 10485).locator(".cell-sub").first.evaluate("cell => getSelection().selectAllChildren(cell)")
    selected = vera.evaluate("String(getSelection())")
    assert selected
    stood_at = row(vera, 10486).bounding_box()

    vito = open_desk("/fast-movers", role="viewer")
    chairs = vito.locator("#fast-movers-table tbody tr").filter(has_text="CHAIR")
    expect(chairs.locator(".num").nth(1)).to_have_text("12")

    mara = open_desk("/orders/10480/lines/1")
    mara.get_by_role("link", name="Receive").click()
    mara.get_by_label("Units that came").fill("9")
    mara.get_by_role("button", name="Receive 9").click()
    expect(mara.locator(".notice")).to_contain_text("9 units of CHAIR received")

    expect(chairs.locator(".num").nth(1)).to_have_text("3")
    expect(row(vera, 10480)).to_have_count(0)
    expect(row(vera, 10481)).to_contain_text("3 here")
    expect(vera.locator(".is-changed")).to_have_count(1)
    expect(row(vera, 10481)).to_have_class("is-changed")
    assert row(vera, 10486).bounding_box() == stood_at
    assert row(vera, 10486).evaluate("row => row.matches(':hover')")
    expect(row(vera, 10490).get_by_role("link")).to_be_focused()
    assert vera.evaluate("String(getSelection())") == selected


def test_a_row_under_the_cursor_stays_also_where_there_is_nothing_to_scroll(
    shop: World, open_desk: Callable[..., Page]
) -> None:
    page = open_desk("/aging", role="viewer")
    page.set_viewport_size({"width": 1280, "height": 2400})
    row(page, 10483).hover()
    stood_at = row(page, 10483).bounding_box()
    nine_chairs_come(shop)
    expect(row(page, 10480)).to_have_count(0)
    assert row(page, 10483).bounding_box() == stood_at
    page.mouse.move(5, 5)
    expect(row(page, 10481)).to_be_visible()
    assert row(page, 10483).bounding_box() != stood_at, "the gap above it closes when nobody points at it any more"


@pytest.mark.deep
def test_an_open_menu_is_left_alone_until_it_closes(shop: World, open_desk: Callable[..., Page]) -> None:
    page = open_desk("/aging", role="viewer")
    page.locator("summary").filter(has_text="SKU").click()
    field = page.get_by_label("Find a SKU")
    field.fill("cha")
    pulses = page.evaluate(PULSES)
    nine_chairs_come(shop)
    while page.evaluate(PULSES) < pulses + 3:
        page.wait_for_timeout(200)
    expect(field).to_have_value("cha")
    expect(row(page, 10480)).to_have_count(1)
    page.keyboard.press("Escape")
    expect(row(page, 10480)).to_have_count(0)


@pytest.mark.deep
def test_seven_windows_of_one_browser_show_it_and_a_hidden_one_asks_no_more(
    shop: World, open_desk: Callable[..., Page]
) -> None:
    windows = [open_desk("/aging", role="viewer")]
    for _ in range(6):
        window = windows[0].context.new_page()
        window.goto("/aging")
        windows.append(window)
    hidden = windows[3]
    hidden.evaluate("Object.defineProperty(document, 'hidden', { value: true, configurable: true, writable: true })")
    hidden.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    hidden.wait_for_timeout(300)  # a question that was under way
    pulses = hidden.evaluate(PULSES)

    nine_chairs_come(shop)
    for window in windows:
        if window is not hidden:
            expect(row(window, 10480)).to_have_count(0)
    hidden.wait_for_timeout(1500)
    assert hidden.evaluate(PULSES) == pulses
    expect(row(hidden, 10480)).to_have_count(1)

    hidden.evaluate("document.hidden = false; document.dispatchEvent(new Event('visibilitychange'))")
    expect(row(hidden, 10480)).to_have_count(0)


@pytest.mark.parametrize(
    "mode", [{}, pytest.param({"dark": True, "phone": True}, marks=pytest.mark.deep)], ids=["a desk", "a phone, dark"]
)
def test_a_lost_connection_is_said_and_caught_up(shop: World, open_desk: Callable[..., Page], mode: dict) -> None:
    page = open_desk("/aging", role="viewer", **mode)
    with page.expect_response(lambda answer: "/search" in answer.url):
        page.get_by_label("Search", exact=True).fill("Whit")
    page.get_by_label("Search", exact=True).blur()
    page.context.set_offline(True)
    page.locator("summary.live-offline").click()
    expect(page.get_by_text("The desk does not answer", exact=True)).to_be_visible()
    expect(page.locator("[data-live-since]").last).to_have_text(page.locator("[data-live-since]").first.text_content())
    expect(page.locator("[data-live-said]")).to_have_text("Offline: the desk does not answer.")
    assert_accessible(page, within="#frame-live-state")

    nine_chairs_come(shop)
    page.context.set_offline(False)
    expect(row(page, 10480)).to_have_count(0)
    expect(page.locator("summary.live-offline")).to_be_hidden()
    expect(page.locator("#frame-live-state").get_by_text("Live")).to_have_count(1)
    expect(page.get_by_label("Search", exact=True)).to_have_value("Whit")


def test_a_session_that_ended_is_said_in_the_bar_and_the_page_stays(
    shop: World, open_desk: Callable[..., Page]
) -> None:
    page = open_desk("/aging", role="viewer")
    with page.expect_response(lambda answer: "/search" in answer.url):
        page.get_by_label("Search", exact=True).fill("Whit")
    page.context.clear_cookies()
    nine_chairs_come(shop)
    expect(page.get_by_role("link", name="sign in again")).to_be_visible()
    expect(row(page, 10480)).to_have_count(1)
    expect(page.get_by_label("Search", exact=True)).to_have_value("Whit")
    pulses = page.evaluate(PULSES)
    page.wait_for_timeout(1500)
    assert page.evaluate(PULSES) == pulses, "it asks no more"
