"""An order, a line of it, and finding one."""

from __future__ import annotations

import json
import re
from datetime import date
from urllib.parse import urlencode

import plotly.graph_objects as go
import pytest
from sqlalchemy import event, select
from werkzeug.routing import Map, Rule

from dashboard.actions.assignments.action import assign_line
from dashboard.actions.purchase_order_dates.action import move_date
from dashboard.audit import ACTS
from dashboard.database import db, transaction
from dashboard.models import OrderLine, PurchaseOrderLine
from dashboard.panels.cancellation_risk.queries import scored_lines
from dashboard.panels.filters import Selection
from dashboard.panels.orders.addresses import IdentifierConverter
from dashboard.panels.orders.done import TOLD_ELSEWHERE
from dashboard.panels.orders.panel import load_line, load_order
from dashboard.panels.orders.timeline import ON_MESSAGES, ON_SUPPLY
from tests.actions.posting import one_line
from tests.panels.conftest import fill_shop
from tests.shops import filled_once


def order(number: str, today: date):
    db.session.rollback()
    return load_order(db.session(), number, today, region="US")


def line(number: str, line_no: int, today: date):
    db.session.rollback()
    return load_line(db.session(), number, line_no, today, region="US")


def answer_of(text: str) -> str:
    """The sentence of a line's page, without its marks."""
    found = re.search(r'<p class="answer">(.*?)</p>', text, re.DOTALL)[1]
    return " ".join(re.sub(r"<[^>]+>", "", found).replace("\xa0", " ").split())


def text_of(page: str, title: str) -> str:
    """What stands in the card of that title, without its marks."""
    card = page[page.index(f'aria-labelledby="{title}"') :].partition("</section>")[0].partition(">")[2]
    return " ".join(re.sub(r"<[^>]+>", " ", card).replace("\xa0", " ").split())


def test_a_line_says_where_each_unit_is(shop, today):
    found = line("1", 1, today).line
    assert [(units.location, units.qty) for units in found.here] == [("MAIN", 5)]
    assert [(one.facts.purchase_order, one.facts.qty, one.basis) for one in found.incoming] == [("4711", 5, "po")]
    assert (found.qty_here, found.qty_waiting, found.qty_not_ordered) == (5, 5, 0)
    assert (found.eta, found.days_late) == (date(2026, 3, 27), 14)


def test_a_line_explains_itself_in_one_sentence_from_facts(shop, viewer):
    assert answer_of(viewer.get("/orders/1/lines/1").text) == (
        "5 of 10 are here. 5 of 10 are promised from PO 4711 for 27 March, 14 days after the promise. "
        "Nobody stands before it."
    )


def test_what_stands_before_it_is_counted_with_those_of_a_better_class(shop, viewer):
    assert answer_of(viewer.get("/orders/4/lines/1").text).endswith(
        "Before it stand 2 units of 1 order, all of it by a better class."
    )
    assert answer_of(viewer.get("/orders/3/lines/1").text).endswith("Before it stand 5 units of 1 older order.")


def test_units_that_nobody_ordered_have_no_date_yet(shop, viewer):
    text = viewer.get("/orders/5/lines/1").text
    assert answer_of(text).startswith("All 4 are on no purchase order, so there is no date yet.")
    assert "nowhere yet" in text


def test_an_overdue_purchase_order_is_said_to_be_late_and_gives_no_past_date(world, viewer, today):
    world.supplier("SLOW", sells=["CHAIR"])
    world.order("1", "CHAIR", 2, placed="2026-03-01", supplier="SLOW")
    world.purchase_order("LATE", "CHAIR", 2, supplier="SLOW", expected="2026-03-02")
    world.plan()
    found = line("1", 1, today).line
    assert (found.incoming[0].days_overdue, found.incoming[0].basis, found.eta) == (10, "late", None)
    sentence = answer_of(viewer.get("/orders/1/lines/1").text)
    assert "which is 10 days late; this supplier’s history is too short to say when" in sentence
    assert "No date yet" in viewer.get("/orders/1/lines/1").text


def test_a_passed_over_order_names_the_line_that_is_short(world, viewer, today):
    world.stock("CHAIR", 5)
    world.stock("LAMP", 1)
    world.order("1", lines=[("CHAIR", 2), ("LAMP", 3)], placed="2026-03-01", ship_complete=True)
    world.plan()
    assert [
        (short.line_no, short.sku, short.wanted, short.on_shelf) for short in order("1", today).passed_over_for
    ] == [(2, "LAMP", 3, 1)]
    assert "leaves only as a whole and line 2 lacks 2 of LAMP" in answer_of(viewer.get("/orders/1/lines/1").text)


