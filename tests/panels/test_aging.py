"""The aging panel: its figures, its picture, its rows."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from itertools import product

import pytest
from sqlalchemy import insert, select

from dashboard import models
from dashboard.database import db, transaction
from dashboard.domain.aging import WAITING_LINES, bucket_of
from dashboard.panels.aging.about import PANEL
from dashboard.panels.aging.panel import load
from dashboard.panels.aging.queries import SORTS, bucket_figures, oldest_line, waiting_page
from dashboard.panels.choices import KEPT, load_choices
from dashboard.panels.days import days_of
from dashboard.panels.filters import NOT_KNOWN, Selection
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

view = partial(view_of, PANEL)
panel_of = partial(loaded, PANEL, load)


# Figures.


def test_the_headline_counts_lines_and_keeps_currencies_apart(shop, today):
    panel = panel_of(today)
    assert (panel.lines, panel.orders, panel.units) == (5, 5, 15)
    assert [(value.currency, value.value) for value in panel.values] == [
        ("GBP", 59_985_000),
        ("USD", 1_900 * MICROS),
    ]


def test_each_bucket_has_its_line(shop, today):
    assert [(total.bucket.key, total.lines, total.units) for total in panel_of(today).buckets] == [
        ("0-7", 1, 1),
        ("8-14", 1, 2),
        ("15-30", 1, 5),
        ("31-60", 1, 3),
        ("61+", 1, 4),
    ]


def test_the_oldest_line_is_named(shop, today):
    panel = panel_of(today)
    assert (panel.oldest.order_number, panel.oldest.line_no, panel.oldest_days) == ("5", 1, 101)
    assert panel_of(today, channel="web").oldest.order_number == "4"


def test_a_filter_on_age_pales_the_other_bars_and_counts_only_its_own(shop, today):
    panel = panel_of(today, age=["15-30", "31-60"])
    assert [total.chosen for total in panel.buckets] == [False, False, True, True, False]
    assert [total.lines for total in panel.buckets] == [1, 1, 1, 1, 1]
    assert panel.lines == len(panel.page.rows) == 2
    assert panel.total_lines == 5
    assert panel.set_filters[0].words == "Waited 15–60 d"


def test_before_there_is_a_snapshot_the_change_is_not_known(shop, today, viewer):
    assert panel_of(today).change is None
    assert "no figure of yesterday yet" in viewer.get("/aging").text
    assert panel_of(today).trend == ()


def test_the_change_compares_with_the_end_of_yesterday(shop, today, viewer):
    with transaction() as saving:
        saving.execute(
            insert(models.DailySnapshot),
            [
                {
                    "day": today - timedelta(days=days),
                    "figure": WAITING_LINES,
                    "key": "",
                    "currency": "",
                    "amount": lines,
                }
                for days, lines in ((1, 3), (7, 4), (84, 9))
            ],
        )
    panel = panel_of(today)
    assert panel.change == 2
    assert [point.lines for point in panel.trend] == [9, 4, 5]
    assert panel_of(today, channel="web").change is None, "yesterday's figure is not kept by filter"
    text = viewer.get("/aging").text
    assert "+2" in text
    line, _ = picture(text, "aging-trend")["data"]
    assert line["y"] == [9, 4, 5]
    assert line["hovertext"][-2:] == ["5\xa0Mar: 4 lines waited when the day ended.", "Today: 5 lines wait."]
    assert all(f"<li>{sentence}</li>" in text for sentence in line["hovertext"])
    filtered = viewer.get("/aging?sku=CHAIR").text
    assert "All lines, last 12 weeks" in filtered
    assert "No week is kept by this filter." in filtered


def test_the_trend_of_a_filter_is_of_its_lines_where_days_are_kept_by_it(shop, today, viewer):
    ended = ((7, "", 4), (7, "planned:no", 4), (7, "channel:web", 3), (14, "", 0), (21, "", 9), (1, "planned:no", 5))
    with transaction() as saving:
        saving.execute(
            insert(models.DailySnapshot),
            [
                {
                    "day": today - timedelta(days=days),
                    "figure": WAITING_LINES,
                    "key": key,
                    "currency": "",
                    "amount": lines,
                }
                for days, key, lines in ended
            ],
        )
    found = panel_of(today, channel="web")
    assert [(point.day, point.lines) for point in found.trend] == [
        (today - timedelta(days=14), 0),
        (today - timedelta(days=7), 3),
        (today, found.lines),
    ], "three weeks ago nobody counted by filter"
    assert not found.trend_is_whole
    assert [point.lines for point in panel_of(today, channel="store").trend][:-1] == [0, 0]
    text = viewer.get("/aging?channel=web").text
    assert "These lines, last 12 weeks" in text
    assert "No week is kept by this filter." not in text
    for more in ({"channel": "web", "tier": "vip"}, {"tag": "gift:yes"}, {"channel": ["web", "store"]}, {"age": "61+"}):
        whole = panel_of(today, **more)
        assert whole.trend_is_whole, more
        assert [point.lines for point in whole.trend] == [9, 0, 4, 5], more


def test_the_last_plan_of_a_day_is_the_figure_of_that_day(world, today):
    world.order("1", "CHAIR", 1, placed="2026-03-01")
    world.plan()
    world.order("2", lines=[("CHAIR", 1), ("LAMP", 2)], placed="2026-03-02")
    world.plan()
    kept = db.session.execute(
        select(models.DailySnapshot.day, models.DailySnapshot.amount).where(
            models.DailySnapshot.figure == WAITING_LINES
        )
    ).all()
    assert kept == [(today, 3)]


SELECTIONS = [
    {},
    {"channel": "web"},
    {"channel": "not-known"},
    {"channel": ["web", "store"]},
    {"tier": "vip"},
    {"supplier": "S0"},
    {"supplier": "nobody"},
    {"location": "EAST"},
    {"location": "not-known"},
    {"cause": "not-ordered"},
    {"planned": "no"},
    {"dated": "yes"},
    {"dated": "no"},
    {"sku": "A"},
    {"tag": "gift:yes"},
    {"currency": "EUR"},
    {"currency": "not-known"},
    {"currency": "EUR", "channel": "web"},
    {"placed": "..2026-02-20"},
    {"placed": ["2026-01-05..2026-01-20", "last-7-days"], "channel": "web", "currency": "EUR"},
    {"placed": "last-30-days", "dated": "yes", "tier": "vip"},
    {"tag": ["gift:yes", "promo:spring"], "dated": "yes", "channel": "web"},
    {"supplier": "S0", "tier": "vip", "location": ["EAST", "not-known"]},
]


def test_kept_and_counted_figures_are_what_the_rows_add_up_to(crowd, today):
    """Summaries and live sums against a plain loop over the table."""
    rows = said_again()
    for given in SELECTIONS:
        assert_figures_add_up(today, given, rows)


@thoroughly
def test_rows_are_the_same_whether_found_by_their_filter_or_met_on_the_way(crowd, today, thorough):
    """Both ways of reading a page; which is taken depends on how many rows match."""
    for given, sorts in selections_in_orders(SELECTIONS, SORTS, thorough=thorough):
        for sort in sorts:
            asked = view(**given, sort=sort)
            found, met = (waiting_page(db.session(), asked, today, walked=walked) for walked in (False, True))
            assert found == met, (given, sort)
        days = [row.placed_on for row in met.rows]
        if days:
            found, met = (
                oldest_line(db.session(), asked.selection, min(days), today, walked=walked) for walked in (False, True)
            )
            assert found == met is not None, given


def assert_figures_add_up(today, given, rows):
    pairs = [
        (key, value) for key, values in given.items() for value in ([values] if isinstance(values, str) else values)
    ]
    selection = Selection.read(pairs)
    expected = defaultdict(lambda: [set(), set(), set(), 0, 0, 0])
    for row, facts in rows:
        if not all(facts[key] & set(values) for key, values in selection.without("placed").chosen):
            continue
        placed = [days_of(value) for value in selection.on(today).of("placed")]
        if placed and not any(
            (first or row.placed_on) <= row.placed_on <= (last or row.placed_on) for first, last in placed
        ):
            continue
        age = (today - row.placed_on).days
        sums = expected[bucket_of(age).key, row.currency]
        sums[0].add(row.line_id)
        sums[1].add(row.order_id)
        sums[2].add(row.customer_id)
        sums[3] += row.qty_backordered
        sums[4] += row.value
        sums[5] = max(sums[5], age)
    found = {
        (one.bucket.key, one.currency): [one.lines, one.orders, one.customers, one.units, one.value, one.oldest_days]
        for one in bucket_figures(db.session(), selection, today)
        if one.lines
    }
    without_customers = bucket_figures(db.session(), selection, today, with_customers=False)
    assert without_customers == [
        replace(one, customers=without.customers)
        for one, without in zip(bucket_figures(db.session(), selection, today), without_customers, strict=True)
    ], given
    assert found == {
        key: [len(lines), len(orders), len(customers), units, value, oldest]
        for key, (lines, orders, customers, units, value, oldest) in expected.items()
    }, given


def test_figures_do_not_wait_for_planning_when_a_day_begins(crowd, today):
    """Tomorrow's ages follow from the same rows, before anything was derived anew."""
    tomorrow = today + timedelta(days=1)
    kept = bucket_figures(db.session(), Selection(), tomorrow)
    live = bucket_figures(
        db.session(), Selection.read([("channel", c) for c in ("web", "store", "not-known")]), tomorrow
    )
    assert kept == live
    assert kept != bucket_figures(db.session(), Selection(), today)


