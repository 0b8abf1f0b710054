"""The history: who did what, found again, and taken as CSV."""

from __future__ import annotations

import csv
import io
import re
from types import SimpleNamespace

import pytest

from dashboard import audit
from dashboard.actions import UNDOS
from dashboard.actions.cancellations.action import cancel_rest
from dashboard.actions.priorities.action import change_priority
from dashboard.actions.receipts.action import receive
from dashboard.database import transaction
from tests.actions.posting import order_id


@pytest.fixture
def acts(world, manager):
    """A receipt and a cancel by Mara, an act of the desk itself, and one with a text that a spreadsheet would run."""
    world.purchase_order("PO-1", "CHAIR", 12, expected="2026-03-20")
    world.order("10482", lines=[("CHAIR", 6), ("LAMP", 2)], placed="2026-03-01")
    world.order("10483", "CHAIR", 1, placed="2026-03-02")
    world.plan()
    received = receive(world.po_line("PO-1").id, qty=4, at="MAIN", actor=manager.person.id)
    cancel_rest(order_id("10482"), 2, reason="customer", actor=manager.person.id)
    change_priority(order_id("10482"), priority=9, reason="=they may wait", actor=manager.person.id)
    with transaction():
        audit.record("demo-loaded", "demo", after={"size": "small", "seed": 1})
    return received.made


def shown(text):
    return re.findall(r'<tr id="history-row-', text)


def taken(desk, asked=""):
    answer = desk.get(f"/history/export?{asked}")
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))


def test_every_act_says_who_when_from_what_to_what_and_why(acts, manager):
    text = manager.panel("/history").text
    assert len(shown(text)) == 4
    assert text.index("Demo loaded") < text.index("Priority changed") < text.index("Goods received")
    assert "the desk itself" in text
    assert "=they may wait" in text
    assert 'href="/orders/10482/lines/2"' in text
    row = re.search(r'<tr id="history-row-\d+">(?:(?!</tr>).)*Goods received.*?</tr>', text, re.DOTALL)[0]
    assert re.search(r"on hand</span>.*?<span class=\"was\">0</span>.*?4", row, re.DOTALL), row


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("who=Manager", 3),
        ("who=not-known", 1),
        ("act=goods-received&act=rest-cancelled", 2),
        ("subject=10482", 2),
        ("subject=order 10482", 1),
        ("subject=order-line 10482/2", 1),
        ("subject=1048", 0),
        ("days=today", 4),
        ("days=..2026-03-11", 0),
        ("days=last-7-days&who=Manager&act=priority-changed", 1),
    ],
)
def test_it_is_found_again_by_its_address_and_the_csv_has_exactly_these(acts, manager, asked, found):
    text = manager.panel(f"/history?{asked}").text
    assert len(shown(text)) == found
    assert found or "No act matches these filters" in text
    assert len(taken(manager, asked)) == found


def test_the_page_and_the_command_give_the_same_bytes_however_often(acts, manager, app, tmp_path):
    out = tmp_path / "history.csv"
    for _ in range(2):
        assert app.test_cli_runner().invoke(args=["report", "history", "--out", str(out)]).exit_code == 0
        assert manager.get("/history/export").data == out.read_bytes()


def test_the_csv_has_the_columns_of_the_contract_and_runs_in_no_spreadsheet(acts, manager):
    rows = taken(manager)
    assert list(rows[0]) == ["at", "who", "act", "subject", "before", "after", "why"]
    assert [row["act"] for row in rows] == ["demo-loaded", "priority-changed", "rest-cancelled", "goods-received"]
    assert (rows[1]["why"], rows[1]["subject"], rows[1]["who"]) == ("'=they may wait", "order 10482", "Manager")
    assert rows[0]["who"] == ""
    assert rows[0]["at"].startswith("2026-03-12T")


def test_what_can_be_taken_back_is_taken_back_at_its_row_and_the_second_time_says_so(acts, manager):
    text = manager.panel("/history").text
    assert re.findall(r'<form action="([^"]+)"', text) == [f"/receipts/{acts}/reversals"]
    done = manager.act(f"/receipts/{acts}/reversals", {"undo": "1"})
    assert done.status_code == 200
    assert "backorder-changed" in done.headers["HX-Trigger"]
    assert "Receipt reversed" in manager.panel("/history").text
    again = manager.act(f"/receipts/{acts}/reversals", {"undo": "1"})
    assert again.status_code == 200
    assert manager.panel("/history").text.count("Receipt reversed") == 1


def test_every_undo_is_of_an_act_and_leads_to_an_address_that_takes_it_back(app):
    undoable = {
        "receipt": "DESK-R1",
        "delivery": "DESK-D1",
        "purchase_order": "DESK-P1",
        "shipments": [],
        "status": "draft",
    }
    with app.test_request_context():
        for act, undo in UNDOS.items():
            said = {**dict.fromkeys(audit.ACTS[act], 1), **undoable}
            address = undo(SimpleNamespace(subject="order 1", particulars=said))
            endpoint, _ = app.url_map.bind("localhost").match(address, method="POST")
            assert endpoint.partition(".")[0] in app.blueprints
        left = SimpleNamespace(subject="order-line 1/1", particulars={"split": 1, "shipments": ["DESK-S1"]})
        assert UNDOS["shipment-split"](left) is None


def test_its_menus_count_what_the_other_filters_leave(acts, manager):
    menu = manager.panel("/history/choices/act?who=Manager").text
    assert dict(re.findall(r"act=([\w-]+).*?menu-count\">(\d+)<", menu, re.DOTALL)) == {
        "goods-received": "1",
        "rest-cancelled": "1",
        "priority-changed": "1",
    }
    assert ">goods received<" in manager.panel("/history/choices/act?q=goods rec").text
    assert "Act: goods received" in manager.panel("/history?act=goods-received").text
    assert "the desk itself" in manager.panel("/history/choices/who").text
    assert "the last 7 days" in manager.panel("/history/choices/days").text


def test_fifty_acts_are_a_page_and_the_address_says_where_it_goes_on(world, manager):
    with transaction():
        for number in range(120):
            audit.record("demo-loaded", f"demo {number}", after={"size": "small", "seed": number})
    seen, address = [], "/history"
    while address:
        text = manager.panel(address).text
        seen += re.findall(r'<tr id="history-row-(\d+)"', text)
        older = re.search(r'href="([^"]+)" rel="next"', text)
        address = older and older[1].replace("&amp;", "&")
    assert len(seen) == len(set(seen)) == 120
    assert sorted(map(int, seen), reverse=True) == list(map(int, seen))


def test_it_is_for_those_who_may_see_it(acts, agent, viewer, manager):
    for desk in (agent, viewer):
        assert desk.get("/history").status_code == 403
        assert desk.get("/history/export").status_code == 403
        assert 'href="/history"' not in desk.get("/orders").text
    assert 'href="/history"' in manager.get("/orders").text


def test_nothing_done_yet_is_said(world, manager):
    assert "Nothing was done yet" in manager.get("/history").text
