"""The live state in the top bar, as somebody sees it whose page stands open over midnight."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from dashboard.jobs.catch_up import catch_up
from tests.browser.accessibility import assert_accessible
from tests.factories import World


@pytest.fixture
def new_day(app: Flask, world: World, today: date) -> None:
    """A line that waits, planned yesterday."""
    world.order("10480", "TABLE", 1, placed="2026-03-05")
    world.plan()
    app.config["BUSINESS_DATE"] = today + timedelta(days=1)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_a_page_catches_up_by_itself_and_reads_its_rows_again(
    new_day: None, open_desk: Callable[..., Page], dark: bool
) -> None:
    page = open_desk("/aging", role="viewer", dark=dark)
    page.get_by_text("Catching up").click()
    expect(page.get_by_text("Dates and figures are those of Thursday")).to_be_visible()
    assert_accessible(page)
    page.keyboard.press("Escape")
    with page.expect_response("**/aging*"):
        catch_up()
        expect(page.locator("#frame-live-state").get_by_text("Live")).to_be_visible()
    assert_accessible(page, within="#frame-live-state")


@pytest.mark.parametrize("width", [320, 390])
def test_a_pinned_day_and_the_state_have_room_on_a_phone(
    new_day: None, open_desk: Callable[..., Page], width: int
) -> None:
    page = open_desk("/aging", phone=True)
    page.set_viewport_size({"width": width, "height": 800})
    page.locator("summary.live-catching-up").click()
    expect(page.get_by_text("A new day has begun")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    sheet = page.locator(".live-state [open] .menu-sheet").bounding_box()
    assert sheet is not None
    assert sheet["x"] >= 0
    assert_accessible(page)

    page.context.set_offline(True)
    page.locator("summary.live-offline").click()
    expect(page.get_by_text("The desk does not answer", exact=True)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
