"""What is true of every page that has an address, whether it is a panel or a list of another kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import event

from dashboard import audit, clock
from dashboard.database import db, transaction
from dashboard.domain.messages import CardAskedFor, DateMoved
from dashboard.messages.outbox import write
from dashboard.web.guards import OTHERS_ENDPOINTS
from tests.conftest import Desk, same_on_both, somebody
from tests.factories import World

# More than what the overview shows to be done today, of each of which it asks what it comes to; fewer than a page has.
FEW, MANY = 15, 30
# A page may look once more where there is something to look for: names of what it has found, the next page.
MORE_AT_MOST = 3


def pages(app: Flask, desk: Desk) -> list[str]:
    """Every address of ours without a variable part that answers somebody with a page."""
    rules = [rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()) and not rule.arguments]
    own = sorted(rule.rule for rule in rules if not rule.endpoint.startswith(OTHERS_ENDPOINTS))
    answers = {address: desk.get(address) for address in own}
    assert not [address for address, answer in answers.items() if answer.status_code >= 500]
    return [
        address
        for address, answer in answers.items()
        if answer.status_code == 200 and answer.text.lstrip().lower().startswith("<!doctype html")
    ]


def fill(world: World, numbers: range) -> None:
    """Of what stands on lists one more for each number: orders, supply, receipts, letters, acts, people."""
    today = clock.today()
    with transaction():
        for n in numbers:
            world.supplier(f"S{n}", sells=[f"A{n}"])
            world.stock(f"A{n}", 2)
            world.order(
                f"{n:03}",
                lines=[(f"A{n}", 6), (f"B{n}", 1)],
                placed=today - timedelta(days=20 + n),
                promised=today - timedelta(days=1),
                customer=f"K{n}",
                unit_price="10",
            )
            world.purchase_order(f"P{n}", f"A{n}", 3, supplier=f"S{n}", ordered="2026-02-01", expected="2026-03-01")
            world.purchase_order(f"D{n}", f"B{n}", 3, supplier=f"S{n}", status="draft")
            world.receive(f"P{n}", 1, on="2026-03-02")
            somebody("viewer", f"v{n}@desk.example")
    world.plan()
    with transaction():
        for n in numbers:
            order_id = world.line(f"{n:03}").order_id
            write(order_id, DateMoved(line_no=1, qty=6, ships_on=today))
            write(order_id, CardAskedFor())
            audit.record("priority-changed", f"order {n:03}", after={"priority": 2, "class": 2}, why="promised")


@contextmanager
def questions() -> Iterator[list[str]]:
    """What is asked of the database meanwhile."""
    asked: list[str] = []

    def count(*given: object) -> None:
        asked.append(str(given[2]))

    event.listen(db.engine, "before_cursor_execute", count)
    try:
        yield asked
    finally:
        event.remove(db.engine, "before_cursor_execute", count)


def asked_by(desk: Desk, addresses: list[str]) -> dict[str, Counter[str]]:
    found = {}
    for address in addresses:
        desk.get(address)  # what is looked up once a process is not the page's
        with questions() as asked:
            assert desk.get(address).status_code == 200, address
        found[address] = Counter(asked)
    return found


def test_no_page_asks_a_question_for_each_row(app: Flask, world: World, admin: Desk) -> None:
    fill(world, range(FEW))
    addresses = pages(app, admin)
    few = asked_by(admin, addresses)
    fill(world, range(FEW, MANY))
    for address, asked in asked_by(admin, addresses).items():
        more = asked - few[address]
        assert asked.total() <= few[address].total() + MORE_AT_MOST, f"{address}\n" + "\n".join(map(str, more.items()))


@same_on_both
def test_every_page_of_an_empty_shop_has_something_to_say(app: Flask, world: World, admin: Desk) -> None:
    world.plan()
    addresses = pages(app, admin)
    assert {"/aging", "/receiving", "/picking", "/deals", "/offers", "/track-record", "/people"} <= set(addresses)
    for address in addresses:
        assert "<h1" in admin.get(address).text, address


@same_on_both
@pytest.mark.parametrize("who", ["outsider", "viewer"])
def test_a_page_that_is_not_for_somebody_is_no_page(
    app: Flask, world: World, admin: Desk, who: str, request: pytest.FixtureRequest
) -> None:
    desk = request.getfixturevalue(who)
    for address in pages(app, admin):
        answer = desk.get(address)
        if who == "viewer":
            assert answer.status_code in (200, 403), address
        elif answer.status_code != 302:
            assert answer.status_code == 200, address
            assert "Overview" not in answer.text, f"{address} is the desk's own and open to anybody"