def test_what_is_true_of_a_whole_order_is_said_once_and_not_for_each_of_its_lines(world, viewer):
    world.stock("CHAIR", 5)
    world.stock("LAMP", 1)
    world.purchase_order("P", "LAMP", 2, expected="2026-03-27")
    world.order("1", lines=[("CHAIR", 2), ("LAMP", 3), ("SHELF", 1)], placed="2026-03-01", ship_complete=True)
    world.plan()
    why = text_of(viewer.get("/orders/1").text, "orders-why")
    assert why.count("leaves only as a whole") == why.count("passed over") == 1
    assert "The order leaves only as a whole, and there is no date yet" in why
    assert "line 2 lacks 2 of LAMP, line 3 lacks 1 of SHELF" in why
    assert text_of(viewer.get("/orders/1/lines/2").text, "orders-units").count("leaves only as a whole") == 1


def test_an_order_says_how_likely_each_line_is_to_be_cancelled_and_why_as_the_panel_does(world, viewer, today):
    world.stock("SHELF", 1)
    world.customer("K", tier="contract")
    lines = [("CHAIR", 2), ("LAMP", 3), ("SHELF", 1), ("BASKET", 1)]
    world.order("1", lines=lines, placed="2026-02-01", promised="2026-03-02", customer="K")
    world.order("2", "DESK", 1, placed="2026-03-10")
    world.purchase_order("P", "BASKET", 1, expected="2026-03-14")
    world.plan()
    found = order("1", today)
    said = {
        one.facts.line_no: (group.risk.cancel_risk, "; ".join(map(str, group.risk.reasons)), group.risk.model)
        for group in found.risk_of(*found.lines)
        for one in group.lines
    }
    reported = [one for one in scored_lines(db.session(), Selection(), today) if one.order_id == "1"]
    assert said == {one.line_no: (one.cancel_risk, one.reasons, one.model) for one in reported}
    assert set(said) == {1, 2, 4}, "what does not wait cannot be cancelled for waiting"
    assert [[one.facts.line_no for one in group.lines] for group in found.risk_of(*found.lines)] == [[1, 2], [4]]
    card = text_of(viewer.get("/orders/1").text, "orders-risk")
    assert "Prior score" in card
    assert "Lines 1 and 2" in card
    assert "the promised date has passed (raises it)" in card
    assert "contract customer (lowers it)" in card
    assert "Lines" not in text_of(viewer.get("/orders/1/lines/4").text, "orders-risk")
    world.cancel("2", 1, on="2026-03-12")
    world.plan()
    assert "orders-risk" not in viewer.get("/orders/2").text, "nothing of it waits"


def test_a_date_says_what_it_rests_on_and_a_promise_that_moved_what_it_was(world, viewer):
    world.supplier("S", sells=["CHAIR"], lead_time_days=20)
    world.order("1", lines=[("CHAIR", 1), ("LAMP", 2)], placed="2026-03-01", promised="2026-03-20")
    world.purchase_order("P", "CHAIR", 1, supplier="S", expected="2026-03-27")
    world.ship("1", 2, line=2, on="2026-03-03", carrier="UPS", tracking="1Z88")
    world.plan()
    found = one_line("1")
    with transaction() as session:
        session.get(OrderLine, found.id).current_promise = date(2026, 3, 28)
    text = viewer.get("/orders/1").text
    assert "Rests on the supplier’s date" in text_of(text, "orders-why")
    lines = text_of(text, "orders-lines")
    assert "first 20 Mar" in lines
    assert "3 Mar UPS 1Z88" in lines


