"""The panel of cancellation risk: its figures, its picture, its rows and their report."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter, defaultdict
from functools import partial

import pytest

from dashboard.database import db
from dashboard.domain.cancellation_risk import LIKELY_BANDS, RISK_BANDS, band_of
from dashboard.panels.cancellation_risk.about import PANEL
from dashboard.panels.cancellation_risk.panel import load
from dashboard.panels.cancellation_risk.queries import SORTS, risk_page
from dashboard.panels.filters import is_told
from dashboard.panels.pages import PAGE_ROWS
from tests.panels.conftest import (
    MICROS,
    assert_plotly_accepts,
    loaded,
    orders_in,
    picture,
    said_again,
    selections_in_orders,
    thoroughly,
    view_of,
)
from tests.shops import filled_once

panel_of = partial(loaded, PANEL, load)


@filled_once
def leaving(world):
    """Three waiting lines on 2026-03-12, of small, middling and great risk.

    | order | value   | what is known                                                          | chance  |
    | 1     | 100 USD | 2 days, contract, ships within a week, promise kept                      | 1.34 %  |
    | 2     | 600 USD | 2 days, ships in two weeks                                               | 4.8 %   |
    | 3     | 600 USD | 101 days, the promised date has passed, no date yet                      | 27.65 % |
    """
    world.purchase_order("P", "CHAIR", 20, expected="2026-03-16")
    world.purchase_order("Q", "LAMP", 20, expected="2026-03-27")
    world.order(
        "1", "CHAIR", 1, placed="2026-03-10", unit_price="100", currency="USD", customer="A", tier="contract",
        promised="2026-03-20",
    )  # fmt: skip
    world.order("2", "LAMP", 3, placed="2026-03-10", unit_price="200", currency="USD", customer="B", tier="retail")
    world.order(
        "3", "TABLE", 2, placed="2025-12-01", unit_price="300", currency="USD", customer="D", tier="retail",
        promised="2026-02-01",
    )  # fmt: skip
    world.plan()


# Figures.


def test_value_at_risk_is_value_times_chance_by_currency(leaving, today):
    panel = panel_of(today)
    chances = {row.line.order_number: row.cancel_risk for row in panel.page.rows}
    assert list(chances) == ["3", "2", "1"], "riskiest first"
    assert chances["1"] < 500 <= 2_000 <= chances["3"]
    expected = sum(value * MICROS * chances[order] // 10_000 for order, value in (("1", 100), ("2", 600), ("3", 600)))
    assert panel.at_risk == (("USD", expected),)
    assert panel.values == (("USD", 1_300 * MICROS),)
    assert (panel.lines, panel.likely_lines) == (3, 1)
    leaving.order("4", "TABLE", 1, placed="2026-03-01", unit_price="10", currency="GBP")
    leaving.plan()
    panel = panel_of(today)
    assert [currency for currency, _ in panel.at_risk] == ["GBP", "USD"]
    assert (panel.measure, panel_of(today, by="value").measure) == ("lines", "lines")


def test_a_filter_on_risk_pales_the_other_bars_and_counts_only_its_own(leaving, today):
    panel = panel_of(today, risk=["20-35", "35+"])
    assert [total.band for total in panel.bands if total.chosen] == ["20-35", "35+"]
    assert sum(total.lines for total in panel.bands) == 3
    assert (panel.lines, panel.likely_lines, len(panel.page.rows)) == (1, 1, 1)
    assert panel.set_filters[0].words == "Risk: 20–35 % or 35 % and more"


SELECTIONS = [
    {},
    {"channel": "web"},
    {"channel": "not-known", "currency": "EUR"},
    {"supplier": "S0"},
    {"tier": ["vip", "not-known"]},
    {"dated": "no"},
    {"cause": "not-ordered"},
    {"sku": "A"},
    {"tag": "gift:yes"},
    {"risk": "5-10"},
    {"risk": ["10-20", "20-35"], "supplier": "S0"},
    {"risk": "unscored"},
]

BOTH_WAYS = (*SORTS, *(f"-{sort}" for sort in SORTS))


def test_figures_are_what_the_rows_add_up_to(divided_crowd, today):
    """Kept and counted sums against a plain loop over the table, for every kind of selection."""
    rows = said_again()
    for given in SELECTIONS:
        panel = panel_of(today, **given)
        chosen = panel.view.selection.of("risk") or RISK_BANDS
        others = [
            row
            for row, has in rows
            if all(has[key] & set(values) for key, values in panel.view.selection.without("risk").chosen)
        ]
        bands = defaultdict(list)
        for row in others:
            bands[band_of(row.cancel_risk)].append(row)
        for total in panel.bands:
            inside = bands.pop(total.band, [])
            assert total.lines == len({row.line_id for row in inside}), given
            assert dict(total.values) == added(inside, "value"), given
            assert dict(total.at_risk) == added(inside, "value_at_risk"), given
        assert not bands
        meant = [row for row in others if band_of(row.cancel_risk) in chosen]
        assert panel.lines == len({row.line_id for row in meant}), given
        likely = {row.line_id for row in meant if band_of(row.cancel_risk) in LIKELY_BANDS}
        assert panel.likely_lines == len(likely), given
        assert dict(panel.at_risk) == added(meant, "value_at_risk"), given


def added(rows, name) -> dict[str, int]:
    sums = defaultdict(int)
    for row in rows:
        sums[row.currency] += getattr(row, name)
    return dict(sums)


# Rows.


@thoroughly
def test_pages_and_their_csv_have_the_same_rows_whichever_way_they_are_found(divided_crowd, today, thorough):
    selections = [*SELECTIONS, {"eta": "2000-01-01.."}, {"eta": "..2999-12-31", "currency": "EUR"}]
    for given, sorts in selections_in_orders(selections, BOTH_WAYS, thorough=thorough):
        exported = list(PANEL.report.rows(db.session(), view_of(PANEL, **given).selection, today))
        assert exported == sorted(exported, key=lambda row: (-row.cancel_risk, row.order_id, row.line_no)), given
        for sort in sorts:
            met = []
            asked = view_of(PANEL, **given, sort=sort)
            ways = [{"walked": True}, {"walked": False}]
            if is_told(asked.selection):
                ways.append({"walked": False, "told": True})
            for way in ways:
                page, rows = risk_page(db.session(), asked, today, **way), []
                rows += page.rows
                while page.older:
                    page = risk_page(db.session(), asked.following(page.older), today, **way)
                    rows += page.rows
                met.append(rows)
            assert all(rows == met[0] for rows in met), (given, sort)
            lines = {(row.line.order_number, row.line.line_no) for row in met[0]}
            assert lines == {(row.order_id, row.line_no) for row in exported}, (given, sort)
            assert len(exported) == len(lines)


def test_a_row_says_why_and_names_what_is_not_known(leaving, today):
    rows = {row.line.order_number: row for row in panel_of(today).page.rows}
    assert [str(reason) for reason in rows["3"].reasons] == [
        "the promised date has passed",
        "no date yet",
        "waited more than 60 days",
        "value of 500 or more",
    ]
    assert "promised date not known" in [reason.words for reason in rows["2"].reasons if reason.effect == "unknown"]
    assert all(reason.effect == "lowers" for reason in rows["1"].reasons)


def test_the_report_says_score_reasons_model_and_when(leaving, today, viewer):
    text = viewer.get("/cancellation-risk/export").data.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["order_id"] for row in rows] == ["3", "2", "1"]
    panel = panel_of(today)
    riskiest = panel.page.rows[0]
    assert rows[0] == {
        "order_id": "3", "line_no": "1", "sku": "TABLE", "customer_id": "D-retail", "qty_backordered": "2",
        "currency": "USD", "value": "600.00", "cancel_risk": f"{riskiest.cancel_risk / 10_000:.4f}",
        "value_at_risk": f"{riskiest.value_at_risk / MICROS:.2f}",
        "reasons": "the promised date has passed; no date yet; waited more than 60 days; value of 500 or more",
        "model": "prior", "scored_at": panel.as_of.isoformat(timespec="seconds"),
    }  # fmt: skip
    assert viewer.get("/reports/cancellation-risk").data.decode("utf-8-sig") == text


def test_a_divided_line_is_one_row_of_the_report_with_its_parts_added_up(divided_crowd, today):
    parts = defaultdict(list)
    for row, _ in said_again():
        parts[row.order_number, row.line_no].append(row)
    divided = {key: rows for key, rows in parts.items() if len(rows) > 1}
    assert divided
    rows = PANEL.report.rows(db.session(), view_of(PANEL).selection, today)
    exported = {(row.order_id, row.line_no): row for row in rows}
    for key, rows in divided.items():
        assert exported[key].cancel_risk == max(row.cancel_risk for row in rows)
        assert exported[key].qty_backordered == sum(row.qty_backordered for row in rows)
        if rows[0].priced:
            assert exported[key].value_at_risk == sum(row.value_at_risk for row in rows)


# In the browser.


def test_every_bar_leads_to_exactly_its_rows_and_back(leaving, viewer):
    figure = picture(viewer.get("/cancellation-risk?by=lines").text)
    (bars,) = figure["data"]
    assert len(bars["customdata"]) == 5
    assert sum(bars["y"]) == 3
    for address, count in zip(bars["customdata"], bars["y"], strict=True):
        text = viewer.get(address).text
        assert len(orders_in(text)) == count
        assert '<li><a href="/cancellation-risk?by=lines" ' in text, "what is chosen alone leads back to all"


def test_the_links_beside_the_picture_say_what_the_bars_say(leaving, viewer):
    text = viewer.get("/cancellation-risk").text
    listed = re.search(r'-picture".*?<ul class="chart-text">(.*?)</ul>', text, re.DOTALL)[1]
    waiting, at_risk = picture(text)["data"]
    assert re.findall(r'href="([^"]+)"', listed) == waiting["customdata"] == at_risk["customdata"]
    assert all(part <= whole for part, whole in zip(at_risk["y"], waiting["y"], strict=True))
    assert "20–35 %: 1 line, $600.00, at risk $" in listed


def test_a_prior_score_says_that_it_is_one(leaving, viewer):
    text = viewer.get("/cancellation-risk").text
    assert "Prior score" in text
    assert "until there is history enough" in text
    assert "until this shop has history enough for a model of its own" in text, "how this is computed"


def test_an_unknown_price_is_no_zero(world, viewer):
    world.order("1", "CHAIR", 1, placed="2026-03-01", unit_price=None)
    world.plan()
    text = viewer.get("/cancellation-risk").text
    assert "no price" in text
    assert "value not known" in text
    (row,) = csv.DictReader(io.StringIO(viewer.get("/cancellation-risk/export").data.decode("utf-8-sig")))
    assert (row["value"], row["value_at_risk"]) == ("", "")
    assert row["cancel_risk"]


@pytest.mark.parametrize("query", ["", "?by=lines", "?risk=20-35", "?risk=35%2B"])
def test_plotly_accepts_the_picture(leaving, viewer, query):
    assert_plotly_accepts(picture(viewer.get(f"/cancellation-risk{query}").text))


def test_an_empty_shop_says_whether_that_is_good(world, viewer):
    assert "Nothing is planned yet" in viewer.get("/cancellation-risk").text
    world.plan()
    assert "Nobody waits, so nobody leaves: good" in viewer.get("/cancellation-risk").text
    assert viewer.get("/cancellation-risk?channel=web&tier=vip&risk=0-5").status_code == 200


# Risk against value.


def test_dots_are_the_lines_of_which_most_is_at_risk_and_lead_to_them(divided_crowd, today, viewer):
    rows = said_again()
    for given in SELECTIONS:
        panel = panel_of(today, **given)
        meant = [
            row
            for row, has in rows
            if all(has[key] & set(values) for key, values in panel.view.selection.without("risk").chosen)
            and band_of(row.cancel_risk) in (panel.view.selection.of("risk") or RISK_BANDS)
        ]
        parts = Counter(row.currency for row in meant)
        at_risk = {row.currency for row in meant if row.value_at_risk}
        currency = min(at_risk, key=lambda name: (-parts[name], name), default=None)
        found = (row.value_at_risk for row in meant if row.currency == currency)
        expected = sorted(filter(None, found), reverse=True)
        assert [point.value_at_risk for point in panel.points] == expected[:PAGE_ROWS], given
        assert {point.currency for point in panel.points} == ({currency} if expected else set()), given
    text = viewer.get("/cancellation-risk").text
    scatter = picture(text, "cancellation-risk-scatter")
    assert_plotly_accepts(scatter)
    curve, dots = scatter["data"]
    listed = re.search(r'-scatter".*?<ul class="chart-text">(.*?)</ul>', text, re.DOTALL)[1]
    assert re.findall(r'href="([^"]+)"', listed) == dots["customdata"]
    point = panel_of(today).points[0]
    assert dots["customdata"][0] == f"/orders/{point.order_number}/lines/{point.line_no}"
    assert viewer.get(dots["customdata"][0]).status_code == 200
    products = [x * y for x, y in zip(curve["x"], curve["y"], strict=True)]
    assert max(products) == pytest.approx(min(products)), "as much is at risk all along the dotted line"
    assert f"Order {point.order_number}, {point.customer}: {point.product}." in listed


def test_a_single_dot_and_none_at_all_are_pictures_too(world, today, viewer):
    world.order("1", "CHAIR", 1, placed="2026-03-01", unit_price="0.01", currency="USD")
    world.order("2", "CHAIR", 1, placed="2026-03-01", unit_price=None)
    world.plan()
    (point,) = panel_of(today).points
    assert (point.order_number, point.currency) == ("1", "USD")
    assert_plotly_accepts(picture(viewer.get("/cancellation-risk").text, "cancellation-risk-scatter"))
    assert "cancellation-risk-scatter" not in viewer.get("/cancellation-risk?risk=35%2B").text
    assert "overview-cancellation-risk-picture" in viewer.get("/overview").text
