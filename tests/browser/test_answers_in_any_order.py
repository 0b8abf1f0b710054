"""What was asked for last is what stands there, whichever answer comes first, and the address says the same."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.factories import World

BACK = "hx-history-restore-request"
SOURCE = "hx-source"


class Answers:
    """The answers of a page that are held back until they are let go."""

    def __init__(self, page: Page, of: str = "**/orders**") -> None:
        self.page, self.held, self.holds = page, [], lambda route: False
        page.route(of, self._take)

    def _take(self, route: Route) -> None:
        if self.holds(route):
            self.held.append(route)
        else:
            route.continue_()

    def hold(self, holds: Callable[[Route], bool]) -> None:
        self.holds = holds

    def wait_for(self, count: int = 1) -> None:
        for _ in range(150):
            if len(self.held) == count:
                return
            self.page.wait_for_timeout(100)
        pytest.fail(f"{len(self.held)} questions were held back, not {count}.")

    def let_go(self) -> None:
        """In the order of their questions, and no more are held; ends when they have come and were dealt with."""
        self.holds = lambda route: False
        for route in self.held:
            with self.page.expect_request_finished(lambda request, route=route: request == route.request):
                route.continue_()
            self.page.wait_for_timeout(200)
        self.held.clear()


def is_way_back(route: Route) -> bool:
    return BACK in route.request.headers


def is_way(route: Route) -> bool:
    return not is_way_back(route) and route.request.headers.get(SOURCE, "").startswith("a")


def is_read_again(route: Route) -> bool:
    return route.request.headers.get(SOURCE) == "section#orders-panel"


def stands(page: Page, address: str, *, chips: list[str]) -> None:
    """The address, and the filters of the list that is shown."""
    expect(page).to_have_url(re.compile(re.escape(address) + "$"))
    removers = page.locator("#orders-panel a[aria-label^='Remove the filter']")
    expect(removers).to_have_count(len(chips))
    for place, chip in enumerate(chips):
        expect(removers.nth(place)).to_have_attribute("aria-label", re.compile(f"^Remove the filter: {chip}"))


def test_address_and_list_are_one_in_whatever_order_the_answers_come(
    world: World, open_desk: Callable[..., Page]
) -> None:
    for place, number in enumerate(("10480", "10481"), start=1):
        world.order(number, "CHAIR", 6, placed=f"2026-02-{place:02}", channel="web")
    world.plan()
    page = open_desk("/orders?backorder=yes", role="viewer")
    answers = Answers(page)

    def remove(chip: str) -> None:
        page.locator(f"#orders-panel a[aria-label^='Remove the filter: {chip}']").click()

    def to_web() -> None:
        page.locator("summary", has_text="Channel").click()
        page.get_by_role("link", name="web").click()
        stands(page, "/orders?channel=web&backorder=yes", chips=["Channel", "Backorder"])

    # Back, and a filter clicked before what was there before has come: the click's answer comes first.
    to_web()
    answers.hold(is_way_back)
    page.evaluate("history.back()")
    answers.wait_for()
    remove("Backorder")
    stands(page, "/orders?channel=web", chips=["Channel"])
    answers.let_go()
    stands(page, "/orders?channel=web", chips=["Channel"])

    # The same, the page of before coming first: the click is still what was wished last.
    page.goto("/orders?backorder=yes")
    to_web()
    answers.hold(lambda route: is_way_back(route) or is_way(route))
    page.evaluate("history.back()")
    answers.wait_for(1)
    remove("Backorder")
    answers.wait_for(2)
    answers.let_go()
    stands(page, "/orders?channel=web", chips=["Channel"])
    page.evaluate("history.back()")
    stands(page, "/orders?backorder=yes", chips=["Backorder"])

    # A filter clicked, then back before its answer: nobody wants it any more.
    to_web()
    answers.hold(is_way)
    remove("Backorder")
    answers.wait_for()
    page.evaluate("history.back()")
    stands(page, "/orders?backorder=yes", chips=["Backorder"])
    answers.let_go()
    stands(page, "/orders?backorder=yes", chips=["Backorder"])

    # A list that reads itself again while somebody goes on: it comes too late, and the new one reads itself instead.
    answers.hold(is_read_again)
    page.evaluate("htmx.trigger(document.body, 'backorder-changed')")
    answers.wait_for()
    to_web()
    with page.expect_request(lambda request: "/orders?channel=web&backorder=yes" in request.url):
        answers.let_go()
    stands(page, "/orders?channel=web&backorder=yes", chips=["Channel", "Backorder"])


@pytest.mark.parametrize("comes_first", ["the form", "the panel"])
def test_a_form_that_is_opened_while_its_panel_reads_itself_again_stays(
    world: World, open_desk: Callable[..., Page], comes_first: str
) -> None:
    world.order("10480", "CHAIR", 6, placed="2026-02-01")
    world.plan()
    page = open_desk("/aging")
    answers = Answers(page, of=re.compile(r"/aging|/holds/|/orders/10480"))
    answers.hold(lambda route: route.request.headers.get(SOURCE, "").startswith("section"))
    world.order("10481", "CHAIR", 2, placed="2026-02-02")
    world.plan()
    page.evaluate("htmx.trigger(document.body, 'backorder-changed')")
    answers.wait_for(1)
    row = page.locator("#aging-panel tr[id^='aging-row-']").first
    if comes_first == "the panel":
        # The form's answer is held back too, and let go last.
        answers.hold(lambda route: True)
        row.hover()
        row.locator("[data-row-act]").first.click()
        answers.wait_for(2)
        answers.let_go()
    else:
        row.hover()
        row.locator("[data-row-act]").first.click()
        expect(page.locator(".act-slot .slot-card")).to_be_visible()
        answers.let_go()
    expect(page.locator(".act-slot .slot-card")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".act-slot .slot-card")).to_have_count(0)
    expect(page.locator("#aging-panel tr[id^='aging-row-']")).to_have_count(2)