def test_every_deadline_is_listed_and_the_first_is_the_rows(world, viewer, today):
    world.card("V", month=3, year=2026)
    world.order("1", "CHAIR", 1, placed="2026-03-01", promised="2026-04-20", last_date="2026-05-01")
    world.purchase_order("P", "CHAIR", 1, expected="2026-04-10")
    world.authorization("1", amount="2748.63", on="2026-03-01", expires="2026-03-16", multi_capture=False)
    world.plan()
    found = order("1", today)
    assert [(one.kind, one.day, one.due_in) for one in found.deadlines] == [
        ("authorisation", date(2026, 3, 16), 4),
        ("card", date(2026, 3, 31), 19),
        ("promise", date(2026, 4, 20), 39),
        ("last-date", date(2026, 5, 1), 50),
    ]
    row = world.waiting("1")
    assert (row.deadline_kind, row.deadline) == (found.deadlines[0].kind, found.deadlines[0].day)
    text = viewer.get("/orders/1").text
    assert "Visa •••• 4242" in text
    assert "one capture" in text
    assert "Ends before the goods" in text


def test_the_picture_of_a_line_shows_each_slice_against_the_calendar(shop, viewer):
    text = viewer.get("/orders/1/lines/1").text
    figure = json.loads(
        re.search(r'id="orders-timeline".*?<script type="application/json">(.*?)</script>', text, re.DOTALL)[1]
    )
    said = {note["text"] for note in figure["layout"]["annotations"]}
    assert {"today", "promised 13\xa0Mar", "27\xa0Mar", "5 units", "here, MAIN", "4711", "can leave now"} <= said
    colourless = json.loads(re.sub(r"var\(--[\w-]+\)", "black", json.dumps(figure)))
    go.Figure(data=colourless["data"], layout=colourless["layout"])
    assert "orders-timeline" not in viewer.get("/orders/5/lines/1").text, "nothing is on its way"


def test_a_hold_is_shown_with_its_kind_and_place(world, viewer):
    world.stock("CHAIR", 2)
    world.order("1", "CHAIR", 3, placed="2026-03-01")
    world.hold("1", 2, kind="picked")
    world.plan()
    text = viewer.get("/orders/1/lines/1").text
    assert 'id="orders-holds"' in text
    assert "Picked" in text


def test_what_happened_is_told_newest_first(world, viewer):
    world.order("1", "CHAIR", 5, placed="2026-03-01")
    world.ship("1", 2, on="2026-03-03", carrier="UPS", tracking="1Z88")
    world.cancel("1", 1, on="2026-03-05")
    world.plan()
    text = viewer.get("/orders/1").text
    events = text.partition('class="events"')[2]
    assert events.index("1 Product CHAIR cancelled") < events.index("2 Product CHAIR shipped") < events.index("Ordered")
    assert "UPS 1Z88" in events
    assert "2 to come · 2 shipped · 1 cancelled" in text


def test_the_value_of_an_order_is_exact(shop, today, viewer):
    assert order("4", today).total == 79_980_000
    assert "£79.98" in viewer.get("/orders/4").text


def test_nothing_is_found_politely(shop, viewer):
    assert viewer.get("/orders/none").status_code == 404
    assert viewer.get("/orders/1/lines/9").status_code == 404


AWKWARD = ["A/1", "..", ".", "A/lines/1", "ä ö%2F", "~s", "~~", "#1?x=y", "A//B", "\\", "+1 &", "C-1.5"]


@pytest.mark.parametrize("number", AWKWARD)
def test_any_identifier_has_an_address_of_one_step(number):
    adapter = Map(
        [Rule("/orders/<identifier:number>", endpoint="order")], converters={"identifier": IdentifierConverter}
    ).bind("desk")
    address = adapter.build("order", {"number": number})
    step = address.removeprefix("/orders/")
    assert "/" not in step
    assert step.strip(".")


def test_orders_with_awkward_numbers_are_reached_by_their_links(world, viewer):
    for number in AWKWARD:
        world.order(number, "CHAIR", 1, placed="2026-03-01")
    world.plan()
    links = re.findall(r'class="row-link" href="([^"]+)"', viewer.get("/orders?backorder=yes").text)
    assert len(links) == len(AWKWARD)
    for link in links:
        assert viewer.get(link.replace("&amp;", "&")).status_code == 200, link


# Finding.


def found(viewer, sought: str) -> list[str]:
    text = viewer.panel("/orders", query_string={"q": sought}).text
    return re.findall(r'class="row-link"[^>]*>([^<]+)<', text)


def test_a_whole_order_number_leads_to_its_order(shop, viewer):
    answer = viewer.get("/orders?q=4")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/orders/4")


def test_orders_are_found_by_purchase_order_sku_customer_and_mail(shop, viewer):
    assert set(found(viewer, "4725")) == {"2", "4"}
    assert set(found(viewer, "BASKET")) == {"5"}
    assert set(found(viewer, "H")) == {"1", "3"}
    assert set(found(viewer, "E@customers.example")) == {"5"}


