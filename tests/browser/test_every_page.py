"""Every page, without a page being named here: usable by everybody, asking no other host, wide enough for a phone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page
from sqlalchemy import select

from dashboard import audit, clock
from dashboard.database import transaction
from dashboard.domain.messages import CardAskedFor, DateMoved
from dashboard.messages.outbox import write
from dashboard.models import Message
from dashboard.web.guards import OTHERS_ENDPOINTS
from tests.browser.accessibility import assert_accessible
from tests.conftest import Desk
from tests.factories import World
from tests.shops import filled_once

# Each theme and each width once; the two other pairs of them show nothing that neither of these does, but for a colour
# that is set for one width alone.
MODES = {
    "a desk, light": {},
    "a phone, dark": {"phone": True, "dark": True},
    "a desk, dark": {"dark": True},
    "a phone, light": {"phone": True},
}
LONG = ("a desk, dark", "a phone, light")
# Looked at in the long run: a page that is looked at elsewhere too, and parts of pages that stand alone where nothing
# runs in the browser.
ALSO = (
    "/purchase-orders/PO-1",
    "/aging/choices/eta?channel=web",
    "/lists/aging/saved-views/new",
    "/orders/10529/lines/1/acts",
    "/orders/10529/lines/1/supplier-reassignments/new",
    "/orders/10529/cancellations/new",
    "/selections/priorities/new?rows=1-1",
    "/skus/CHAIR/purchase-order-drafts/new",
)

# Its pictures are drawn, and what it asks for by itself when it opens has been answered; what it asks for again
# and again is nothing to wait for.
SETTLED = """() => {
  const address = (one) => new URL(one.getAttribute("hx-get") ?? one.getAttribute("hx-post"), location).href;
  const isAnswered = (one) => performance.getEntriesByName(address(one)).length > 0;
  const isDrawn = (chart) => !chart.querySelector(".chart-plot")?.clientWidth || chart.querySelector(".main-svg");
  return (
    [...document.querySelectorAll("[data-chart]")].every(isDrawn)
    && [...document.querySelectorAll("[hx-trigger^=load]")].every(isAnswered)
  );
}"""


@filled_once
def busy_shop(world: World) -> None:
    """Some of everything that a page can show: late, dated, undated, in part, in two currencies, a card that dies."""
    world.supplier("ACME", name="Acme & Söhne", sells=["CHAIR"])
    world.stock("CHAIR", 5)
    world.card("PM-1", month=3, year=2026)
    world.order("10480", "TABLE", 1, placed="2025-12-02", promised="2026-02-01")
    world.order("10529", lines=[("CHAIR", 8), ("LAMP", 2)], placed="2026-02-20", customer="Märta", currency="SEK")
    world.order("10587", "LAMP", 2, placed="2026-03-10", tier="vip", last_date="2026-03-20", channel="web")
    world.order("10601", lines=[("CHAIR", 2), ("TABLE", 1)], placed="2026-03-11", ship_complete=True)
    world.purchase_order("PO-1", "CHAIR", 4, supplier="ACME", expected="2026-03-20")
    world.purchase_order("PO-2", "LAMP", 1, supplier="ACME", expected="2026-03-01")
    world.plan()
    with transaction() as session:
        audit.record("priority-changed", "order 10529", after={"priority": 2, "class": 2}, why="promised by phone")
        write(world.line("10529").order_id, DateMoved(line_no=1, qty=8, ships_on=clock.today()))
        failed = write(world.line("10587").order_id, CardAskedFor())
        row = session.get_one(Message, failed.message_id)
        row.state, row.failure, row.not_before = "failed", "The mail server refused the address (550).", None


def addresses(app: Flask, desk: Desk) -> list[str]:
    """Every page of ours that has an address without a variable part, and those of one order and its line."""
    rules = [rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()) and not rule.arguments]
    own = sorted(rule.rule for rule in rules if not rule.endpoint.startswith(OTHERS_ENDPOINTS))
    # A part of a page, as the live state is, has no address that anybody opens; nor has a form for whatever was chosen.
    answers = {address: desk.get(address) for address in own}
    pages = [
        address
        for address, answer in answers.items()
        if answer.status_code not in (403, 404) and answer.text.lstrip().lower().startswith("<!doctype html")
    ]
    assert "/aging" in pages
    of_one = (
        "/orders/10529",
        "/orders/10529/lines/1",
        "/reports/backorders/page?channel=web&deadline=overdue",
        "/messages/2",
        "/messages/texts/offer-made?order=10529",
    )
    return [*pages, *(address for address in of_one if desk.get(address).status_code != 403)]


def customers_page(desk: Desk) -> str:
    """The address of the page that a customer opens, as it stands in the letter with an offer."""
    offer = {"kind": "percent", "percent": "10", "until": "2026-03-19"}
    assert desk.act("/orders/10587/lines/1/incentive-offers", offer).status_code == 200
    with transaction() as session:
        letter = session.scalars(select(Message.body).where(Message.body.contains("/your-order/"))).one()
    return f"/your-order/{letter.split('/your-order/')[1].split()[0]}"


@pytest.mark.parametrize("mode", [pytest.param(mode, marks=pytest.mark.deep if mode in LONG else ()) for mode in MODES])
def test_every_page_of_a_busy_shop_can_be_used_by_everybody(
    app: Flask, busy_shop: World, manager: Desk, open_desk: Callable[..., Page], mode: str
) -> None:
    also = (*ALSO, customers_page(manager)) if mode in LONG else ()
    page = open_desk("/", **MODES[mode])
    for address in (*addresses(app, manager), *also):
        answer = page.goto(address)
        assert answer is not None
        assert answer.ok, f"{address} answers {answer.status}"
        page.wait_for_function(SETTLED)
        assert_accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), f"{address} scrolls sideways"


def test_every_page_of_an_empty_shop_can_be_used_by_everybody(
    app: Flask, viewer: Desk, open_desk: Callable[..., Page]
) -> None:
    page = open_desk("/", role="viewer")
    for address in addresses(app, viewer):
        answer = page.goto(address)
        assert answer is not None
        assert answer.ok or (answer.status == 404 and "orders/" in address), f"{address} answers {answer.status}"
        page.wait_for_function(SETTLED)
        assert_accessible(page)
