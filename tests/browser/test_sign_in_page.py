"""The door: everybody can open it, and it shows no more than it should."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.accessibility import assert_accessible

PLAIN_PAGES = ("/sign-in", "/password-resets", "/nothing-is-here")


@pytest.mark.parametrize("address", PLAIN_PAGES)
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_pages_before_sign_in_can_be_used_by_everybody(
    open_desk: Callable[..., Page], address: str, dark: bool
) -> None:
    page = open_desk(address, role=None, dark=dark, phone=dark)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert_accessible(page)


def test_the_theme_of_the_machine_is_there_before_the_first_paint(open_desk: Callable[..., Page]) -> None:
    page = open_desk("/sign-in", role=None, dark=True)
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == "rgb(13, 16, 21)"


def test_the_eye_shows_the_password_and_hides_it_again(open_desk: Callable[..., Page]) -> None:
    page = open_desk("/sign-in", role=None)
    password = page.get_by_label("Password", exact=True)
    eye = page.get_by_role("button", name="Show the password")
    password.fill("six words are better than one")
    eye.click()
    expect(password).to_have_attribute("type", "text")
    expect(eye).to_have_attribute("aria-pressed", "true")
    eye.click()
    expect(password).to_have_attribute("type", "password")


def test_a_wrong_password_is_said_in_the_form_and_keeps_the_address(open_desk: Callable[..., Page]) -> None:
    page = open_desk("/sign-in", role=None)
    page.get_by_label("E-mail").fill("mara@desk.example")
    page.get_by_label("Password", exact=True).fill("not the one")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("is wrong")
    expect(page.get_by_label("E-mail")).to_have_value("mara@desk.example")
    expect(page.get_by_label("Password", exact=True)).to_have_value("")
    assert_accessible(page)


def test_a_sign_in_page_offers_no_demo_people_unless_it_is_the_demo(open_desk: Callable[..., Page]) -> None:
    page = open_desk("/sign-in", role=None)
    expect(page.get_by_text("Demo sign-ins")).to_have_count(0)


def test_whoever_asks_for_a_new_password_reads_that_it_is_on_its_way(open_desk: Callable[..., Page]) -> None:
    page = open_desk("/password-resets", role=None)
    page.get_by_label("E-mail").fill("mara@desk.example")
    page.get_by_role("button", name="Send the link").click()
    expect(page.get_by_text("is on its way there")).to_be_visible()


@pytest.mark.parametrize("address", ["/password", "/second-factor"])
def test_pages_of_ones_own_account_can_be_used_by_everybody(open_desk: Callable[..., Page], address: str) -> None:
    page = open_desk(address)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert_accessible(page)