def test_the_beginning_of_a_name_is_enough_where_nothing_is_called_so(shop, viewer):
    assert set(found(viewer, "hannah")) == {"1", "3"}
    assert found(viewer, "annah") == []
    assert "Nothing is called" in viewer.panel("/orders?q=annah").text


def test_those_that_wait_come_first(world, viewer):
    world.stock("CHAIR", 1)
    world.order("OLD", "CHAIR", 1, placed="2026-03-01", customer="K")
    world.order("NEW", "CHAIR", 1, placed="2026-03-10", customer="K")
    world.plan()
    assert found(viewer, "K") == ["NEW", "OLD"]


# The list.


def numbers(viewer, **given) -> list[str]:
    answer = viewer.panel("/orders", query_string=given)
    assert answer.status_code == 200
    return re.findall(r'class="row-link"[^>]*>([^<]+)<', answer.text)


@filled_once
def many_orders(world):
    """The shop, with an order that is all shipped, one that was cancelled, and one that leaves only as a whole."""
    fill_shop(world)
    world.stock("SHELF", 5)
    world.order("6", "SHELF", 2, placed="2026-03-05", currency="USD", customer="H", channel="web")
    world.order("7", "BASKET", 1, placed="2026-03-06", customer="E", status="cancelled", channel="store")
    world.order("8", "LAMP", 1, placed="2026-03-08", customer="D", ship_complete=True)
    world.plan()


LISTED = [
    ({}, ["3", "8", "7", "6", "2", "1", "4", "5"]),
    ({"backorder": "yes", "sort": "placed"}, ["5", "4", "1", "2", "8", "3"]),
    ({"backorder": "no"}, ["7", "6"]),
    ({"order": "cancelled"}, ["7"]),
    ({"order": ["cancelled", "open"], "channel": ["store", "web"], "sort": "order"}, ["1", "2", "3", "4", "6", "7"]),
    ({"tier": "vip"}, ["2"]),
    ({"currency": "GBP"}, ["4"]),
    ({"currency": "GBP", "backorder": "yes"}, ["4"]),
    ({"location": "MAIN"}, ["4"]),
    ({"customer": "H"}, ["3", "6", "1"]),
    ({"customer": "H", "backorder": "yes", "sort": "placed"}, ["1", "3"]),
    ({"complete": "yes"}, ["8"]),
    ({"complete": "yes", "backorder": "yes"}, ["8"]),
    ({"complete": "no", "backorder": "yes", "sort": "order"}, ["1", "2", "3", "4", "5"]),
    ({"placed": "2026-03-05..2026-03-08"}, ["8", "7", "6"]),
    ({"placed": "last-7-days", "backorder": "yes"}, ["8", "3"]),
    ({"placed": "..2026-02-01", "sort": "order"}, ["4", "5"]),
    ({"eta": "not-known"}, ["5"]),
    ({"eta": "2026-03-12..2026-03-20", "sort": "order"}, ["2", "4", "8"]),
    ({"eta": "2026-03-27..", "backorder": "yes", "sort": "order"}, ["1", "3"]),
    ({"search": "hannah", "backorder": "yes"}, ["3", "1"]),
    ({"search": "hannah"}, ["3", "1", "6"]),
]


def test_every_filter_of_the_list_means_what_it_says(many_orders, viewer):
    for given, expected in LISTED:
        assert numbers(viewer, **given) == expected, given


def test_an_order_stands_under_its_first_deadline_and_ships_with_its_last_line(many_orders, viewer):
    many_orders.order(
        "9", lines=[("LAMP", 1), ("BASKET", 1)], placed="2026-02-10", promised="2026-03-14", currency="USD"
    )
    many_orders.plan()
    due = {number: [many_orders.waiting(number, line=line_no).deadline for line_no in lines] for number, lines in
           {"9": (1, 2), "1": (1,), "3": (1,)}.items()}  # fmt: skip
    for day in {day for days in due.values() for day in days}:
        found = numbers(viewer, deadline=f"{day}..{day}")
        assert {number for number, days in due.items() if min(days) == day} == set(found) & set(due), day
    assert set(numbers(viewer, eta="not-known")) == {"5", "9"}, "one line of it has no date yet, so the order has none"
    text = viewer.panel("/orders?search=9").text
    assert "for 1\xa0of\xa02 lines" in text or "for 1 of 2 lines" in text.replace("\xa0", " ")


