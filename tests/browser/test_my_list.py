"""Somebody's own list while it stands open: what falls due shows itself, what is done goes, what others do is said."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from playwright.sync_api import Page, expect

from dashboard import clock, topics
from dashboard.actions.call_backs.action import promise_call_back
from dashboard.actions.notes.action import write_note
from dashboard.database import transaction
from dashboard.models import CallBack
from tests.actions.posting import order_id
from tests.browser.accessibility import assert_accessible
from tests.conftest import Desk, somebody
from tests.factories import World
from tests.shops import filled_once

# Longer than a page takes to open, so that it is seen before and after.
SOON = timedelta(seconds=6)


@filled_once
def shop(world: World) -> None:
    """Two orders that wait."""
    world.customer("HW", name="Hannah Whitlock", phone="+1 208 555 0192")
    world.order("10480", "CHAIR", 6, placed="2026-03-01", customer="HW", unit_price="58")
    world.order("10481", "CHAIR", 2, placed="2026-03-02", unit_price="58")
    world.plan()


def promise(number: str, person: int, *, falls_due_in: timedelta | None = None) -> None:
    made = promise_call_back(order_id(number), day=date(2026, 3, 20), at="9:00", actor=person)
    if falls_due_in is not None:
        with transaction() as session:
            session.get_one(CallBack, int(made.made)).due_at = clock.now() + falls_due_in
            session.flush()
            topics.bump(session.connection(), topics.WORK, topics.CALLS)


def test_a_call_that_falls_due_shows_itself_on_every_page_and_goes_when_it_is_made(
    shop: World, open_desk: Callable[..., Page]
) -> None:
    agent = somebody("agent").id
    mine, elsewhere = open_desk("/my-list", role="agent"), open_desk("/overview", role="agent")
    expect(mine.get_by_text("Nothing is on your list")).to_be_visible()
    promise("10481", agent)
    expect(mine.locator("#my-list-call-1")).to_contain_text("20 Mar")
    promise("10480", agent, falls_due_in=SOON)
    row = mine.locator("#my-list-call-2")
    expect(row).to_contain_text("+1 208 555 0192")
    expect(row).not_to_contain_text("Due since")
    expect(elsewhere.locator("#frame-live-count")).to_be_empty()

    # Nobody presses anything, and nobody changes anything: the moment comes.
    expect(row).to_contain_text("Due since")
    expect(mine.get_by_text("1 call due now")).to_be_visible()
    expect(elsewhere.locator("#frame-live-count")).to_have_text("1 due now")
    assert_accessible(mine)
    assert_accessible(elsewhere)

    mine.get_by_role("button", name="Called the customer of 10480").focus()
    mine.keyboard.press("Enter")
    expect(mine.locator(".notice").last).to_contain_text("The customer of order 10480 was called back.")
    expect(row).to_have_count(0)
    expect(elsewhere.locator("#frame-live-count")).to_be_empty()
    expect(mine.locator("#frame-live-count")).to_be_empty()


def test_a_call_is_put_off_in_its_row_by_keyboard_and_a_form_that_stands_open_stays(
    shop: World, open_desk: Callable[..., Page]
) -> None:
    agent = somebody("agent").id
    promise("10480", agent)
    page = open_desk("/my-list", role="agent", phone=True, dark=True)
    page.locator("#my-list-slot-call-1-ring-again").focus()
    page.keyboard.press("Enter")
    time = page.get_by_label("Time")
    expect(time).to_be_focused()
    time.fill("16:30")
    promise("10481", agent, falls_due_in=timedelta(seconds=1))
    expect(page.locator("#frame-live-count")).to_have_text("1 due now", use_inner_text=False)
    expect(time).to_have_value("16:30")
    assert_accessible(page)
    page.get_by_label("Day").fill("2026-03-21")
    expect(page.locator(".slot-foot .btn-primary")).to_have_text("Ring again by 16:30")
    time.press("Enter")
    expect(page.locator(".notice").last).to_contain_text("called again by 21 March, 16:30")
    expect(page.locator("#my-list-call-1")).to_contain_text("21 Mar, 16:30")
    expect(page.locator("#my-list-call-2")).to_contain_text("Due since")


def test_an_order_is_followed_at_its_page_and_says_what_a_colleague_did_to_it(
    shop: World, manager: Desk, open_desk: Callable[..., Page]
) -> None:
    page = open_desk("/orders/10480", role="agent")
    page.get_by_role("button", name="Follow", exact=True).click()
    expect(page.locator(".notice").last).to_contain_text("You follow order 10480")
    expect(page.get_by_role("button", name="Unfollow", exact=True)).to_be_visible()
    page.goto("/my-list")
    row = page.locator("[id^=my-list-order-]")
    expect(row).to_contain_text("nothing new")
    write_note(order_id("10480"), says="she rings at noon", actor=manager.person.id)
    expect(row).to_contain_text("Note written")
    assert_accessible(page)
    row.get_by_role("button", name="Seen what was done to 10480").click()
    expect(row).to_contain_text("nothing new")
    row.get_by_role("button", name="Unfollow 10480").click()
    expect(page.get_by_text("Nothing is on your list")).to_be_visible()
