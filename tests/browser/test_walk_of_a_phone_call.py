"""A call, without the mouse: the order is found, the answer read, an offer made, the call logged, another promised."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from dashboard import search_words
from dashboard.database import db, transaction
from dashboard.models import CallBack, IncentiveOffer, Note
from tests.browser.accessibility import assert_accessible
from tests.factories import World
from tests.shops import filled_once

MOST_TABS = 120  # to whatever stands on the page of an order


@filled_once
def shop(world: World) -> None:
    """Two of six chairs are here; the customer has one order, and another customer is called alike."""
    world.customer("HW", name="Hannah Whitlock", email="hannah@customers.example", phone="+1 208 555 0192")
    world.customer("HB", name="Hannah Brandt")
    world.supplier("S", name="Ostrava Steelworks")
    world.sku("CHAIR", name="Oak chair")
    world.stock("CHAIR", 2)
    world.purchase_order("PO-1", "CHAIR", 10, supplier="S", promised="2026-03-20", expected="2026-03-27")
    world.order("10480", "CHAIR", 6, placed="2026-03-01", promised="2026-03-22", customer="HW", unit_price="215")
    world.order("10481", "CHAIR", 2, placed="2026-03-02", customer="HB")
    world.plan()
    with transaction() as session:
        search_words.keep_all(session.connection())


def tab_to(page: Page, wanted: Locator) -> None:
    """Go on with the tabulator until something has the focus, as somebody without a mouse does."""
    expect(wanted).to_be_attached()
    for _ in range(MOST_TABS):
        if wanted.evaluate("one => one === document.activeElement"):
            return
        page.keyboard.press("Tab")
    pytest.fail("The tabulator does not come there.")


def test_a_call_is_answered_from_the_search_to_the_log_by_the_keyboard_alone(
    shop: World, open_desk: Callable[..., Page]
) -> None:
    page = open_desk("/aging", role="agent")
    notice, button = page.locator(".notice").last, page.locator(".slot-foot .btn-primary")

    page.keyboard.press("/")
    page.keyboard.type("hannah w")
    options = page.get_by_role("option")
    expect(options.filter(has_text="10480")).to_be_visible()
    chosen = page.locator("[role=option][aria-selected=true]")
    for _ in range(options.count()):
        if "10480" in "".join(chosen.all_inner_texts()):
            break
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/orders/10480")
    answer = page.locator("#orders-answer-words")
    expect(answer).to_contain_text("March")
    expect(answer).to_be_in_viewport()

    tab_to(page, page.locator("[data-row-act='incentive-offers']").first)
    page.keyboard.press("Enter")
    expect(button).to_contain_text("Offer 10 % off")
    assert_accessible(page)
    page.keyboard.press("Enter")
    expect(notice).to_contain_text("is offered")
    expect(page.locator("#orders-offers")).to_be_visible()

    tab_to(page, page.get_by_role("link", name="Log the call"))
    page.keyboard.press("Enter")
    expect(page.locator("form.slot-card textarea")).to_be_focused()
    page.keyboard.type("Asked where her chairs are; waits.")
    tab_to(page, button)
    page.keyboard.press("Enter")
    expect(notice).to_contain_text("Contact by phone noted")

    tab_to(page, page.get_by_role("link", name="Promise a call"))
    page.keyboard.press("Enter")
    expect(page.get_by_label("Time")).to_be_focused()
    page.keyboard.press("Enter")
    expect(notice).to_contain_text("calls the customer of order 10480")
    expect(page.locator(".answer-aside")).to_contain_text("Promised:")

    db.session.rollback()
    assert db.session.scalars(select(IncentiveOffer.state)).all() == ["offered"]
    assert db.session.execute(select(Note.says, Note.contact)).all() == [
        ("Asked where her chairs are; waits.", "phone")
    ]
    assert db.session.scalars(select(CallBack.done_at)).all() == [None]