# Rows.


def test_pages_meet_every_row_once_in_order_and_lead_back(crowd, today):
    for sort, descending in product(SORTS, (False, True)):
        assert_pages_meet_every_row(today, sort, descending)


def assert_pages_meet_every_row(today, sort, descending):
    def rows_of(page):
        return [(row.order_number, row.line_no, row.part) for row in page.rows]

    sign = "-" if descending else ""
    panel = panel_of(today, sort=sign + sort)
    pages = [rows_of(panel.page)]
    assert panel.lines > 2 * PAGE_ROWS, "the crowd is too small to page through"
    while panel.page.older:
        panel = panel_of(today, sort=sign + sort, after=panel.page.older)
        pages.append(rows_of(panel.page))
    met = [row for page in pages for row in page]
    assert len(met) == len(set(met)) == panel.lines

    other_way = []
    panel = panel_of(today, sort=("" if descending else "-") + sort)
    other_way += rows_of(panel.page)
    while panel.page.older:
        panel = panel_of(today, sort=("" if descending else "-") + sort, after=panel.page.older)
        other_way += rows_of(panel.page)
    assert other_way == met[::-1]

    back = [rows_of(panel.page)]
    while panel.page.newer:
        panel = panel_of(today, sort=("" if descending else "-") + sort, before=panel.page.newer)
        back.append(rows_of(panel.page))
    assert [row for page in reversed(back) for row in page] == other_way


