"""Rows under somebody's hands: ticked one by one, in ranges and all at once, while the table moves beneath them."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.accessibility import assert_accessible
from tests.factories import World
from tests.shops import filled_once

LINES = 55  # five more than stand on a page


@filled_once
def shop(world: World) -> None:
    """More lines than a page holds, each of one unit for 10 USD."""
    for number in range(1, LINES + 1):
        world.order(f"{number:02}", "CHAIR", 1, placed="2026-03-01", currency="USD", unit_price="10")
    world.plan()


def ticked(page: Page) -> list[str]:
    """The orders of the page whose rows are ticked."""
    return page.locator("tr:has([data-tick]:checked) .row-link").all_text_contents()


def test_what_is_ticked_stays_while_the_table_moves_and_is_added_up_by_the_desk(
    shop: World, open_desk: Callable[..., Page]
) -> None:
    page = open_desk("/aging?sort=order")
    bar, boxes = page.locator("#aging-ticked-bar"), page.locator("[data-tick]")
    expect(bar).to_be_hidden()
    boxes.nth(1).click()
    boxes.nth(3).click(modifiers=["Shift"])
    expect(bar).to_contain_text("3 lines selected")
    expect(bar).to_contain_text("3 units · $30.00")
    assert ticked(page) == ["02", "03", "04"]
    assert page.url.endswith("/aging?sort=order"), "a box is no way to the row's page"

    page.locator(".row-link").first.focus()
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(bar).to_contain_text("3 lines selected")
    assert ticked(page) == ["01", "03", "04"]
    assert_accessible(page)

    page.get_by_role("link", name="Next", exact=True).click()  # another page, and back to it by another order
    expect(boxes).to_have_count(LINES - 50)
    assert ticked(page) == []
    boxes.first.click()
    expect(bar).to_contain_text("4 lines selected")
    page.get_by_role("columnheader", name="Order").get_by_role("link").click()
    expect(page.locator(".row-link").first).to_have_text(f"{LINES}")
    expect(page.locator("tr:has([data-tick]:checked) .row-link")).to_have_text(["51"])

    shop.order("00", "CHAIR", 1, placed="2026-03-02", currency="USD", unit_price="10")
    shop.plan()  # somebody else's change comes by itself
    expect(page.locator(".pager")).to_contain_text(f"50 of {LINES + 1} lines")
    assert ticked(page) == ["51"]

    bar.get_by_role("button", name=f"Select all {LINES + 1} that match").click()
    expect(bar).to_contain_text(f"All {LINES + 1} lines selected")
    expect(bar).to_contain_text("56 units · $560.00")
    assert len(ticked(page)) == 50

    page.keyboard.press("Escape")
    expect(bar).to_be_hidden()
    assert ticked(page) == []
    page.get_by_label("Select the rows of this page").click()
    expect(bar).to_contain_text("50 lines selected")
    page.goto("/aging?sort=order&sku=CHAIR")
    expect(bar).to_be_hidden()
    assert ticked(page) == [], "other filters, another selection"


def test_a_view_is_saved_marked_and_left_without_the_panel_being_written_for_one_person(
    shop: World, open_desk: Callable[..., Page]
) -> None:
    page = open_desk("/aging?age=8-14")
    page.get_by_text("Columns", exact=True).click()
    page.get_by_role("checkbox", name="Product").press("Space")
    expect(page.get_by_role("columnheader", name="Product")).to_have_count(0)
    page.get_by_role("checkbox", name="Value").click()
    expect(page.get_by_role("columnheader")).to_have_count(8)
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Save as view", exact=True).click()
    page.get_by_label("Name").fill("Of last week")
    page.keyboard.press("Enter")
    button = page.locator("[data-views-shown]")
    expect(button).to_have_text("Of last week")
    page.get_by_role("link", name="Clear").click()
    expect(button).to_have_text("Views")
    page.locator(".views summary").click()
    assert_accessible(page)
    page.get_by_role("link", name="Of last week", exact=True).click()
    expect(button).to_have_text("Of last week")
    expect(page.get_by_role("columnheader")).to_have_count(8)


def test_by_keyboard_alone_rows_are_walked_ticked_and_acted_on(shop: World, open_desk: Callable[..., Page]) -> None:
    page = open_desk("/aging?sort=order")
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("Tab")  # to an act of the row, from where the next row is one key away as well
    expect(page.locator("[data-row-act]:focus")).to_have_count(1)
    page.keyboard.press("j")
    expect(page.locator(".row-link:focus")).to_have_text("02")
    page.keyboard.press("x")
    bar = page.locator("#aging-ticked-bar")
    expect(bar).to_contain_text("2 lines selected")
    page.keyboard.press("a")
    expect(bar.locator("a:focus")).to_contain_text("Split")
    bar.get_by_role("link", name="Note").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Note")).to_be_focused()
    page.keyboard.type("asked the supplier again")
    expect(page.get_by_label("Note")).to_have_value("asked the supplier again")
    page.keyboard.press("Escape")
    expect(page.locator(".ticked-slot form")).to_have_count(0)
    expect(bar.get_by_role("link", name="Note")).to_be_focused()


def test_on_a_phone_a_notice_stands_above_the_bar_however_high_that_is(
    shop: World, open_desk: Callable[..., Page]
) -> None:
    page = open_desk("/aging?sort=order", phone=True)
    page.locator("[data-tick]").first.click()
    page.locator("[data-tick]").nth(1).click()
    bar = page.locator("#aging-ticked-bar")
    bar.get_by_role("link", name="Assign").click()
    form = page.locator(".ticked-slot form.slot-card")
    form.get_by_role("button", name="Assign").click()
    expect(form).to_have_count(0)
    notice = page.locator(".notice")
    expect(notice).to_be_visible()
    expect(bar).to_be_visible()
    over, under = notice.bounding_box(), bar.bounding_box()
    assert over
    assert under
    assert under["height"] > 112, "its acts stand in several lines"
    assert over["y"] + over["height"] <= under["y"], f"{over} lies upon {under}"
