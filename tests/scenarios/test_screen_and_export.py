"""Behaviours 50, 53 (reading) and 54: the screen is in the file; currencies; large shops and large orders."""

from __future__ import annotations

import csv
import io
import re

from sqlalchemy import insert

from dashboard import models
from dashboard.database import transaction
from tests.factories import as_instant, as_micros


def exported(viewer, query: str = "") -> list[dict[str, str]]:
    data = viewer.get(f"/aging/export{query}").data
    assert data.startswith(b"\xef\xbb\xbf"), "Excel reads UTF-8 only behind a byte-order mark"
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))


def listed(text: str) -> list[str]:
    return re.findall(r'class="row-link"[^>]*>([^<]+)<', text)


def test_an_export_holds_the_whole_filtered_set_in_the_order_of_the_screen(world, viewer):
    with transaction():
        for number in range(120):
            world.order(f"{number:03}", "CHAIR", 1, placed="2026-03-01", channel="web" if number % 2 else "store")
    world.plan()
    rows = exported(viewer, "?channel=web")
    assert len(rows) == 60
    text = viewer.get("/aging?channel=web").text
    assert "CSV, 60 rows" in text
    assert "50 of 60 lines" in text
    assert listed(text) == [row["order_id"] for row in rows][:50]


def test_an_export_says_the_numbers_of_the_screen_with_iso_dates(world, viewer):
    world.order("1", "CHAIR", 3, placed="2026-03-01", unit_price="19.995", currency="USD", promised="2026-04-01")
    world.plan()
    (row,) = exported(viewer)
    assert (row["qty_backordered"], row["value"], row["current_promise"]) == ("3", "59.99", "2026-04-01")
    assert "$59.99" in viewer.get("/aging").text


def test_cells_that_a_spreadsheet_would_run_are_made_harmless_and_names_stay_intact(world, viewer):
    names = {"1": "=HYPERLINK(1)", "2": "+49 30", "3": "-x", "4": "@sum", "5": 'Hương Nguyễn & Søn, "Łódź"'}
    for number, name in names.items():
        world.customer(f"C{number}", name=name)
        world.order(number, "CHAIR", 1, placed="2026-03-01", customer=f"C{number}")
    world.plan()
    told = {row["order_id"]: row["customer"] for row in exported(viewer)}
    assert told == {"1": "'=HYPERLINK(1)", "2": "'+49 30", "3": "'-x", "4": "'@sum", "5": names["5"]}


def test_totals_are_never_added_across_currencies(world, viewer):
    world.order("1", "CHAIR", 1, placed="2026-03-01", unit_price="53332", currency="USD")
    world.order("2", "CHAIR", 1, placed="2026-03-01", unit_price="4118", currency="GBP")
    world.plan()
    text = viewer.get("/aging").text
    assert "$53,332.00" in text
    assert "£4,118.00" in text
    assert "57,450" not in text
    assert "Two currencies are never added, so the bars show lines" in text
    figures = list(csv.DictReader(io.StringIO(viewer.get("/reports/aging").data.decode("utf-8-sig"))))
    assert {(row["currency"], row["value"]) for row in figures if row["lines"] != "0"} == {
        ("USD", "53332.00"),
        ("GBP", "4118.00"),
    }


def test_an_order_of_three_hundred_lines_is_shown_whole(world, viewer):
    world.order("BIG", lines=[(f"SKU-{number:03}", 1) for number in range(300)], placed="2026-03-01")
    world.plan()
    assert len(listed(viewer.get("/orders/BIG").text)) == 300
    assert len(exported(viewer)) == 300


def test_all_of_many_waiting_lines_are_counted_and_exported_and_the_page_stays_short(world, viewer):
    """Fifty thousand are measured by `make bench`; here it is five thousand, written at once."""
    lines = 5_000
    world.order("0", "CHAIR", 1, placed="2026-03-01")
    with transaction() as saving:
        sku, customer = world.line("0").sku_id, saving.query(models.Customer.id).scalar()
        placed_at = as_instant("2026-03-02")
        saving.execute(
            insert(models.Order),
            [
                {
                    "number": f"N{number:05}", "customer_id": customer, "placed_at": placed_at,
                    "placed_on": placed_at.date(), "currency": "EUR",
                }
                for number in range(lines)
            ],
        )  # fmt: skip
        ids = saving.query(models.Order.id).filter(models.Order.number != "0").all()
        saving.execute(
            insert(models.OrderLine),
            [
                {
                    "order_id": order.id, "line_no": 1, "sku_id": sku, "qty": 1, "qty_open": 1,
                    "unit_price": as_micros("10"),
                }
                for order in ids
            ],
        )  # fmt: skip
    world.order("END", "CHAIR", 1, placed="2026-03-03")
    world.plan()
    text = viewer.get("/aging").text
    assert "5,002" in text
    assert len(listed(text)) == 50
    assert len(exported(viewer)) == 5_002
