"""The aging panel under somebody's hands: drilling down, filtering, sorting, going back; and without JavaScript."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.accessibility import assert_accessible
from tests.factories import World
from tests.shops import filled_once

BARS = "#aging-picture .bars .point path"


@filled_once
def shop(world: World) -> None:
    """Four lines: two of a chair from the web, two of a lamp from the store; of 1, 20, 40 and 70 days."""
    for number, (sku, channel, placed) in enumerate(
        (
            ("CHAIR", "web", "2026-03-11"),
            ("CHAIR", "web", "2026-02-20"),
            ("LAMP", "store", "2026-01-31"),
            ("LAMP", "store", "2026-01-01"),
        ),
        start=1,
    ):
        world.order(str(number), sku, 1, placed=placed, channel=channel)
    world.plan()


def rows(page: Page) -> list[str]:
    return page.locator(".row-link").all_text_contents()


def test_a_click_on_a_bar_shows_its_rows_pales_the_others_and_changes_the_address(
    shop: World, open_desk: Callable[..., Page]
) -> None:
    page = open_desk("/aging")
    expect(page.locator(BARS)).to_have_count(5)
    page.evaluate("document.body.dataset.same = 'page'")
    box = page.locator(BARS).nth(2).bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.up()
    expect(page).to_have_url(re.compile(r"/aging\?age=15-30$"))
    expect(page.locator(".row-link")).to_have_count(1)
    assert rows(page) == ["2"]
    expect(page.locator(".chip-active")).to_contain_text("Waited 15–30 d")
    assert page.evaluate("document.body.dataset.same") == "page", "only the panel was swapped"

    page.go_back()
    expect(page).to_have_url(re.compile(r"/aging$"))
    expect(page.locator(".row-link")).to_have_count(4)


def test_a_filter_is_found_by_typing_chosen_and_taken_away(shop: World, open_desk: Callable[..., Page]) -> None:
    page = open_desk("/aging")
    page.locator("summary", has_text="SKU").click()
    menu = page.locator("#aging-choices-sku")
    menu.get_by_role("searchbox").press_sequentially("lam")
    expect(menu.locator(".menu-item")).to_have_count(1)
    assert_accessible(page)
    menu.locator(".menu-item").click()
    expect(page).to_have_url(re.compile(r"/aging\?sku=LAMP$"))
    expect(page.locator(".row-link")).to_have_count(2)

    page.locator(".chip-active").click()
    menu.get_by_role("link", name="CHAIR").click()
    expect(page).to_have_url(re.compile(r"/aging\?sku=CHAIR&sku=LAMP$"))
    expect(page.locator(".row-link")).to_have_count(4)
    page.get_by_role("link", name="Remove the filter").click()
    expect(page).to_have_url(re.compile(r"/aging$"))
    expect(page.locator(".chip-active")).to_have_count(0)


def test_days_are_chosen_by_name_or_typed_and_a_first_after_the_last_is_told(
    shop: World, open_desk: Callable[..., Page]
) -> None:
    page = open_desk("/aging")
    page.locator("summary", has_text="Placed").click()
    menu = page.locator("#aging-choices-placed")
    menu.get_by_label("From").fill("2026-02-01")
    menu.get_by_label("To").fill("2026-01-01")
    menu.get_by_role("button", name="Show").click()
    expect(menu.get_by_role("alert")).to_contain_text("is after the last")
    expect(menu.get_by_label("From")).to_have_value("2026-02-01")
    assert_accessible(page)
    expect(page).to_have_url(re.compile(r"/aging$"))
    menu.get_by_label("To").fill("2026-02-20")
    menu.get_by_role("button", name="Show").click()
    expect(page).to_have_url(re.compile(r"/aging\?placed=2026-02-01\.\.2026-02-20$"))
    expect(page.locator(".chip-active")).to_contain_text("Placed 1 Feb to 20 Feb")
    assert rows(page) == ["2"], "both days are counted in"
    page.go_back()
    expect(page.locator(".row-link")).to_have_count(4)
    page.locator("summary", has_text="Placed").click()
    page.get_by_role("link", name="the last 7 days").click()
    expect(page).to_have_url(re.compile(r"/aging\?placed=last-7-days$"))
    assert rows(page) == ["1"]


def test_a_click_on_a_column_sorts_and_another_turns_it_round(shop: World, open_desk: Callable[..., Page]) -> None:
    page = open_desk("/aging")
    head = page.get_by_role("columnheader", name="Age", exact=True)
    head.get_by_role("link").click()
    expect(head).to_have_attribute("aria-sort", "descending")
    assert rows(page) == ["4", "3", "2", "1"]
    head.get_by_role("link").click()
    expect(head).to_have_attribute("aria-sort", "ascending")
    assert rows(page) == ["1", "2", "3", "4"]


def test_everything_works_without_javascript(shop: World, open_desk: Callable[..., Page]) -> None:
    page = open_desk("/aging", java_script_enabled=False)
    page.locator(".chart-text a").nth(4).focus()
    page.keyboard.press("Enter")
    expect(page.locator(".row-link")).to_have_count(1)
    assert rows(page) == ["4"]

    page.goto("/aging")
    page.locator("summary", has_text="Channel").click()
    page.get_by_role("link", name="Choose").locator("visible=true").click()
    page.get_by_role("link", name="store").click()
    expect(page).to_have_url(re.compile(r"/aging\?channel=store$"))
    assert rows(page) == ["4", "3"]

    page.goto("/aging/choices/sku")
    page.get_by_label("Find a SKU").fill("chair")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"q=chair"))
    page.get_by_role("link", name="CHAIR").click()
    assert sorted(rows(page)) == ["1", "2"]


def test_a_row_leads_to_its_line_and_the_line_to_its_order(shop: World, open_desk: Callable[..., Page]) -> None:
    page = open_desk("/aging")
    page.get_by_role("cell", name="Product LAMP").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Product LAMP")
    expect(page.locator(".answer")).to_contain_text("on no purchase order")
    page.locator(".crumbs").get_by_role("link", name="4").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Order 4")
