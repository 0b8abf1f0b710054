"""An offer from the desk to its customer and back; and the acts at the rows of panels, by keyboard alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from dashboard.database import db
from dashboard.models import Message
from tests.browser.accessibility import assert_accessible
from tests.factories import World, as_micros

PANELS = ("aging", "cancellation-risk", "expiring-payments")


@pytest.fixture
def shop(world: World) -> World:
    """Two of six chairs are here, and two suppliers sell them; the card ends before the others come."""
    world.supplier("SLOW", name="Ostrava Steelworks", lead_time_days=30)
    world.supplier("QUICK", name="Cascade Millwork", lead_time_days=9)
    world.terms("SLOW", "CHAIR", cost="74")
    world.terms("QUICK", "CHAIR", cost="92")
    world.sku("CHAIR", name="Oak chair", cost=as_micros("92"), currency="EUR")
    world.stock("CHAIR", 2)
    world.purchase_order("PO-1", "CHAIR", 4, supplier="SLOW", promised="2026-03-02", expected="2026-03-27")
    world.card("PM-1", customer="June", month=3, year=2026)
    world.order(
        "10482", "CHAIR", 6, placed="2026-02-03", promised="2026-03-25", unit_price="215", customer="June",
        shipping_amount=as_micros("10"),
    )  # fmt: skip
    world.plan()
    return world


def test_what_the_desk_offers_above_its_limit_is_allowed_mailed_accepted_and_seen(
    shop: World, open_desk: Callable[..., Page]
) -> None:
    agent, manager = open_desk("/aging", role="agent"), open_desk("/overview", role="manager")
    agent.locator("tr", has_text="10482").hover()
    agent.locator("[data-row-act='incentive-offers']").click()
    agent.get_by_label("Percent off").fill("20")
    button = agent.locator(".slot-foot .btn-primary")
    expect(button).to_contain_text("Ask for approval")
    expect(button).to_be_in_viewport()
    button.click()
    expect(agent.locator(".notice")).to_contain_text("waits for approval")
    expect(agent.get_by_title("An offer waits for approval")).to_be_visible()

    # Nobody has pressed anything there: it is told by itself.
    manager.get_by_role("link", name="1 offer to approve").click()
    manager.get_by_role("link", name="Decide").click()
    decided = manager.locator(".slot-foot .btn-primary")
    expect(decided).to_have_text("Let it go out")
    manager.get_by_label("Refuse").check()
    expect(decided).to_have_text("Refuse")
    manager.get_by_label("Let it go out").check()
    manager.get_by_label("Why").fill("she has waited long")
    expect(manager.locator(".foreseen")).to_contain_text("is offered")
    assert_accessible(manager)
    manager.keyboard.press("Enter")
    expect(manager.locator("#offers-table")).to_contain_text("No offer waits for approval")

    db.session.rollback()
    body = db.session.scalars(select(Message.body).where(Message.kind == "offer-made")).one()
    customer = open_desk("/your-order/" + body.split("/your-order/")[1].split()[0], role=None, phone=True)
    expect(customer.get_by_role("heading", level=1)).to_contain_text("would you still wait?")
    assert_accessible(customer)
    customer.get_by_role("button", name="Accept and wait").click()
    expect(customer.locator("main, body").first).to_contain_text("You accepted")

    expect(agent.get_by_title("An offer was accepted")).to_be_visible()
    manager.goto("/offers")
    expect(manager.locator("#offers-table")).to_contain_text("Accepted")
    assert_accessible(manager)

    history = open_desk("/history", role="manager", phone=True)
    approved = history.locator("tr", has_text="Offer approved")
    for fact in ("Manager", "waiting approval", "she has waited long"):
        expect(approved.get_by_text(fact)).to_be_visible()
    assert_accessible(history)


@pytest.mark.parametrize("hand", ["keyboard", pytest.param("mouse", marks=pytest.mark.deep)])
@pytest.mark.parametrize("panel", [PANELS[0], *(pytest.param(one, marks=pytest.mark.deep) for one in PANELS[1:])])
def test_from_a_panels_row_a_line_is_reassigned_split_and_offered_by_one_hand_alone(
    shop: World, open_desk: Callable[..., Page], panel: str, hand: str
) -> None:
    page = open_desk(f"/{panel}")
    notice, button = page.locator(".notice").last, page.locator(".slot-foot .btn-primary")

    def press(opener: Locator) -> None:
        if hand == "mouse":
            row = page.locator("tr", has=opener)
            if row.count():  # its acts come with the pointer
                row.first.hover()
            opener.click()
        else:
            opener.focus()
            page.keyboard.press("Enter")

    def open_act(word: str) -> Locator:
        opener = page.locator(f"[data-row-act='{word}']").first
        if opener.count():
            press(opener)
        else:  # behind the dots, as what a panel is opened for comes first
            opener = page.locator("[data-row-act='acts']").first
            press(opener)
            press(page.locator(f".slot-card [href*='{word}/new']").first)
        expect(page.locator("form.slot-card :focus")).to_have_count(1)
        expect(page.locator(".foreseen")).not_to_contain_text("Not looked at yet.")
        return opener

    def send() -> None:
        """The panel reads itself again after what is done; a form that is opened meanwhile would go with its row."""
        with page.expect_response(lambda answer: f"/{panel}" in answer.url):
            if hand == "mouse":
                button.click()
            else:
                page.keyboard.press("Enter")

    def read() -> None:
        """Who has read a notice that lists something puts it away: it may lie over the row."""
        if hand == "mouse":
            notice.get_by_role("button", name="Close this notice").click()

    opener = open_act("supplier-reassignments")
    expect(button).to_contain_text("Cascade Millwork")
    expect(button).to_be_in_viewport()
    send()
    expect(notice).to_contain_text("move to Cascade Millwork")
    expect(opener).to_be_focused()
    read()

    opener = open_act("shipment-splits")
    expect(button).to_contain_text("Ship 2 now, keep 4 waiting")
    expect(button).to_be_in_viewport()
    send()
    expect(notice).to_contain_text("to be packed")
    expect(page.locator("tr", has_text="10482").first.locator(":focus")).to_have_count(1)
    read()

    opener = open_act("incentive-offers")
    expect(button).to_contain_text("Offer 10 % off")
    if hand == "mouse":
        page.get_by_role("link", name="No offer").click()
    else:
        page.keyboard.press("Escape")
    expect(page.locator(".slot-card")).to_have_count(0)
    expect(opener).to_be_focused()
    opener = open_act("incentive-offers")
    send()
    expect(notice).to_contain_text("is offered")
    expect(page.get_by_title("An offer is open").first).to_be_visible()
    expect(opener).to_be_focused()


@pytest.mark.deep
@pytest.mark.parametrize("address", ["/lead-times?supplier=SLOW", "/fast-movers"])
def test_where_a_supplier_or_a_product_is_shown_its_units_are_given_to_another_by_keyboard_alone(
    shop: World, open_desk: Callable[..., Page], address: str
) -> None:
    page = open_desk(address)
    page.locator("a[href*='supplier-reassignments/new']").first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Units to move")).to_be_focused()
    expect(page.locator(".slot-foot .btn-primary")).to_contain_text("Cascade Millwork")
    page.keyboard.press("Enter")
    expect(page.locator(".notice").last).to_contain_text("move to Cascade Millwork")
    expect(page.locator(".slot-card")).to_have_count(0)
    expect(page.locator("main :focus")).to_have_count(1)


@pytest.mark.deep
def test_wherever_a_supplier_or_a_product_is_shown_its_units_are_given_to_another_by_mouse_and_the_focus_comes_back(
    shop: World, open_desk: Callable[..., Page]
) -> None:
    page = open_desk("/lead-times")
    for address in ("/lead-times?supplier=SLOW", "/fast-movers", "/purchase-orders/PO-1", "/orders/10482/lines/1"):
        page.goto(address)
        opener = page.locator("a[href*='supplier-reassignments/new']").first
        row = page.locator("tr", has=opener)
        if row.count():
            row.first.hover()
        opener.click()
        expect(page.locator("form.slot-card")).to_contain_text("Cascade Millwork")
        page.keyboard.press("Escape")
        expect(page.locator("form.slot-card")).to_have_count(0)
        expect(opener).to_be_focused()
