"""The fast-movers panel: its figures, its picture, its rows, its CSV."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from functools import partial
from itertools import pairwise

import pytest

from dashboard import clock, models
from dashboard.database import db, transaction
from dashboard.domain.fast_movers import PRESSING, PRESSING_SKUS, STATUSES
from dashboard.panels.fast_movers.about import PANEL
from dashboard.panels.fast_movers.chart import HEAD_WIDTHS, LEAST_NARROW_PLOT, LEAST_PLOT
from dashboard.panels.fast_movers.panel import load
from dashboard.panels.fast_movers.queries import PICTURED
from dashboard.panels.filters import STATUS_WORDS
from dashboard.panels.pages import PAGE_ROWS
from tests.factories import World
from tests.panels.conftest import assert_plotly_accepts, loaded, picture
from tests.shops import filled_once


@filled_once
def shelves(world: World) -> None:
    """A SKU of every status, all bought from Minho who takes ten days; each sold 90 in the last 90 days but the last.

    | SKU    | on hand | to come | waits | point | order          |
    | LAMP   | 0       | 12      | 6     | 24    | 24 + 30 − 6    |
    | CHAIR  | 9       | 0       | 0     | 24    | 24 + 30 − 9    |
    | TABLE  | 9       | 40      | 0     | 24    | –              |
    | BASKET | 99      | 0       | 0     | 24    | –              |
    | STOOL  | 5       | 0       | 0     | –     | –, never sold  |
    """
    today = clock.today()
    world.supplier("MINHO", name="Minho Cadeiras", lead_time_days=10)
    with transaction():
        for sku, on_hand, sku_class in (
            ("LAMP", 0, "A"), ("CHAIR", 9, "A"), ("TABLE", 9, None), ("BASKET", 99, None), ("STOOL", 5, None),
        ):  # fmt: skip
            world.sku(sku, name=f"{sku.capitalize()} & more", sku_class=sku_class)
            world.terms("MINHO", sku)
            world.stock(sku, on_hand)
            for week in range(1, 13 if sku != "STOOL" else 0):
                world.order(f"{sku}-{week}", sku, 8 if week < 6 else 7, placed=today - timedelta(7 * week))
                world.ship(f"{sku}-{week}", 8 if week < 6 else 7, on=today - timedelta(7 * week))
        world.order("waits", "LAMP", 6, placed=today)
        world.purchase_order("PO-1", "LAMP", 12, supplier="MINHO", expected=today + timedelta(5))
        world.purchase_order("PO-2", "TABLE", 40, supplier="MINHO", expected=today + timedelta(5))
        for sku in ("LAMP", "CHAIR", "TABLE", "BASKET"):
            world.order(f"{sku}-0", sku, 1, placed=today - timedelta(2))
            world.ship(f"{sku}-0", 1, on=today - timedelta(2))
            world.sku(sku, safety_stock=14)
    world.plan()


panel_of = partial(loaded, PANEL, load)


def test_the_figures_count_what_presses_and_what_to_order(shelves, today):
    panel = panel_of(today)
    assert [(row.sku, row.status, row.suggested_order) for row in panel.page.rows] == [
        ("LAMP", "out", 48), ("CHAIR", "below", 45), ("TABLE", "soon", 0), ("BASKET", "ok", 0), ("STOOL", "idle", 0),
    ]  # fmt: skip
    assert (panel.skus, panel.pressing, panel.out, panel.units_to_order) == (5, 2, 1, 93)
    assert [row.sku for row in panel.pictured] == ["LAMP", "CHAIR"]
    assert panel.total_pressing is None
    filtered = panel_of(today, status="below")
    assert (filtered.skus, filtered.pressing, filtered.out, filtered.total_pressing) == (1, 1, 0, 2)


def test_the_change_is_since_the_end_of_yesterday(shelves, today):
    assert panel_of(today).change is None
    with transaction() as saving:
        saving.add(models.DailySnapshot(day=today - timedelta(1), figure=PRESSING_SKUS, key="", currency="", amount=5))
    assert panel_of(today).change == -3
    assert panel_of(today, status="out").change is None, "yesterday's figure is of all SKUs"
    kept = db.session.get(models.DailySnapshot, (today, PRESSING_SKUS, "", ""))
    assert kept.amount == 2, "and today's is kept for tomorrow"


def test_every_figure_leads_to_the_rows_that_it_counts(shelves, viewer, today):
    text = viewer.get("/fast-movers").text
    assert 'href="/fast-movers?status=out&amp;status=below">2</a>' in text
    assert 'href="/fast-movers?status=out">1</a>' in text
    assert panel_of(today, status="out").skus == 1
    by_order = re.findall(r'<tr id="fast-movers-row-(\d+)"', viewer.get("/fast-movers?sort=-order").text)
    ids = {sku.code: str(sku.id) for sku in db.session.query(models.Sku)}
    assert by_order[:2] == [ids["LAMP"], ids["CHAIR"]]


def test_a_row_leads_to_the_lines_that_wait_for_its_sku(shelves, viewer):
    text = viewer.get("/fast-movers").text
    address = re.search(r'class="row-link" href="([^"]+)">LAMP<', text)[1]
    assert address == "/aging?sku=LAMP"
    assert viewer.get(address).text.count('<tr id="aging-row-') == 1


def test_the_picture_is_one_that_plotly_draws_and_its_text_says_the_same(shelves, viewer):
    text = viewer.get("/fast-movers").text
    drawn = picture(text)
    assert_plotly_accepts(drawn)
    track, bars = drawn["data"]
    assert (track["x"], bars["x"]) == ([24, 24], [6, 9])
    assert bars["customdata"] == ["/fast-movers?sku=LAMP", "/fast-movers?sku=CHAIR"]
    for address in bars["customdata"]:
        assert f'<li><a href="{address}"' in text
    assert bars["hovertext"][0] == (
        "Lamp & more<br>0 available, 12 to come, 6 waited for.<br>It sells 1.0 a day; its reorder point is 24."
    )
    assert "Lamp &amp; more" in drawn["layout"]["annotations"][0]["text"], "a name is no markup"
    assert 'aria-hidden="true"' in text


def test_the_picture_has_room_for_the_most_pressing_ones(world, viewer, today):
    with transaction():
        for number in range(PICTURED + 3):
            world.stock(f"SKU-{number:02}", 0)
            world.order(f"{number}", f"SKU-{number:02}", number + 1, placed=today - timedelta(3))
        world.sku("NAMELESS-" + "X" * 60, name="A product whose name is far longer than any picture has room for")
        world.order("long", "NAMELESS-" + "X" * 60, 1, placed=today - timedelta(3))
    world.plan()
    drawn = picture(viewer.get("/fast-movers").text)
    assert drawn["data"][1]["x"] == [-number for number in range(PICTURED + 3, 3, -1)], "the most waited for first"
    assert all(len(note["text"]) < 40 for note in drawn["layout"]["annotations"])
    assert len(panel_of(today).page.rows) == PICTURED + 4 < PAGE_ROWS


@pytest.mark.parametrize(
    ("here", "owed", "reorder_point"), [(0, 1, 30), (0, 30, 1), (0, 3, 4), (2, 0, 40), (0, 500, None), (0, 1, None)]
)
def test_no_head_of_the_picture_of_a_single_sku_stands_over_another(world, viewer, today, here, owed, reorder_point):
    with transaction():
        world.sku("LAMP", reorder_point=reorder_point)
        world.stock("LAMP", here)
        if owed:
            world.order("1", "LAMP", owed, placed=today - timedelta(3))
        world.order("2", "LAMP", 1, placed=today - timedelta(2))
        world.ship("2", 1, on=today - timedelta(2))
    world.plan()
    drawn = picture(viewer.get("/fast-movers").text)
    narrow = drawn["narrow"]["layout"]
    for plot, notes, margin in (
        (LEAST_PLOT, drawn["layout"]["annotations"], drawn["layout"]["margin"]),
        (
            LEAST_NARROW_PLOT,
            [wide | less for wide, less in zip(drawn["layout"]["annotations"], narrow["annotations"], strict=True)],
            narrow["margin"],
        ),
    ):
        heads = sorted(extents(notes, drawn["layout"]["xaxis"]["range"], plot))
        assert heads[-1][2] == "order"
        assert heads[-1][1] == plot + margin["r"]
        for (_, end, text), (start, _, beside) in pairwise(heads):
            assert end < start, f"{text!r} stands over {beside!r} in {plot} pixels"


def extents(notes: list[dict], ends: list[float], plot: int) -> list[tuple[float, float, str]]:
    """From where to where each head that is seen reaches, in pixels of the plot."""
    first, last = ends
    found = []
    for note in notes:
        if note["text"] not in HEAD_WIDTHS or note.get("visible") is False:
            continue
        width = HEAD_WIDTHS[note["text"]]
        at = note["x"] * plot if note["xref"] == "paper" else (note["x"] - first) / (last - first) * plot
        left = at + note["xshift"] - {"left": 0, "center": width / 2, "right": width}[note["xanchor"]]
        found.append((left, left + width, note["text"]))
    return found


def test_a_selection_in_which_nothing_presses_says_so(shelves, viewer):
    text = viewer.get("/fast-movers?sku=STOOL").text
    assert "Nothing to order: good" in text
    assert "No demand" not in text
    assert "No SKU matches these filters" in viewer.get("/fast-movers?sku=STOOL&status=out").text


def test_the_report_has_the_columns_of_the_contract(shelves, viewer):
    answer = viewer.get("/fast-movers/export")
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert rows[0] == {
        "sku": "LAMP", "product": "Lamp & more", "on_hand": "0", "reserved": "0", "available": "0", "incoming": "12",
        "backordered": "6", "demand_per_day": "1.0000", "demand_sd": "2.5396", "selling_days": "90",
        "days_of_cover": "0", "lead_time_days": "10", "safety_stock": "14", "reorder_point": "24",
        "suggested_order": "48", "status": "out",
    }  # fmt: skip
    assert [row["status"] for row in rows] == list(STATUSES)
    assert rows[-1]["days_of_cover"] == "", "what nobody buys does not run out"
    assert viewer.get("/reports/fast-movers").data == answer.data


def test_the_words_of_the_statuses_are_one_for_each():
    assert list(STATUS_WORDS) == list(STATUSES)
    assert set(PRESSING) == {"out", "below"}
