"""The list of orders on two screens: what a colleague does shows by itself, and what one looks at is in the address."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.factories import World


def row(page: Page, number: str):
    return page.locator("#orders-table tbody tr").filter(has=page.get_by_role("link", name=number, exact=True))


def test_what_a_colleague_receives_shows_on_the_filtered_list_of_another_and_glows_once(
    world: World, open_desk: Callable[..., Page]
) -> None:
    world.supplier("MINHO")
    world.purchase_order("PO-1", "CHAIR", 12, promised="2026-03-20")
    for place, number in enumerate(("10480", "10481", "10482"), start=1):
        world.order(number, "CHAIR", 6, placed=f"2026-02-{place:02}", channel="web")
    world.plan()

    vera = open_desk("/orders?backorder=yes", role="viewer")
    vera.locator("summary", has_text="Channel").click()
    vera.get_by_role("link", name="web").click()
    expect(vera).to_have_url(re.compile(r"/orders\?channel=web&backorder=yes$"))
    vera.get_by_role("columnheader", name="Units waiting").get_by_role("link").click()
    expect(vera).to_have_url(re.compile(r"sort=-waiting$"))
    expect(row(vera, "10481")).to_contain_text("6")

    mara = open_desk("/orders/10480/lines/1")
    mara.get_by_role("link", name="Receive").click()
    mara.get_by_label("Units that came").fill("9")
    mara.get_by_role("button", name="Receive 9").click()
    expect(mara.locator(".notice")).to_contain_text("9 units of CHAIR received")

    expect(row(vera, "10480")).to_have_count(0)
    expect(row(vera, "10481").locator(".num").nth(1)).to_contain_text("3")
    expect(vera.locator(".is-changed")).to_have_count(1)
    expect(vera.locator("h1 + .page-name")).to_contain_text("2 orders")
    vera.go_back()
    expect(vera).to_have_url(re.compile(r"/orders\?channel=web&backorder=yes$"))
    # The address is there before its list is.
    expect(vera.get_by_role("columnheader", name="Units waiting")).to_have_attribute("aria-sort", "none")
    vera.get_by_role("link", name="Remove the filter: Backorder").click()
    expect(row(vera, "10480")).to_have_count(1)