def test_the_list_says_whose_an_order_is(many_orders, viewer, manager, agent):
    line = one_line("3")
    assign_line(line.order_id, 1, person=agent.person.id, until=None, actor=manager.person.id)
    assert '<span class="cell-sub" title="Assigned to">Agent</span>' in viewer.panel("/orders").text


def test_the_list_is_that_of_one_persons_orders_or_of_nobodys(many_orders, viewer, manager, agent):
    many_orders.order("9", lines=[("LAMP", 1), ("BASKET", 1)], placed="2026-02-10", currency="USD")
    many_orders.plan()
    for number, line_no, person in (("3", 1, agent), ("9", 1, agent), ("9", 2, agent), ("4", 1, manager)):
        order = one_line(number, line_no).order_id
        assign_line(order, line_no, person=person.person.id, until=None, actor=manager.person.id)
    both = {"sort": "order"}, {"sort": "order", "backorder": "yes"}
    for given in both:
        assert numbers(viewer, assigned="Agent", **given) == ["3", "9"]
        assert numbers(viewer, assigned=["Agent", "Manager"], **given) == ["3", "4", "9"]
        assert numbers(viewer, assigned="Nobody at all", **given) == []
        nobodys = set(numbers(viewer, **given)) - {"3", "4", "9"}
        assert set(numbers(viewer, assigned="not-known", **given)) == nobodys
        menu = viewer.panel("/order-choices/assigned", query_string=given).text
        counts = re.findall(r'assigned=([^"&]+)[^"]*".*?class="menu-count">(\d+)<', menu)
        assert dict(counts) == {"Agent": "2", "Manager": "1"}, "an order with two lines of hers counts once"


def test_every_order_of_the_list_shows_the_same_orders_turned_round(many_orders, viewer):
    for given in ({}, {"backorder": "yes"}):
        every = sorted(numbers(viewer, **given))
        for sort in ("order", "placed", "lines", "waiting", "value", "ships", "deadline", "due"):
            assert numbers(viewer, sort=f"-{sort}", **given) == numbers(viewer, sort=sort, **given)[::-1], sort
            assert sorted(numbers(viewer, sort=sort, **given)) == every, sort
    assert numbers(viewer, backorder="yes", sort="-value")[:3] == ["1", "2", "5"], "the most valuable dollars first"
    assert numbers(viewer, sort="-waiting")[:3] == ["1", "5", "4"]


def test_menus_of_the_list_count_the_orders_that_they_lead_to(many_orders, viewer):
    modes = (
        "",
        "backorder=yes",
        "backorder=yes&complete=no",
        "order=open&tier=vip",
        "search=hannah",
        "eta=next-30-days",
    )
    for mode in modes:
        for key in ("channel", "tier", "currency", "location", "customer", "placed"):
            if f"{key}=" in mode:
                continue  # what is chosen there is taken off again, and another value is added to it
            menu = viewer.panel(f"/order-choices/{key}?{mode}").text
            found = re.findall(r'class="menu-item" href="([^"]+)".*?class="menu-count">(\d+)<', menu)
            assert found or key == "location" or mode, (mode, key)
            for address, count in found:
                text = viewer.panel(address.replace("&amp;", "&")).text
                assert len(re.findall(r'<tr id="orders-row-', text)) == int(count), address
    assert "Hannah Whitlock" in viewer.panel("/order-choices/customer?q=whit").text
    assert viewer.get("/order-choices/search").status_code == 404