def test_a_place_that_is_gone_or_forged_leads_to_the_first_page(crowd, today):
    first = panel_of(today).page
    for token in ("x", "bm9uc2Vuc2U", "WzEsMl0", "W251bGwsMCwwLDAsIiIsMSwxXQ", "é", "a" * 4000):
        assert panel_of(today, after=token).page == first
        assert panel_of(today, before=token).page == first


def test_few_rows_are_sorted_as_many_are(shop, today):
    """SQLite sorts a handful of rows itself instead of walking an index: the order must not change."""
    by_age = [row.order_number for row in panel_of(today, sort="-age").page.rows]
    assert by_age == ["5", "4", "1", "2", "3"]
    assert panel_of(today, sort="ships").page.rows[0].order_number == "5", "no date yet stands first"
    assert [row.order_number for row in panel_of(today).page.rows] == ["5", "4", "1", "2", "3"]


def test_a_row_says_what_waits_what_is_here_and_when_the_rest_comes(shop, today):
    row = next(row for row in panel_of(today).page.rows if row.order_number == "1")
    assert (row.qty_backordered, row.qty_ordered, row.qty_reserved) == (5, 10, 5)
    assert (row.eta, row.purchase_order, row.age_days) == (date(2026, 3, 27), "4711", 20)
    assert (row.deadline_kind, row.due_in) == ("delay-notice", 0)


# In the browser.


def test_every_bar_leads_to_exactly_its_rows(shop, today, viewer):
    figure = picture(viewer.get("/aging").text)
    addresses = figure["data"][0]["customdata"]
    assert len(addresses) == 5
    for address, number in zip(addresses, "32145", strict=True):
        text = viewer.get(address).text
        assert orders_in(text) == [number]


def test_a_bar_that_is_chosen_alone_leads_back_to_all(shop, viewer):
    figure = picture(viewer.get("/aging?age=15-30").text)
    assert figure["data"][0]["customdata"][2] == "/aging"


