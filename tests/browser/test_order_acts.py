"""What staff do with an order, at its page and at its line's: each form opens, says what would change, can be read."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.accessibility import assert_accessible
from tests.factories import World
from tests.shops import filled_once

ORDER, LINE = "/orders/10480", "/orders/10480/lines/1"
FORMS = {
    "Ship": (LINE, "Ship 10480 / 1"),
    "Hold": (LINE, "Hold for 10480 / 1"),
    "Tie": (LINE, "Tie 10480 / 1 to a purchase order"),
    "Cut": (LINE, "Cut 10480 / 1"),
    "Cancel the rest": (LINE, "Cancel the rest of 10480 / 1"),
    "Release": (LINE, "Release 10480 / 1"),
    "Ship what is here": (ORDER, "Ship what is here of 10480"),
    "Priority": (ORDER, "Priority of 10480"),
    "Cancel the order": (ORDER, "Cancel order 10480"),
}
MODES = {"a desk, light": {}, "a phone, dark": {"dark": True, "phone": True}}


@filled_once
def shop(world: World) -> None:
    """Four chairs for two orders of six, one of them held, and twelve on their way."""
    world.stock("CHAIR", 4)
    world.purchase_order("PO-1", "CHAIR", 12, promised="2026-03-20")
    world.order("10480", "CHAIR", 6, placed="2026-03-01", promised="2026-03-22")
    world.order("10481", "CHAIR", 6, placed="2026-03-02", promised="2026-03-22")
    world.hold("10480", 1)
    world.plan()


def open_form(page: Page, word: str) -> None:
    page.get_by_role("link", name=word, exact=True).click()
    expect(page.locator(".slot-card :focus")).to_have_count(1)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("address", [LINE, ORDER])
def test_a_form_opens_in_its_place_and_can_be_read(
    shop: World, open_desk: Callable[..., Page], address: str, mode: str
) -> None:
    page = open_desk(address, **MODES[mode])
    for word, title in ((word, title) for word, (at, title) in FORMS.items() if at == address):
        open_form(page, word)
        expect(page.get_by_role("heading", name=title, exact=True)).to_be_visible()
        expect(page.locator(".foreseen")).not_to_contain_text("Not looked at yet.")
        assert_accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), word
        page.keyboard.press("Escape")
        expect(page.locator(".slot-card")).to_have_count(0)
        expect(page.get_by_role("link", name=word, exact=True)).to_be_focused()


def test_a_priority_shows_whose_promise_it_misses_before_the_reason_is_typed(
    shop: World, open_desk: Callable[..., Page]
) -> None:
    shop.purchase_order("PO-2", "CHAIR", 12, promised="2026-04-20")
    shop.order("10482", "CHAIR", 10, placed="2026-03-03", promised="2026-04-30")
    shop.plan()
    page = open_desk("/orders/10482")
    open_form(page, "Priority")
    page.get_by_label("Class").fill("1")
    missed = page.locator(".foreseen-missed")
    expect(missed).to_contain_text("One promise is newly missed")
    expect(missed).to_contain_text("10481 / 1 Customer C: promised 22 Mar, then 20 Apr")
    page.get_by_role("button", name="Set class 1").click()
    expect(page.locator(".field-error")).to_contain_text("Say why")
    page.get_by_label("Why", exact=True).fill("the fair opens")
    page.keyboard.press("Enter")
    expect(page.locator(".notice")).to_contain_text("Order 10482 now has class 1 instead of 3.")


def test_a_hold_is_taken_back_by_its_notice(shop: World, open_desk: Callable[..., Page]) -> None:
    page = open_desk(LINE)
    open_form(page, "Hold")
    expect(page.get_by_label("Units", exact=True)).to_have_value("3")
    page.get_by_label("Units", exact=True).fill("2")
    page.keyboard.press("Enter")
    expect(page.locator(".notice")).to_contain_text("2 units are fixed to line 1 of order 10480: 2 at MAIN.")
    expect(page.get_by_role("link", name="Release")).to_have_count(2)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".notice")).to_contain_text("are no longer fixed at MAIN; all of it stays reserved for it.")
    expect(page.get_by_role("link", name="Release")).to_have_count(1)


@pytest.mark.parametrize(
    ("role", "sees"),
    [
        ("viewer", set()),
        ("agent", {"Ship", "Cut", "Cancel the rest"}),
        ("manager", {"Ship", "Cut", "Cancel the rest", "Hold", "Tie", "Release"}),
    ],
)
def test_who_may_not_do_it_sees_no_button(shop: World, open_desk: Callable[..., Page], role: str, sees: set) -> None:
    page = open_desk(LINE, role=role)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    for word in (word for word, (address, _) in FORMS.items() if address == LINE):
        expect(page.get_by_role("link", name=word, exact=True)).to_have_count(int(word in sees))