def test_many_orders_are_met_one_by_one_as_few_are_sorted(crowd, viewer, monkeypatch):
    """More orders than are counted are walked along an index: the same order as if all were sorted."""

    def every(**given) -> list[str]:
        found, address = [], f"/orders?{urlencode(given)}"
        while address:
            text = viewer.panel(address).text
            found += re.findall(r'class="row-link"[^>]*>([^<]+)<', text)
            older = re.search(r'href="([^"]+)" rel="next"', text)
            address = older[1].replace("&amp;", "&") if older else ""
        return found

    selections = (
        {"backorder": "yes"},
        {"backorder": "yes", "channel": "web"},
        {"backorder": "yes", "placed": "..2026-03-04"},
    )
    sorts = ("order", "placed", "-placed", "ships", "-ships", "due")
    sorted_all = {(n, sort): every(sort=sort, **given) for n, given in enumerate(selections) for sort in sorts}
    plain = {sort: every(sort=sort) for sort in ("order", "-placed")}
    monkeypatch.setattr("dashboard.panels.orders.panel.COUNTED_AT_MOST", 3)
    monkeypatch.setattr("dashboard.panels.orders.listing.COUNTED_AT_MOST", 3)
    for n, given in enumerate(selections):
        for sort in sorts:
            assert every(sort=sort, **given) == sorted_all[n, sort], (given, sort)
    for sort, expected in plain.items():
        assert every(sort=sort) == expected
    text = viewer.panel("/orders?sort=value").text
    assert "there are too many" in text, "and what has no index is not offered"
    assert len(re.findall(r'<tr id="orders-row-', text)) == 50


def test_the_csv_of_the_list_is_that_of_its_waiting_lines(many_orders, viewer):
    text = viewer.get("/orders?backorder=yes&channel=web").text
    link = re.search(r'href="(/reports/backorders[^"]*)"', text)[1].replace("&amp;", "&")
    rows = viewer.get(link).data.decode("utf-8-sig").splitlines()[1:]
    assert {row.partition(",")[0] for row in rows} == {"1", "3", "4"}
    assert "/reports/backorders" not in viewer.get("/orders").text, "orders of which nothing waits have no such lines"


def test_a_long_list_goes_on_and_comes_back(crowd, viewer):
    first = viewer.panel("/orders?backorder=yes").text
    older = re.search(r'href="([^"]+)" rel="next"', first)[1].replace("&amp;", "&")
    second = viewer.panel(older).text
    newer = re.search(r'href="([^"]+)" rel="prev"', second)[1].replace("&amp;", "&")
    shown = [re.findall(r'class="row-link"[^>]*>([^<]+)<', text) for text in (first, second)]
    assert len(shown[0]) == 50
    assert not set(shown[0]) & set(shown[1])
    assert re.findall(r'class="row-link"[^>]*>([^<]+)<', viewer.panel(newer).text) == shown[0]


def test_an_outsider_sees_no_order(shop, outsider):
    for address in ("/orders", "/orders/1", "/orders/1/lines/1"):
        assert outsider.get(address).status_code == 302


def test_an_order_of_thirty_lines_asks_no_more_questions_than_one_of_one(world, viewer):
    world.purchase_order("PO-1", "SKU-1", 9, expected="2026-03-27")
    world.order("small", "SKU-1", 2, placed="2026-02-01", promised="2026-03-13")
    world.order("large", lines=[(f"SKU-{n}", 2) for n in range(1, 31)], placed="2026-02-02")
    world.plan()
    asked: dict[str, list[str]] = {}
    for number in ("small", "small", "large"):  # what is looked up once a process is not the page's
        asked[number] = []

        def count(*given, into=asked[number]):
            into.append(given[2])

        event.listen(db.engine, "before_cursor_execute", count)
        try:
            assert viewer.panel(f"/orders/{number}").status_code == 200
        finally:
            event.remove(db.engine, "before_cursor_execute", count)
    assert len(asked["large"]) == len(asked["small"])


def test_what_happened_stands_in_one_line_of_time(world, agent):
    world.order("1", "CHAIR", 6, placed="2026-02-01")
    world.ship("1", 2, on="2026-03-01")
    world.plan()
    agent.act("/orders/1/notes", {"says": "rings at noon", "contact": "phone"})
    agent.act("/orders/1/order-answers", {"says": "On Friday."})
    text = agent.panel("/orders/1").text
    happened = text[text.index('id="orders-events"') :]
    found = [happened.index(words) for words in ("Written:", "rings at noon", "2 Product CHAIR shipped", "Ordered")]
    assert found == sorted(found)


def happened(desk, address: str) -> list[str]:
    """What stands in the line of time of an order, the newest first, in words alone."""
    events = desk.panel(address).text.partition('id="orders-events"')[2].partition("</section>")[0]
    return [" ".join(re.sub(r"<[^>]*>", " ", f"<li{one}").split()) for one in events.split("<li")[1:]]


def the_mill_stands(manager) -> None:
    supply = db.session.scalar(select(PurchaseOrderLine.id))
    move_date(supply, to=date(2026, 3, 27), why="the mill stands", actor=manager.person.id)


