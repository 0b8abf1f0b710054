"""The lead times panel: what history says of suppliers, what is open, its picture, its rows, its report."""

from __future__ import annotations

import csv
import io
import random
import re
from datetime import date, timedelta
from functools import partial
from typing import Any

import numpy as np
import pytest

from dashboard import planning
from dashboard.database import db, transaction
from dashboard.panels.filters import Selection
from dashboard.panels.lead_times.about import PANEL
from dashboard.panels.lead_times.panel import load
from dashboard.panels.lead_times.queries import SORTS, lead_times, months, supplier_page
from dashboard.panels.pages import PAGE_ROWS
from tests.factories import World
from tests.panels.conftest import assert_plotly_accepts, loaded, picture, view_of
from tests.shops import filled_once

view = partial(view_of, PANEL)
panel_of = partial(loaded, PANEL, load)


def delivery(world: World, number: str, sku: str, qty: int, *, ordered: str, promised: str | None, **came: int) -> None:
    """A purchase order of one line, and the units that came of it by day: `on_2025_05_31=10`."""
    world.purchase_order(number, sku, qty, supplier=number.partition("-")[0], ordered=ordered, promised=promised)
    for day, units in came.items():
        world.receive(number, units, on=day.removeprefix("on_").replace("_", "-"), at=None)


@filled_once
def suppliers(world: World) -> None:
    """Ostrava with a history on both sides of every limit, Gdynia with too little of one, Kyoto with none; today is
    2026-03-12.

    | Ostrava's purchase order | promised   | came                     | lead time | on time  |
    | 1, stool, 10             | 2025-05-31 | 10 on that day           | 30        | 10 of 10 |
    | 2, stool, 10             | 2025-07-01 | 6 on that day, 4 ten late| 30 and 40 | 6 of 10  |
    | 3, stool, 10             | 2025-08-31 | 12 ten days before       | 20        | 10 of 10 |
    | 4, table, 20             | 2025-10-01 | 20 a month late          | 60        | 0 of 20  |
    | 5, stool, 5, closed      | 2025-10-31 | nothing                  |           | 0 of 5   |
    | 6, stool, 100, cancelled | 2025-11-01 | nothing                  |           |          |
    | 7, stool, 50             | a day too long ago | on that day      | 69        |          |
    | 8, stool, 9              | none       | 9, a day too long ago    |           |          |
    | 9, stool, 8              | 2026-03-01 | 3 today, 5 are open      |           | 0 of 8   |
    | 10, stool, 7             | 2026-04-01 | 7 are open               |           |          |
    """
    with transaction():
        world.sku("STOOL", name="Ostra bar stool, 65 cm")
        world.supplier("OSTRAVA", sells=["STOOL"], name="Ostrava Steelworks", country="Czechia", lead_time_days=30)
        world.supplier("GDYNIA", name="Gdynia Metal")
        world.terms("GDYNIA", "STOOL", lead_time_days=24)
        world.supplier("KYOTO", name="Kyoto Washi", lead_time_days=60)
        delivery(world, "OSTRAVA-1", "STOOL", 10, ordered="2025-05-01", promised="2025-05-31", on_2025_05_31=10)
        delivery(
            world, "OSTRAVA-2", "STOOL", 10,
            ordered="2025-06-01", promised="2025-07-01", on_2025_07_01=6, on_2025_07_11=4,
        )  # fmt: skip
        delivery(world, "OSTRAVA-3", "STOOL", 10, ordered="2025-08-01", promised="2025-08-31", on_2025_08_21=12)
        delivery(world, "OSTRAVA-4", "TABLE", 20, ordered="2025-09-01", promised="2025-10-01", on_2025_10_31=20)
        for number, qty, status in (("OSTRAVA-5", 5, "closed"), ("OSTRAVA-6", 100, "cancelled")):
            world.purchase_order(
                number, "STOOL", qty, supplier="OSTRAVA", ordered="2025-10-01", promised="2025-10-31", status=status
            )
        delivery(world, "OSTRAVA-7", "STOOL", 50, ordered="2025-01-01", promised="2025-03-11", on_2025_03_11=50)
        delivery(world, "OSTRAVA-8", "STOOL", 9, ordered="2024-01-01", promised=None, on_2024_03_11=9)
        delivery(world, "OSTRAVA-9", "STOOL", 8, ordered="2026-02-01", promised="2026-03-01", on_2026_03_12=3)
        delivery(world, "OSTRAVA-10", "STOOL", 7, ordered="2026-03-01", promised="2026-04-01")
        for number in range(3):
            delivery(
                world, f"GDYNIA-{number}", "STOOL", 4, ordered="2025-06-01", promised="2025-07-01", on_2025_06_20=4
            )
        world.order("1", "STOOL", 6, placed="2026-03-01")
        world.order("2", "STOOL", 4, placed="2026-03-02")
        world.order("3", "STOOL", 4, placed="2026-03-03")
    world.plan()


