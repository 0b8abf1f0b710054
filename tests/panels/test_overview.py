"""The overview: what to do today, told once, the most urgent first; and what changed since yesterday."""

from __future__ import annotations

import re
from datetime import timedelta

from dashboard import clock, models
from dashboard.database import db, transaction
from dashboard.domain.aging import WAITING_LINES
from dashboard.panels.overview.panel import load
from dashboard.panels.overview.queries import NOT_ORDERED, ROWS_AT_A_TIME, SUPPLIER_LATE, Group, things_to_do
from tests.shops import filled_once

FAR = timedelta(days=4_000)


def overview_of(today):
    db.session.rollback()
    return load(db.session(), today)


def told(things):
    """Each thing as the person who reads it would point at it."""
    return [
        (thing.cause, thing.key, thing.lines, thing.units)
        if isinstance(thing, Group)
        else (thing.order_number, thing.line_no)
        for thing in things
    ]


@filled_once
def morning(world):
    """A SKU that nobody ordered and three wait for, a late purchase order, and a line of which a part is here."""
    today = clock.today()
    world.supplier("S", sells=["STOOL", "CHAIR"], name="Ostrava Steelworks")
    world.stock("CHAIR", 6)
    for number, units in (("B1", 2), ("B2", 1), ("B3", 4)):
        world.order(number, "BASKET", units, placed=today - timedelta(days=60), unit_price="58", currency="USD")
    world.purchase_order("4698", "STOOL", 40, supplier="S", ordered="2026-02-01", expected=today - timedelta(days=10))
    for number in ("C1", "C2"):
        world.order(number, "STOOL", 3, placed="2026-02-10", promised=today, unit_price="139", currency="USD")
    world.purchase_order("4711", "CHAIR", 24, supplier="S", ordered="2026-02-21", expected=today + timedelta(days=15))
    world.order("A1", "CHAIR", 10, placed="2026-02-20", promised=today + timedelta(days=1), currency="USD")
    world.order("A2", "CHAIR", 2, placed="2026-03-11", promised=today + timedelta(days=40), currency="USD")
    world.plan()


def test_what_one_act_would_cure_is_one_thing(morning, today):
    assert told(overview_of(today).things) == [
        (NOT_ORDERED, "BASKET", 3, 7),
        (SUPPLIER_LATE, "4698", 2, 6),
        ("A1", 1),
    ]


def test_a_late_purchase_order_says_when_it_was_to_come_and_which_line_could_be_moved(morning, today):
    _, late, _ = overview_of(today).things
    assert (late.due_on, late.line_nos, late.supplier) == (today - timedelta(days=10), (1,), "Ostrava Steelworks")
    assert [(value.currency, value.value) for value in late.values] == [("USD", 6 * 139_000_000)]


def test_of_a_line_that_is_partly_here_the_part_can_leave_from_the_page(morning, agent, viewer):
    page = agent.get("/overview").text
    assert "Ship 6, keep 4 waiting" in page
    assert "/orders/A1/lines/1/shipments/new" in page
    assert "Ship 6" not in viewer.get("/overview").text, "who may not ship is offered the line"


def test_things_are_the_worklist_with_what_is_alike_told_at_its_first_line(crowd, today):
    seen, expected = set(), []
    until = today + FAR
    for row in db.session.query(models.Waiting).order_by(
        models.Waiting.deadline,
        models.Waiting.dated,
        models.Waiting.priority_class,
        models.Waiting.placed_at,
        models.Waiting.order_number,
        models.Waiting.line_no,
    ):
        if row.cause == NOT_ORDERED and row.eta is None:
            key = (NOT_ORDERED, row.sku)
        else:
            key = (row.order_number, row.line_no)
        if key not in seen:
            seen.add(key)
            expected.append(key)
    found = [(each[0], each[1]) for each in told(things_to_do(db.session(), today, until=until))]
    assert found == expected[: len(found)]
    assert len(found) == min(len(expected), 13)
    assert NOT_ORDERED in {kind for kind, _ in found}


def test_a_crowd_behind_one_sku_does_not_hide_what_comes_after_it(world, today):
    with transaction():
        for number in range(ROWS_AT_A_TIME * 2):
            world.order(f"B{number:03}", "BASKET", 1, placed=today - timedelta(days=90))
        world.order("Z", "LAMP", 1, placed=today - timedelta(days=80))
    world.plan()
    assert told(overview_of(today).things) == [
        (NOT_ORDERED, "BASKET", ROWS_AT_A_TIME * 2, ROWS_AT_A_TIME * 2),
        (NOT_ORDERED, "LAMP", 1, 1),
    ]


def test_since_yesterday_is_a_sum_that_one_can_check(morning, today):
    assert overview_of(today).since is None, "no snapshot knows yesterday"
    with transaction() as saving:
        saving.add(
            models.DailySnapshot(day=today - timedelta(days=1), figure=WAITING_LINES, key="", currency="", amount=9)
        )
    morning.order("D", "BASKET", 1, placed=today)
    morning.plan()
    since = overview_of(today).since
    assert (since.were, since.joined, since.left, since.now) == (9, 1, 2, 8)
    assert since.were + since.joined - since.left == since.now


def test_a_day_on_which_nothing_is_due_is_called_good(world, today, viewer):
    assert "Nothing is planned yet" in viewer.get("/overview").text
    world.stock("CHAIR", 1)
    world.order("1", "CHAIR", 1, placed=today)
    world.plan()
    assert "Nothing is due today: good" in viewer.get("/overview").text


def test_the_overview_is_the_first_page(morning, viewer):
    assert viewer.get("/").headers["Location"] == "/overview"


def test_what_was_done_since_yesterday_stands_there_in_the_words_it_was_answered_with(morning, agent, manager):
    form = agent.get("/orders/A1/lines/1/shipments/new").text
    carried = dict(re.findall(r'name="(submission|version|opened|back)"[^>]*value="([^"]*)"', form))
    sent = agent.act("/orders/A1/lines/1/shipments", {**carried, "qty": "6"})
    assert sent.status_code == 200, sent.text
    since = manager.panel("/overview").text.split('id="overview-since"')[1]
    assert "Abel" not in manager.panel("/overview").text.split('id="overview-since"')[0]
    assert "6" in since
    assert "Agent · " in since


def test_what_nobody_ordered_is_ordered_at_its_row_by_whom_may_and_a_card_that_ends_is_asked_for(
    morning, viewer, manager, today
):
    morning.supplier("HALONG", sells=["BASKET"])
    morning.card("PM-1", customer="Z", month=2, year=2026)
    morning.order("Z1", "CHAIR", 1, placed="2026-03-11", customer="Z", currency="USD")
    morning.plan()
    draft, card = "/skus/BASKET/purchase-order-drafts/new", "/orders/Z1/card-requests/new"
    things = manager.panel("/overview").text.split('id="overview-since"')[0]
    assert f'hx-get="{draft}"' in things
    assert f'hx-get="{card}"' in things
    assert manager.get(draft).status_code == manager.get(card).status_code == 200
    seen = viewer.panel("/overview").text
    assert draft not in seen
    assert "See 3 lines" in seen