def test_what_anybody_did_stands_in_the_line_of_time_with_what_changed_and_why(world, agent, manager):
    world.purchase_order("PO-1", "CHAIR", 9, expected="2026-03-20")
    world.order("1", lines=[("CHAIR", 2), ("LAMP", 1)], placed="2026-02-01")
    world.order("10", "LAMP", 1, placed="2026-02-01")
    world.plan()
    manager.act("/orders/1/priorities", {"priority": "1", "reason": "a wedding"})
    manager.act("/orders/10/priorities", {"priority": "2", "reason": "another's"})
    agent.act("/orders/1/lines/2/assignments", {"person": agent.person.id, "until": ""})
    agent.act("/orders/1/notes", {"says": "rings at noon", "contact": "phone"})
    the_mill_stands(manager)

    told = happened(agent, "/orders/1")
    moved, noted, assigned, ranked, ordered = told
    assert "Supply date moved , PO-1, line 1" in moved
    assert "expected from 20 Mar → to 27 Mar" in moved
    assert "the mill stands" in moved
    assert moved.endswith("Manager")
    assert "Called: rings at noon" in noted
    assert "Line assigned , line 2" in assigned
    assert "person" in assigned
    assert assigned.count("Agent") == 2, "to whom, and by whom"
    assert "priority class from 3 → to 1" in ranked
    assert "a wedding" in ranked
    assert "Ordered 2 lines" in ordered
    assert not any("another's" in one for one in told), "nor what was done to an order whose number begins alike"


@pytest.mark.parametrize(
    ("part", "shown"),
    [("messages", ["Called"]), ("supply", ["Supply date moved"]), ("staff", ["Supply date moved", "Called"])],
)
def test_the_line_of_time_is_shown_part_by_part(world, agent, manager, part, shown):
    world.purchase_order("PO-1", "CHAIR", 9, expected="2026-03-20")
    world.order("1", "CHAIR", 2, placed="2026-02-01")
    world.plan()
    agent.act("/orders/1/notes", {"says": "rings at noon", "contact": "phone"})
    the_mill_stands(manager)
    told = happened(agent, f"/orders/1?happened={part}")
    assert len(told) == len(shown)
    assert all(word in one for word, one in zip(shown, told, strict=True))
    assert len(happened(agent, "/orders/1?happened=nonsense")) == 3


def test_acts_that_the_line_of_time_names_are_acts_of_the_history():
    assert {*TOLD_ELSEWHERE, *ON_MESSAGES, *ON_SUPPLY} <= ACTS.keys()


def test_a_part_of_time_in_which_nothing_happened_says_so(world, agent):
    world.order("1", "CHAIR", 2, placed="2026-02-01")
    world.plan()
    (only,) = happened(agent, "/orders/1?happened=messages")
    assert "Nothing of this kind happened yet." in only


def test_what_a_supplier_did_before_an_order_was_placed_is_none_of_its_time(world, agent, manager):
    world.purchase_order("PO-1", "CHAIR", 9, expected="2026-03-20")
    world.plan()
    the_mill_stands(manager)
    world.order("1", "CHAIR", 2, placed="2026-03-30")
    world.plan()
    assert not any("Supply date moved" in one for one in happened(agent, "/orders/1"))


def test_an_act_that_is_not_offered_says_why(world, agent, manager, viewer):
    world.stock("CHAIR", 1)
    world.order("1", lines=[("CHAIR", 1), ("LAMP", 2)], placed="2026-02-01")
    world.order("2", "LAMP", 1, placed="2026-02-02", status="cancelled")
    world.plan()

    def said(desk, address):
        return " ".join(desk.panel(address).text.partition("Not offered:")[2].partition("</p>")[0].split())

    of_agent = said(agent, "/orders/1/lines/1/acts")
    assert "Split (a single unit cannot be divided)" in of_agent
    assert "Offer, Tell the customer, Record an answer, Correct the cause (nothing of it waits)" in of_agent
    assert "Reassign, Priority, Hold, Tie (takes the role of a manager)." in of_agent
    assert "Ship (nothing of it is here)" in said(agent, "/orders/1/lines/2/acts")
    assert "takes the role" not in said(manager, "/orders/1/lines/1/acts")
    assert "To act on it takes the role of an agent." in viewer.panel("/orders/1").text
    assert "Nothing of it is open" in agent.panel("/orders/2").text