def reported(desk: Any, **given: str) -> list[dict[str, str]]:
    answer = desk.get("/lead-times/export", query_string=given)
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))


HEADS = [
    "supplier_id", "supplier", "sku", "observations", "mean_days", "sd_days", "p50_days", "p90_days", "quoted_days",
    "on_time_rate", "open_units", "overdue_units", "waiting_lines", "enough_data",
]  # fmt: skip


def test_the_report_is_the_table_worked_out_by_hand(suppliers, viewer):
    rows = reported(viewer)
    assert list(rows[0]) == HEADS
    # Ostrava as a whole: 20, 30, 30, 40, 60 and 69 days; 26 of 63 units. Of its stools: 20, 30, 30, 40, 69; 26 of 43.
    assert [list(row.values()) for row in rows] == [
        ["GDYNIA", "Gdynia Metal", "", "3", "19", "0", "19", "19", "", "1.0000", "0", "0", "0", "false"],
        ["KYOTO", "Kyoto Washi", "", "0", "", "", "", "", "60", "", "0", "0", "0", "false"],
        [
            "OSTRAVA", "Ostrava Steelworks", "", "6", "41.5", "19.1", "35", "64.5", "30", "0.4127", "12", "5", "3",
            "true",
        ],
        ["GDYNIA", "Gdynia Metal", "STOOL", "3", "19", "0", "19", "19", "24", "1.0000", "0", "0", "0", "false"],
        [
            "OSTRAVA", "Ostrava Steelworks", "STOOL", "5", "37.8", "18.8", "30", "57.4", "30", "0.6047", "12", "5", "3",
            "true",
        ],
        ["OSTRAVA", "Ostrava Steelworks", "TABLE", "1", "60", "", "60", "60", "30", "0.0000", "0", "0", "0", "false"],
    ]  # fmt: skip
    assert list(planning.check()) == []


def test_random_histories_come_to_what_numpy_says(world, today):
    die = random.Random(5)
    took: dict[tuple[str, str], list[int]] = {}
    due: dict[tuple[str, str], list[int]] = {}
    with transaction():
        for number in range(120):
            supplier, sku = die.choice("AABC"), die.choice(["X", "X", "Y", "Z"])
            ordered = today - timedelta(die.randint(40, 900))
            promised, qty = ordered + timedelta(die.randint(1, 60)), die.randint(1, 9)
            world.purchase_order(
                f"P{number}", sku, qty, supplier=supplier, ordered=ordered, promised=promised, status="closed"
            )
            in_time = 0
            for _ in range(die.randint(0, 3)):
                days, units = die.randint(0, 90), die.randint(1, 4)
                on = ordered + timedelta(days)
                world.receive(f"P{number}", units, on=on, at=None)
                in_time += units if on <= promised else 0
                if today - timedelta(730) <= on < today:
                    for key in ((supplier, ""), (supplier, sku)):
                        took.setdefault(key, []).append(days)
            if today - timedelta(365) <= promised < today:
                for key in ((supplier, ""), (supplier, sku)):
                    due.setdefault(key, [0, 0])
                    due[key] = [due[key][0] + qty, due[key][1] + min(in_time, qty)]
    world.plan()
    rows = {(row.supplier_id, row.sku or ""): row for row in lead_times(db.session(), Selection(), today)}
    assert rows.keys() == took.keys() | due.keys()
    for key, row in rows.items():
        days = np.array(took.get(key, []))
        assert row.observations == len(days)
        assert [row.units_due, row.units_on_time] == due.get(key, [0, 0])
        assert row.enough_data == (len(days) >= 5)
        if len(days) > 1:
            told = (row.mean_days, row.sd_days, row.p50_days, row.p90_days)
            said = (days.mean(), days.std(ddof=1), np.percentile(days, 50), np.percentile(days, 90))
            assert told == pytest.approx(said, abs=1e-6)


def test_the_headline_counts_what_is_overdue_and_since_yesterday(suppliers, app, today):
    panel = panel_of(today)
    assert (panel.totals.overdue_units, panel.totals.open_units, panel.totals.listed) == (5, 12, 3)
    assert panel.totals.on_time_rate == pytest.approx(38 / 75)
    assert panel.change is None, "no figure of yesterday yet"
    app.config["BUSINESS_DATE"] = date(2026, 4, 2)
    suppliers.plan()
    panel = panel_of(date(2026, 4, 2))
    assert (panel.totals.overdue_units, panel.change) == (12, 7), "purchase order 10 was due the day before"
    assert list(planning.check()) == []


