"""A shortage, from its purchase order to who gets what came: bought, late, explained, come in part, dealt out again."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from dashboard.jobs.simulate_deals import simulate_deals
from tests.browser.accessibility import assert_accessible
from tests.browser.conftest import DESKTOP, PHONE
from tests.factories import World
from tests.shops import filled_once

ORDERS = ("10480", "10481", "10482")


@filled_once
def shop(world: World) -> None:
    """Eighteen chairs are sold and none is here or on order; whoever waits longest stands behind two VIPs."""
    world.supplier("MINHO", name="Minho & Sons", lead_time_days=10, email="orders@minho.example")
    world.terms("MINHO", "CHAIR", cost="92.50")
    world.order("10480", "CHAIR", 6, placed="2026-02-03", promised="2026-03-25", customer="A")
    world.order("10481", "CHAIR", 6, placed="2026-03-02", promised="2026-03-25", customer="B", tier="vip")
    world.order("10482", "CHAIR", 6, placed="2026-03-03", promised="2026-03-25", customer="C", tier="vip")
    world.plan()


def test_what_is_short_is_bought_explained_received_and_dealt_out_again_and_stays_dealt(
    shop: World, open_desk: Callable[..., Page]
) -> None:
    page = open_desk("/purchasing")
    button, notice = page.locator(".slot-foot .btn-primary"), page.locator(".notice").last

    # What three orders lack becomes one purchase order, and is sent.
    row = page.locator("#purchasing-table tbody tr").first
    expect(row).to_contain_text("18")
    row.get_by_role("link", name="Draft").click()
    page.get_by_label("Units of Product CHAIR").fill("18")
    button.click()
    expect(notice).to_contain_text("DESK-P1")
    page.goto("/purchase-orders/DESK-P1")
    page.get_by_role("link", name="Send", exact=True).click()
    page.get_by_label("Promised for").fill("2026-03-20")
    expect(page.locator(".foreseen tbody tr")).to_have_count(3)
    button.click()
    expect(notice).to_contain_text("the letter to the supplier waits in the outbox")

    # The supplier slips: whom it hits is seen before it is saved, and each line says it afterwards.
    page.get_by_role("link", name="Move", exact=True).click()
    page.get_by_label("New date").fill("2026-04-02")
    page.get_by_label("What the supplier said").fill("The dye house is shut.")
    for order in ORDERS:
        expect(page.locator(".foreseen tbody tr", has_text=order)).to_contain_text("2 Apr")
    button.click()
    expect(page.locator("#purchase-orders-line-1")).to_contain_text("2 Apr")
    expect(page.locator("#purchase-orders-line-1")).to_contain_text("20 Mar")
    for order in ORDERS:
        page.goto(f"/orders/{order}/lines/1")
        expect(page.locator(".answer")).to_contain_text(
            "All 6 are promised from PO DESK-P1 for 2 April, 8 days after the promise."
        )
    expect(page.locator(".answer")).to_contain_text("Before it stand 6 units of 1 older order")

    # Eight of them come: the queue gives them to the VIPs, and the pick list has them.
    page.goto("/receiving")
    page.keyboard.type("DESK-P1")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Came of CHAIR")).to_be_focused()
    page.keyboard.type("8")
    expect(page.locator(".foreseen")).to_contain_text("10482 / 1")
    page.keyboard.press("Enter")
    expect(notice).to_contain_text("Ready to ship for 2 orders")
    notice.get_by_role("link", name="Pick list").click()
    expect(page.locator("#picking-list tbody tr")).to_have_count(2)
    expect(page.locator("#picking-list")).not_to_contain_text("10480")

    # A way of dealing that favours who waits longest is kept, simulated and committed.
    page.goto("/deals")
    page.get_by_role("link", name="New way").click()
    page.get_by_label("Name").fill("Oldest first")
    groups = page.locator(".deal-group")
    groups.nth(0).get_by_label("Strategy").select_option("win")
    groups.nth(0).get_by_label("Whom").fill("placed=..2026-02-28")
    groups.nth(0).get_by_label("Order").select_option("oldest")
    groups.nth(1).get_by_label("Strategy").select_option("redistribute")
    button.click()
    way = page.locator(".deal-variants tbody tr", has_text="Oldest first")
    way.get_by_role("link", name="Simulate").click()
    button.click()
    expect(page.locator("#deals-run-1")).to_contain_text("Waits")
    assert simulate_deals() == "run 1"
    page.goto("/deals/1")
    expect(page.locator("#deals-results tbody tr", has_text="10480")).to_contain_text("ready to ship")
    expect(page.locator("#deals-results tbody tr", has_text="10481")).to_contain_text("2 Apr")
    assert_accessible(page)
    page.set_viewport_size(PHONE)
    for cell in page.locator(".deal-strategies tbody tr").first.locator("td").all():
        box = cell.bounding_box()
        assert box is not None, "each of its figures stands on the phone"
        assert box["x"] + box["width"] <= PHONE["width"], "and nothing is moved sideways for it"
    page.set_viewport_size(DESKTOP)
    page.get_by_role("link", name="Commit").click()
    page.locator(".slot-card input[name='reason']").fill("Nobody waits two months.")
    button.click()
    expect(notice).to_contain_text("is committed: 3 lines move")

    # It stands, and the next receipt goes where the run said.
    page.goto("/purchase-orders/DESK-P1")
    page.get_by_role("link", name="Receive").last.click()
    expect(button).to_be_visible()
    page.locator(".slot-card input[name='qty']").fill("4")
    button.click()
    expect(notice).to_contain_text("10481")
    page.goto("/orders/10480/lines/1")
    expect(page.locator(".answer")).to_contain_text("All 6 are here and can leave today.")
    page.goto("/orders/10481/lines/1")
    expect(page.locator(".answer")).to_contain_text("All 6 are here and can leave today.")
    page.goto("/orders/10482/lines/1")
    expect(page.locator(".answer")).to_contain_text("All 6 are promised from PO DESK-P1")
