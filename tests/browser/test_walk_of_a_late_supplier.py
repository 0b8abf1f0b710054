"""A morning at the desk, by keyboard alone: a supplier is late, its units come from somebody else, one order leaves in
part, whoever is most likely to leave is offered something, the history says it all, and one of the acts is taken back.
"""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from tests.browser.accessibility import assert_accessible
from tests.factories import World, as_micros
from tests.shops import filled_once


@filled_once
def shop(world: World) -> None:
    """Two of the chairs are here, ten are late; QUICK sells them too, by packs of four."""
    world.supplier("SLOW", name="Ostrava Steelworks", lead_time_days=30)
    world.supplier("QUICK", name="Cascade Millwork", lead_time_days=9)
    world.supplier("FAR", name="Gdynia Metal", lead_time_days=60)
    world.terms("SLOW", "CHAIR", cost="74")
    world.terms("QUICK", "CHAIR", cost="92", pack_size=4)
    world.terms("FAR", "CHAIR", cost="70")
    world.stock("CHAIR", 2)
    world.purchase_order("PO-1", "CHAIR", 10, supplier="SLOW", promised="2026-03-02", expected="2026-03-02")
    world.order(
        "10480",
        "CHAIR",
        6,
        placed="2026-02-03",
        promised="2026-03-25",
        unit_price="215",
        shipping_amount=as_micros("10"),
    )
    world.order("10481", "CHAIR", 4, placed="2026-02-04", promised="2026-03-13", unit_price="215", customer="D")
    world.plan()


def press(page: Page, opener: Locator) -> None:
    """Go to what opens a form, and open it."""
    opener.focus()
    page.keyboard.press("Enter")


def test_a_late_supplier_is_replaced_and_what_was_done_can_be_read_and_taken_back(
    shop: World, open_desk: Callable[..., Page]
) -> None:
    page = open_desk("/overview")
    button, notice = page.locator(".slot-foot .btn-primary"), page.locator(".notice").last

    # The late supplier leads; its units are given to whoever brings them sooner.
    late = page.locator("#overview-po-PO-1")
    expect(late).to_contain_text("Supplier late")
    press(page, late.get_by_role("link", name="Reassign"))
    expect(page.get_by_label("Units to move")).to_be_focused()
    expect(page.get_by_label("Units to move")).to_have_value("8")
    rows = page.locator(".candidates tbody tr")
    expect(rows.filter(has_text="Cascade Millwork")).to_contain_text("get a date")
    expect(rows.filter(has_text="Ostrava Steelworks")).to_contain_text("has them already")
    expect(button).to_have_text("Move 8 to Cascade Millwork · costs €144.00 more", use_inner_text=True)
    expect(page.locator(".outlook tbody tr")).to_have_count(2)
    assert_accessible(page)
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("6")
    expect(rows.filter(has_text="Cascade Millwork")).to_contain_text("2 left over")
    for _ in range(3):  # over the reason, to whether it is ordered now, to the suppliers
        page.keyboard.press("Tab")
    expect(page.get_by_role("radio", name="Cascade Millwork")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.locator(".foreseen")).to_contain_text("Ostrava Steelworks has them already. Choose another supplier.")
    page.keyboard.press("ArrowDown")
    expect(button).to_contain_text("Move 6 to Gdynia Metal · saves €24.00")
    expect(page.get_by_role("radio", name="Gdynia Metal")).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(button).to_contain_text("Cascade Millwork")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Space")
    expect(page.get_by_label("It is ordered now")).to_be_checked()
    page.keyboard.press("Enter")

    # Who improved, and by what.
    expect(notice).to_contain_text("6 units of CHAIR move to Cascade Millwork: PO DESK-P2 over 8, 2 more than move.")
    expect(notice).to_contain_text("PO DESK-P2 is sent to Cascade Millwork: 8 units, by 21 March as quoted.")
    expect(notice.locator("tr", has_text="10480")).to_contain_text("21 Mar")

    # Whoever expected it sooner is told, with the letter shown before.
    press(page, notice.get_by_role("link", name="Tell 1 customer"))
    expect(page.get_by_label("Why")).to_be_focused()
    expect(page.locator("#frame-slot .foreseen")).to_contain_text("silence is consent")
    expect(page.locator("#frame-slot .foreseen")).to_contain_text("The letter")
    assert_accessible(page)
    page.keyboard.press("Enter")
    expect(notice).to_contain_text("Done for 1 order.")
    page.goto("/purchase-orders/DESK-P2")
    expect(page.get_by_role("heading", name="DESK-P2")).to_be_visible()
    expect(page.locator("#purchase-orders-waiting + *, #purchase-orders-order")).to_contain_text(["10480"])
    assert_accessible(page)

    # What is here of the first order leaves by itself.
    page.goto("/orders/10480/lines/1")
    press(page, page.get_by_role("link", name="Split", exact=True))
    expect(button).to_contain_text("Ship 2 now, keep 4 waiting")
    page.keyboard.press("Enter")
    expect(page.locator("#orders-parts")).to_be_visible()

    # Who is most likely to leave is offered something.
    page.goto("/cancellation-risk")
    riskiest = page.locator("#cancellation-risk-table tbody tr").first
    press(page, riskiest.locator("[data-row-act='incentive-offers']"))
    expect(page.get_by_label("Percent off")).to_be_focused()
    expect(page.locator(".foreseen")).not_to_contain_text("Not looked at yet.")
    page.keyboard.press("Enter")
    expect(page.locator(".slot-card")).to_have_count(0)
    expect(notice).to_contain_text("offer")

    # All of it stands in the history, and the split is taken back from there.
    page.goto("/history")
    acts = page.locator("#history-table tbody tr")
    expect(acts.filter(has_text="QUICK")).to_contain_text("purchase-order-line PO-1/1")
    expect(acts.filter(has_text="Incentive offered")).to_have_count(1)
    split = acts.filter(has_text="Shipment split")
    press(page, split.get_by_role("button", name="Undo"))
    expect(notice).to_contain_text("is together again")
    page.goto("/orders/10480/lines/1")
    expect(page.locator("#orders-line")).to_be_visible()
    expect(page.locator("#orders-parts")).to_have_count(0)