def test_the_links_beside_the_picture_say_what_the_bars_say(shop, viewer):
    text = viewer.get("/aging").text
    listed = re.search(r'id="aging-picture".*?<ul class="chart-text">(.*?)</ul>', text, re.DOTALL)[1]
    assert re.findall(r'href="([^"]+)"', listed) == picture(text)["data"][0]["customdata"]
    assert "15 to 30 days: 1 line of 1 order, 5 units, $1,075.00" in listed


def test_bars_show_value_for_one_currency_and_lines_for_several(shop, viewer):
    assert picture(viewer.get("/aging").text)["data"][0]["y"] == [1, 1, 1, 1, 1]
    assert picture(viewer.get("/aging?by=value").text)["data"][0]["y"] == [1, 1, 1, 1, 1], "never added"
    one = picture(viewer.get("/aging?currency=USD").text)["data"][0]
    assert one["y"] == [215 * MICROS, 378 * MICROS, 1075 * MICROS, 0, 232 * MICROS]
    assert one["text"] == ["$215", "$378", "$1,075", "", "$232"]
    assert picture(viewer.get("/aging?by=units").text)["data"][0]["y"] == [1, 2, 5, 3, 4]


@pytest.mark.parametrize("query", ["", "?currency=USD", "?age=15-30", "?channel=web&by=units"])
def test_plotly_accepts_the_picture(shop, viewer, query):
    assert_plotly_accepts(picture(viewer.get(f"/aging{query}").text))


def test_a_column_head_sorts_and_a_second_click_turns_it_round(shop, viewer):
    text = viewer.get("/aging").text
    assert re.search(r'aria-sort="ascending"[^>]*><a href="/aging\?sort=-due"', text)
    assert 'href="/aging?sort=-age"' in text
    assert re.search(r'aria-sort="descending"[^>]*><a href="/aging\?sort=age"', viewer.get("/aging?sort=-age").text)


def test_a_filter_without_a_match_says_so_and_offers_to_clear(shop, viewer):
    text = viewer.get("/aging?sku=NOTHING").text
    assert "No line matches these filters" in text
    assert 'href="/aging">Clear' in text or 'href="/aging"' in text


def test_an_empty_shop_says_whether_that_is_good(world, viewer):
    text = viewer.get("/aging").text
    assert "Nothing is planned yet" in text
    assert "as of" not in text
    world.plan()
    text = viewer.get("/aging").text
    assert "Nothing waits: good" in text
    assert "as of" in text
    assert 'id="aging-table"' not in text, "one empty card says it"


@pytest.mark.parametrize(("by", "beneath"), [("lines", "4 units"), ("units", "1 line")])
def test_where_a_bar_has_room_for_one_count_it_is_not_the_one_it_shows(shop, viewer, by, beneath):
    narrow = picture(viewer.get(f"/aging?by={by}").text)["narrow"]["layout"]["annotations"]
    assert [note["text"] for note in narrow if "text" in note][-1] == beneath


def test_a_filter_menu_counts_what_the_other_filters_leave(shop, viewer):
    menu = viewer.panel("/aging/choices/channel?currency=USD").text
    assert re.findall(r'menu-words">([^<]+)<.*?menu-count">(\d+)<', menu) == [
        ("web", "2"),
        ("not known", "1"),
        ("store", "1"),
    ]
    assert "/aging?channel=web&amp;currency=USD" in menu


@pytest.mark.parametrize("key", KEPT)
def test_a_menu_from_kept_sums_says_what_counting_the_lines_says(crowd, today, key):
    suppliers = db.session.scalars(select(models.Supplier.code)).all()
    kept = load_choices(db.session(), key, Selection(), today)
    counted = load_choices(db.session(), key, Selection((("supplier", (NOT_KNOWN, *suppliers)),)), today)
    assert sum(choice.lines for choice in kept.found) > 0
    assert kept == counted


def test_a_filter_menu_finds_by_code_and_by_name(shop, viewer):
    for sought in ("cha", "BRAGA"):
        menu = viewer.panel(f"/aging/choices/sku?q={sought}").text
        assert re.findall(r'href="/aging\?sku=(\w+)"', menu) == ["CHAIR"]
    assert "No line here has" in viewer.panel("/aging/choices/sku?q=nonsense").text
