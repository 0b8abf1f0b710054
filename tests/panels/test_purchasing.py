"""The purchasing panel: its figures, its picture, its rows, its CSV, and what is ticked in it."""

from __future__ import annotations

import csv
import io
import re
from functools import partial

import pytest

from dashboard import planning
from dashboard.actions.purchase_order_drafts.action import draft_orders
from dashboard.panels.purchasing.about import PANEL
from dashboard.panels.purchasing.panel import load
from tests.factories import World
from tests.panels.conftest import assert_plotly_accepts, loaded, picture


@pytest.fixture
def plan(world: World) -> World:
    """Two suppliers and what nobody sells; today is 2026-03-12.

    | SKU    | from  | waits | to come | point | order | nobody ordered         |
    | CHAIR  | MINHO | 6 + 6 | 8       | 20    | 24    | 4 of 12, of one line   |
    | STOOL  | MINHO | –     | –       | 5     | 6     | –                      |
    | LAMP   | KYOTO | 3     | 30      | 4     | –     | –                      |
    | BASKET | –     | 2     | –       | –     | 0     | 2                      |
    """
    world.supplier("MINHO", name="Minho & Sons", lead_time_days=10)
    world.supplier("KYOTO", name="Kyoto Lights", lead_time_days=20)
    world.terms("MINHO", "CHAIR", cost="92.504", min_order_qty=20, pack_size=12)
    world.terms("MINHO", "STOOL", pack_size=3)
    world.terms("KYOTO", "LAMP", cost="61.25")
    world.sku("CHAIR", name="Braga dining chair", reorder_point=14)
    world.sku("STOOL", reorder_point=5)
    world.sku("LAMP", reorder_point=4)
    world.order("1", "CHAIR", 6, placed="2025-11-01")
    world.order("2", "CHAIR", 6, placed="2025-11-02")
    world.order("3", "LAMP", 3, placed="2025-11-03")
    world.order("4", "BASKET", 2, placed="2025-11-04")
    world.purchase_order("PO-1", "CHAIR", 8, supplier="MINHO", expected="2026-03-20")
    world.purchase_order("PO-2", "LAMP", 30, supplier="KYOTO", expected="2026-03-20")
    world.plan()
    return world


panel_of = partial(loaded, PANEL, load)


def test_what_is_to_be_bought_is_what_nobody_ordered_and_what_reorder_points_ask_for(plan, today):
    panel = panel_of(today)
    assert [(row.sku, row.unmet, row.unmet_lines, row.suggested_order) for row in panel.page.rows] == [
        ("CHAIR", 4, 1, 24), ("BASKET", 2, 1, 0), ("STOOL", 0, 0, 6),
    ]  # fmt: skip
    assert (panel.skus, panel.suppliers, panel.units, panel.unmet, panel.unmet_lines) == (3, 1, 30, 6, 2)
    assert [(one.code, one.total.units, one.total.unmet) for one in panel.pictured] == [("MINHO", 30, 4), (None, 0, 2)]
    filtered = panel_of(today, supplier="MINHO")
    assert (filtered.skus, filtered.unmet_lines, filtered.total_unmet_lines) == (2, 1, 2)


def test_the_report_has_the_columns_of_the_contract_by_supplier_and_sku(plan, viewer):
    answer = viewer.get("/purchasing/export")
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert [(row["supplier_id"], row["sku"]) for row in rows] == [
        ("", "BASKET"),
        ("MINHO", "CHAIR"),
        ("MINHO", "STOOL"),
    ]
    assert rows[1] == {
        "supplier_id": "MINHO", "sku": "CHAIR", "unmet": "4", "incoming": "8", "suggested_order": "24",
        "min_order_qty": "20", "pack_size": "12", "unit_cost": "92.50", "currency": "EUR", "waiting_lines": "2",
        "unmet_lines": "1",
    }  # fmt: skip
    assert rows[2]["unit_cost"] == rows[2]["min_order_qty"] == "", "what is not known is empty"
    assert viewer.get("/reports/purchase-plan").data == answer.data


