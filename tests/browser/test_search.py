"""The agent on the phone: from the key of the search to the order, without the mouse."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from dashboard import search_words
from dashboard.database import transaction
from tests.browser.accessibility import assert_accessible
from tests.factories import World
from tests.shops import filled_once


@filled_once
def shop(world: World) -> None:
    """Two customers of one first name, one of whom has one order."""
    world.customer("HW", name="Hannah Whitlock", email="hannah@customers.example", phone="+1 208 555 0192")
    world.customer("HB", name="Hannah Brandt")
    world.order("O-10480", "CHAIR", 6, placed="2026-03-01", customer="HW")
    world.order("O-10481", "CHAIR", 2, placed="2026-03-02", customer="HB")
    world.order("O-10482", "CHAIR", 1, placed="2026-03-03", customer="HB")
    world.plan()
    with transaction() as session:
        search_words.keep_all(session.connection())


def test_the_caller_is_found_by_the_keys_alone(shop: World, open_desk: Callable[..., Page]) -> None:
    page = open_desk("/aging", role="agent")
    page.keyboard.press("/")
    page.keyboard.type("hanah")  # as one hears it
    options = page.get_by_role("option")
    expect(options.filter(has_text="Hannah Brandt").first).to_be_visible()
    assert_accessible(page)
    page.keyboard.press("Escape")
    expect(options.first).to_be_hidden()

    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("brandt")
    expect(options).to_have_count(3)
    page.keyboard.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    expect(options.first).to_contain_text("O-10482")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/orders/O-10481")

    page.keyboard.press("/")
    page.keyboard.type("whitlock")
    expect(options.filter(has_text="O-10480")).to_be_visible()
    page.keyboard.press("Enter")
    page.wait_for_url("**/orders/O-10480")