def test_punctuality_is_told_three_months_at_a_time(suppliers, today):
    by_month = months(db.session(), Selection(), today)
    assert [(month.first.isoformat()[:7], month.units_due, month.units_on_time) for month in by_month] == [
        ("2025-03", 50, 50),
        ("2025-05", 10, 10),
        ("2025-07", 22, 18),
        ("2025-08", 10, 10),
        ("2025-10", 25, 0),
        ("2026-03", 8, 0),
    ]
    trend = panel_of(today).trend
    assert [(one.first.month, one.last.month, one.units_due, one.units_on_time) for one in trend] == [
        (3, 5, 60, 60),
        (4, 6, 10, 10),
        (5, 7, 32, 28),
        (6, 8, 32, 28),
        (7, 9, 32, 28),
        (8, 10, 35, 10),
        (9, 11, 25, 0),
        (10, 12, 25, 0),
        (1, 3, 8, 0),
    ]
    assert panel_of(today, supplier="GDYNIA").trend == (), "a single month is no trend"
    assert panel_of(today, sku="STOOL").trend == (), "of single SKUs it is not kept"


def test_a_supplier_opens_its_skus_and_a_sku_all_who_deliver_it(suppliers, today):
    assert [row.supplier_id for row in panel_of(today).page.rows] == ["OSTRAVA", "GDYNIA", "KYOTO"], "overdue first"
    opened = panel_of(today, supplier="OSTRAVA")
    assert [row.sku for row in opened.whole] == [None]
    assert [row.sku for row in opened.page.rows] == ["STOOL", "TABLE"]
    assert (opened.totals.overdue_units, opened.totals.rows) == (5, 3)
    assert not panel_of(today, supplier="GDYNIA").totals.enough_data, "nor is a rate told above its table"
    who = panel_of(today, sku="STOOL", sort="supplier")
    assert [row.supplier_id for row in who.page.rows] == ["GDYNIA", "OSTRAVA"]
    assert not who.whole
    assert who.totals.overdue_units == 5


def test_rows_lead_to_their_skus_and_to_the_lines_that_wait(suppliers, viewer):
    text = viewer.get("/lead-times").text
    assert re.search(r'class="row-link" href="/lead-times\?supplier=OSTRAVA"', text)
    assert 'href="/aging?supplier=OSTRAVA"' in text
    opened = viewer.get("/lead-times?supplier=OSTRAVA").text
    assert re.search(r'class="row-link" href="/lead-times\?sku=STOOL"', opened)
    assert 'href="/aging?supplier=OSTRAVA&amp;sku=STOOL"' in opened
    assert "CSV, 3 rows" in opened


def test_unknown_and_too_little_stand_last_whichever_figure_is_sorted_by(suppliers, today):
    def by(sort: str) -> list[str]:
        return [row.supplier_id for row in panel_of(today, sort=sort).page.rows]

    assert by("-median")[0] == "OSTRAVA", "of three deliveries no median is shown, and none sorted by"
    assert by("on-time")[0] == "OSTRAVA"
    assert by("-quoted") == ["KYOTO", "OSTRAVA", "GDYNIA"]
    assert by("supplier") == ["GDYNIA", "KYOTO", "OSTRAVA"]


def test_every_supplier_stands_on_one_page_in_any_order(world, today):
    with transaction():
        for number in range(PAGE_ROWS + 9):
            world.supplier(f"S{number:02}", lead_time_days=number % 3 or None)
    world.plan()
    for sort in SORTS:
        seen, here = [], view(sort=sort)
        while True:
            page = supplier_page(db.session(), here, today)
            seen += [row.supplier_id for row in page.rows]
            if not page.older:
                break
            here = here.following(page.older)
        assert len(seen) == len(set(seen)) == PAGE_ROWS + 9, sort


# The picture.


def test_every_line_of_the_picture_says_a_sentence_and_leads_where_its_link_leads(suppliers, viewer):
    text = viewer.get("/lead-times").text
    hover, medians = picture(text)["data"]
    assert hover["customdata"] == [f"/lead-times?supplier={name}" for name in ("OSTRAVA", "GDYNIA", "KYOTO")]
    assert hover["hovertext"][0] == (
        "Ostrava Steelworks: half of 6 deliveries came by day 35, nine of ten by day 64.5. Quoted: 30\u00a0d. "
        "41\u00a0% of what was due in the last 12 months came when promised."
    )
    assert medians["x"] == [35.0], "of too few deliveries there is no mark"
    listed = re.search(r'id="lead-times-picture".*?<ul class="chart-text">(.*?)</ul>', text, re.DOTALL)[1]
    assert re.findall(r'href="([^"]+)"', listed) == hover["customdata"]


@pytest.mark.parametrize("query", ["", "?supplier=OSTRAVA", "?sku=STOOL", "?supplier=KYOTO"])
def test_plotly_accepts_the_pictures(suppliers, viewer, query):
    text = viewer.get(f"/lead-times{query}").text
    for id in re.findall(r'<figure class="chart[^"]*" id="([\w-]+)"', text):
        assert_plotly_accepts(picture(text, id))


def test_a_supplier_that_nobody_knows_is_no_row(suppliers, viewer):
    text = viewer.get("/lead-times?supplier=NOBODY").text
    assert "No supplier matches these filters" in text
    assert 'href="/lead-times"' in text