def test_units_without_supply_are_those_that_no_purchase_order_covers(plan, viewer):
    """What the reports of lines and of pegs say together."""

    def report(name: str) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO(viewer.get(f"/reports/{name}").data.decode("utf-8-sig"))))

    for row in report("purchase-plan"):
        waits = sum(int(line["qty_backordered"]) for line in report("backorders") if line["sku"] == row["sku"])
        pegged = sum(int(peg["qty"]) for peg in report("pegs") if peg["sku"] == row["sku"])
        assert int(row["unmet"]) == waits - pegged, row["sku"]


def test_the_picture_is_one_that_plotly_draws_and_its_text_says_the_same(plan, viewer):
    text = viewer.get("/purchasing").text
    drawn = picture(text)
    assert_plotly_accepts(drawn)
    ordered, waited_for = drawn["data"]
    by_address = dict(zip(ordered["customdata"], zip(ordered["x"], waited_for["x"], strict=True), strict=True))
    assert by_address == {"/purchasing?supplier=MINHO": (30, 4), "/purchasing?supplier=not-known": (2, 2)}
    for address in by_address:
        assert f'<li><a href="{address}"' in text
    names = [note["text"] for note in drawn["layout"]["annotations"]]
    assert "Minho &amp; Sons" in names, "a name is no markup"
    assert "1 line waits for 4 that nobody ordered" in text


def test_a_row_leads_to_the_lines_without_a_date_and_to_its_draft(plan, viewer, manager):
    text = manager.get("/purchasing").text
    assert 'href="/aging?dated=no&amp;sku=CHAIR">CHAIR<' in text
    assert viewer.get("/aging?dated=no&sku=CHAIR").text.count('<tr id="aging-row-') == 1
    chair = plan.sku("CHAIR").id
    assert f"/purchase-order-drafts/new?rows={chair}" in text
    assert "purchase-order-drafts" not in viewer.get("/purchasing").text
    assert f"/purchase-order-drafts/new?rows={plan.sku('BASKET').id}" not in text, "nobody sells it"
    assert "nobody sells it" in text
    draft_orders({chair: 24}, actor=None)
    text = manager.get("/purchasing").text
    assert "24 drafted" in text
    assert re.search(r'href="/purchase-orders">1</a>', text)


def test_what_is_ticked_is_drafted_by_supplier(plan, viewer, manager):
    ids = [plan.sku(code).id for code in ("CHAIR", "STOOL")]
    said = manager.act("/purchasing/ticked", {"rows": f"{ids[0]} {ids[1]} 999999 x"}).text
    words = " ".join(re.sub(r"<[^>]*>", " ", said).split())
    assert words.startswith("2 products selected 1 supplier · 30 units to order · 1 line waits · 1 no longer there")
    assert f"/purchase-order-drafts/new?rows={ids[0]}+{ids[1]}" in said
    assert "Draft" not in viewer.act("/purchasing/ticked", {"rows": str(ids[0])}).text
    assert "All 2 products selected" in viewer.act("/purchasing/ticked?supplier=MINHO", {"all": "yes"}).text
    assert "3 products selected" in viewer.get("/purchasing/ticked?all=yes").text, "without scripts, as a page"


def test_nothing_to_buy_is_good(world, viewer):
    world.stock("CHAIR", 5)
    world.plan()
    assert "Nothing is to be bought: good" in viewer.get("/purchasing").text


def test_the_plan_follows_each_act_as_a_fresh_one_would(plan, manager, today):
    manager.act("/purchase-orders/PO-1/purchase-order-cancellations", {"why": ""})
    assert not list(planning.check())
    (chair,) = [row for row in panel_of(today).page.rows if row.sku == "CHAIR"]
    assert (chair.unmet, chair.unmet_lines, chair.incoming) == (12, 2, 0)
