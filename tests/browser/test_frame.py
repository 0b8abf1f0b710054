"""The frame around every page, as a person uses it: theme, sidebar, drawer, menus, keys, rows, pictures."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.accessibility import assert_accessible
from tests.browser.conftest import Watch
from tests.factories import World
from tests.shops import filled_once

BARS = "#aging-picture .bars .point path"


@filled_once
def shop(world: World) -> None:
    """Three lines of three ages that wait for nothing on order."""
    world.order("10480", "TABLE", 1, placed="2026-02-02")
    world.order("10529", "LAMP", 4, placed="2026-02-20")
    world.order("10587", "LAMP", 2, placed="2026-03-10")
    world.plan()


@pytest.fixture
def aging(shop: World, open_desk: Callable[..., Page]) -> Page:
    """The aging page, its picture drawn."""
    page = open_desk("/aging")
    expect(page.locator(BARS)).to_have_count(5)
    return page


def theme_menu(page: Page) -> Locator:
    return page.get_by_label("Light or dark")


def test_the_chosen_theme_is_kept_and_the_pictures_follow(aging: Page) -> None:
    oldest = aging.locator(BARS).last
    in_light = oldest.evaluate("bar => getComputedStyle(bar).fill")
    theme_menu(aging).click()
    aging.get_by_role("button", name="Dark").click()
    expect(aging.locator("html")).to_have_attribute("data-bs-theme", "dark")
    expect(aging.locator(BARS).last).not_to_have_css("fill", in_light)
    assert_accessible(aging)

    aging.reload()
    expect(aging.locator("html")).to_have_attribute("data-bs-theme", "dark")
    theme_menu(aging).click()
    expect(aging.get_by_role("button", name="Dark")).to_have_attribute("aria-pressed", "true")


def test_the_sidebar_stays_as_narrow_as_one_made_it(aging: Page) -> None:
    wide = aging.locator("#sidebar").bounding_box()
    aging.get_by_role("button", name="Sidebar with words").click()
    aging.reload()
    narrow = aging.locator("#sidebar").bounding_box()
    assert wide is not None
    assert narrow is not None
    assert narrow["width"] < wide["width"] / 2
    # The words are still read out.
    expect(aging.get_by_role("link", name="Aging")).to_have_attribute("aria-current", "page")


def test_the_way_past_the_frame_is_the_first_thing_the_keyboard_meets(aging: Page) -> None:
    aging.keyboard.press("Tab")
    expect(aging.get_by_role("link", name="Skip to the content")).to_be_focused()
    aging.keyboard.press("Enter")
    expect(aging.locator("#main")).to_be_focused()


def test_keys_lead_to_the_search_to_the_rows_and_to_their_own_list(aging: Page) -> None:
    aging.keyboard.press("/")
    expect(aging.get_by_role("combobox", name="Search")).to_be_focused()
    aging.keyboard.press("?")  # typed into the field, no command there
    expect(aging.get_by_role("dialog")).to_have_count(0)
    aging.locator("#main").focus()

    aging.keyboard.press("?")
    expect(aging.get_by_role("dialog", name="Keys")).to_be_visible()
    aging.keyboard.press("Escape")
    expect(aging.get_by_role("dialog")).to_have_count(0)

    rows = aging.locator(".row-link")
    aging.keyboard.press("j")
    expect(rows.nth(0)).to_be_focused()
    aging.keyboard.press("j")
    expect(rows.nth(1)).to_be_focused()
    aging.keyboard.press("k")
    expect(rows.nth(0)).to_be_focused()


def test_one_menu_is_open_at_a_time_and_escape_closes_it(aging: Page) -> None:
    aging.get_by_label("your account").click()
    expect(aging.get_by_role("button", name="Sign out")).to_be_visible()
    theme_menu(aging).click()
    expect(aging.locator("details.menu[open]")).to_have_count(1)
    aging.keyboard.press("Escape")
    expect(aging.locator("details.menu[open]")).to_have_count(0)
    expect(theme_menu(aging)).to_be_focused()


def test_whoever_signs_out_is_at_the_door(aging: Page) -> None:
    aging.get_by_label("your account").click()
    aging.get_by_role("button", name="Sign out").click()
    expect(aging.get_by_role("heading", name="Sign in")).to_be_visible()


def test_a_row_leads_where_its_number_leads(aging: Page) -> None:
    aging.get_by_text("Product LAMP").first.click()
    expect(aging).to_have_url(re.compile(r"/orders/"))


def test_a_pointer_on_a_bar_reads_its_sentence_and_a_click_follows_its_link(aging: Page) -> None:
    bar = aging.locator(BARS).nth(3).bounding_box()
    assert bar is not None
    middle = bar["x"] + bar["width"] / 2, bar["y"] + bar["height"] / 2
    aging.mouse.move(*middle)
    expect(aging.locator(".chart-hover")).to_contain_text("31–60 d")
    aging.mouse.click(*middle)
    expect(aging.locator(".chip-active")).to_have_count(1)
    expect(aging.locator("tbody tr")).to_have_count(1)


def test_an_unchanged_picture_is_not_drawn_again(aging: Page) -> None:
    aging.locator("#aging-picture .main-svg").first.evaluate("drawing => { drawing.dataset.marked = 'yes' }")
    aging.locator(".computed summary").click()
    with aging.expect_response("**/aging*"):
        aging.evaluate("document.body.dispatchEvent(new CustomEvent('backorder-changed'))")
    expect(aging.locator("#aging-picture .main-svg").first).to_have_attribute("data-marked", "yes")
    # What one had opened to read stays open.
    expect(aging.locator(".computed")).to_have_attribute("open", "")


def test_without_the_library_the_picture_is_read(shop: World, open_desk: Callable[..., Page], watch: Watch) -> None:
    page = open_desk("/sign-in")
    page.route("**/plotly-basic.min.js*", lambda route: route.abort())
    page.goto("/aging")
    expect(page.locator("#aging-picture .chart-text a").first).to_be_visible()
    watch.complaints.clear()  # that the library did not come is said in the console, rightly


def test_on_a_phone_the_sidebar_is_a_drawer(shop: World, open_desk: Callable[..., Page]) -> None:
    page = open_desk("/aging", phone=True)
    orders = page.get_by_role("link", name="Orders", exact=True)
    expect(orders).to_be_hidden()
    page.get_by_role("button", name="Menu").click()
    expect(orders).to_be_visible()
    assert_accessible(page, within="#sidebar")
    page.keyboard.press("Escape")
    expect(orders).to_be_hidden()
    expect(page.get_by_role("button", name="Menu")).to_be_focused()


def test_no_width_makes_a_page_scroll_sideways(aging: Page) -> None:
    for width in (1920, 1024, 720, 390, 320):
        aging.set_viewport_size({"width": width, "height": 800})
        expect(aging.locator(BARS).first).to_be_visible()
        assert aging.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), width
