"""A real browser on a real server: what the tests in this folder stand on.

    from tests.browser.accessibility import assert_accessible

    def test_something(world, open_desk):
        world.order(…); world.plan()
        page = open_desk("/aging", role="viewer", dark=True, phone=True)
        expect(page.get_by_role("heading", name="Aging")).to_be_visible()
        assert_accessible(page)

Every page is watched: a script error, a broken rule of the content security policy, an answer of 500 or a request to
any other host fails the test that caused it, when it ends. The app runs on SQLite; both databases are the business of
the other tests.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Response, expect

from tests import chromium
from tests.browser.server import served
from tests.conftest import Desk

DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}

# Patience for a busy machine; what is there at once is found at once.
expect.set_options(timeout=15_000)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The browser that this machine has; without its sandbox, which root may not have and our own pages do not need."""
    path = chromium.find()
    if path is None:
        pytest.fail("No Chromium or Chrome here: `.venv/bin/python -m tests.chromium` brings one.", pytrace=False)
    return {**browser_type_launch_args, "executable_path": path, "args": ["--no-sandbox", "--disable-dev-shm-usage"]}


@pytest.fixture
def app(sqlite_app: Flask) -> Flask:
    """The desk on SQLite."""
    return sqlite_app


@pytest.fixture
def live_server(app: Flask) -> Iterator[str]:
    """The address under which the app answers a browser while the test runs."""
    with served(app) as address:
        yield address


@dataclass
class Watch:
    """What went wrong on the pages of a test. A test that provokes something takes it out again."""

    address: str
    complaints: list[str] = field(default_factory=list)

    def over(self, context: BrowserContext) -> None:
        context.on("console", self._console)
        context.on("weberror", lambda error: self.complaints.append(f"script error: {error.error}"))
        context.on("request", self._request)
        context.on("response", self._response)

    def _console(self, message: ConsoleMessage) -> None:
        # Chromium reports every 4xx as an error; those are answers of ours, and 5xx are seen below.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.complaints.append(f"console: {message.text}")

    def _request(self, request: Request) -> None:
        asked = urlsplit(request.url)
        if asked.scheme not in ("data", "blob") and f"{asked.scheme}://{asked.netloc}" != self.address:
            self.complaints.append(f"a request left this host: {request.url}")

    def _response(self, response: Response) -> None:
        missing = response.status == 404 and response.request.resource_type != "document"
        if response.status >= 500 or missing:
            self.complaints.append(f"{response.status} for {response.url}")


@pytest.fixture
def watch(live_server: str) -> Iterator[Watch]:
    """Sees what goes wrong on every page of the test, and says so at its end."""
    watch = Watch(live_server)
    yield watch
    assert watch.complaints == [], "The pages of this test complained; the first complaint is usually the cause."


@pytest.fixture
def open_desk(
    live_server: str, watch: Watch, sign_in: Callable[..., Desk], new_context: Callable[..., BrowserContext]
) -> Callable[..., Page]:
    """Opens an address as somebody of a role (None: not signed in), in the light or the dark, on a desk or a phone."""
    people: dict[str, Desk] = {}

    def open_desk(
        address: str = "/", *, role: str | None = "manager", dark: bool = False, phone: bool = False, **options: Any
    ) -> Page:
        context = new_context(
            base_url=live_server,
            viewport=PHONE if phone else DESKTOP,
            color_scheme="dark" if dark else "light",
            has_touch=phone,
            reduced_motion="reduce",
            service_workers="block",
            **options,
        )
        watch.over(context)
        if role is not None:
            if role not in people:
                people[role] = sign_in(role)
            context.add_cookies([_session_cookie(people[role], live_server)])
        page = context.new_page()
        page.goto(address)
        return page

    return open_desk


def _session_cookie(desk: Desk, address: str) -> Any:
    name = desk.application.config["SESSION_COOKIE_NAME"]
    cookie = desk.get_cookie(name)
    assert cookie is not None
    return {"name": name, "value": cookie.value, "url": address}
