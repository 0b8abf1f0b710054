"""The panel of expiring payments: its figures, its calendar, its rows."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import date, timedelta
from functools import partial
from itertools import pairwise

import pytest
from sqlalchemy import select

from dashboard import clock, models
from dashboard.database import db, transaction
from dashboard.domain.expiring_payments import WEEKS_AHEAD, Period, calendar
from dashboard.panels.expiring_payments.about import PANEL
from dashboard.panels.expiring_payments.panel import load
from dashboard.panels.expiring_payments.queries import SORTS, payment_page
from dashboard.panels.filters import NOT_KNOWN, days_of
from tests.panels.conftest import (
    MICROS,
    assert_plotly_accepts,
    fill_crowd,
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
def payments(world):
    """Six waiting lines on 2026-03-12, whose means of payment are in every state.

    | order | paid by                     | good until | needed on | state   |
    | 1     | A, through February         | 28 Feb     | 2 April   | dead    |
    | 2     | authorised until 20 March   | 20 March   | 2 April   | dies    |
    | 3     | B, through March            | 31 March   | 2 April   | dies    |
    | 4     | C, through April            | 30 April   | 2 April   | good    |
    | 5     | C, through April            | 30 April   | no date   | unknown |
    | 6     | PayPal                      | not known  | 2 April   | unknown |
    """
    for customer, month in (("A", 2), ("B", 3), ("C", 4)):
        world.customer(customer, name=f"Customer {customer}")
        world.card(f"CARD-{customer}", customer=customer, month=month, year=2026)
    world.customer("D")
    world.purchase_order("P", "CHAIR", 20, expected="2026-04-02")
    for number, sku, customer in (
        ("1", "CHAIR", "A"),
        ("2", "CHAIR", "C"),
        ("3", "CHAIR", "B"),
        ("4", "CHAIR", "C"),
        ("5", "LAMP", "C"),
        ("6", "CHAIR", "D"),
    ):
        world.order(
            number, sku, 2, placed="2026-03-01", customer=customer, unit_price=f"{number}0", currency="USD",
            channel="web" if number in "123" else "store",
        )  # fmt: skip
    world.authorization("2", on="2026-03-01", expires="2026-03-20")
    with transaction() as saving:
        saving.add(
            models.PaymentMethod(
                code="PP", kind="paypal", customer_id=saving.query(models.Customer).filter_by(code="D").one().id,
                is_default=True,
            )
        )  # fmt: skip
    world.plan()


@filled_once
def paying_crowd(world):
    """The crowd with cards and authorisations of all sorts, one line of it divided."""
    fill_crowd(world)
    for number in range(1, 25):
        if number % 4:
            end = clock.today() + timedelta(days=30 * (number % 6) - 40)
            world.card(f"K{number}", customer=f"K{number}", month=end.month, year=end.year, default=number % 3 > 0)
    for number in range(0, 60, 5):
        world.authorization(f"{number:02}", on="2026-01-01", expires=clock.today() + timedelta(days=number - 20))
    line = db.session.scalars(
        select(models.Waiting).where(models.Waiting.qty_backordered > 1, models.Waiting.dated == 1)
    ).first()
    with transaction() as saving:
        for part in (1, 2):
            saving.add(models.LinePart(line_id=line.line_id, part=part, qty=1, split_at=clock.now()))
    world.plan()


# Figures.


def test_the_headline_counts_what_cannot_be_charged_when_it_ships(payments, today):
    panel = panel_of(today)
    assert (panel.lines, panel.total_lines, panel.in_danger) == (6, 6, 3)
    assert panel.values_in_danger == (("USD", 120 * MICROS),)
    assert [(total.state, total.lines) for total in panel.states] == [
        ("dead", 1),
        ("unknown", 2),
        ("dies", 2),
        ("good", 1),
    ]
    assert panel.undated_lines == 1


def test_the_calendar_has_each_line_in_the_week_of_its_last_good_day(payments, today):
    panel = panel_of(today)
    assert [(period.period.first, [(one.state, one.lines) for one in period.states]) for period in panel.periods] == [
        (None, [("dead", 1)]),
        (date(2026, 3, 12), []),
        (date(2026, 3, 19), [("dies", 1)]),
        (date(2026, 3, 26), [("dies", 1)]),
        *((date(2026, 4, 2) + timedelta(weeks=week), []) for week in range(4)),
        (date(2026, 4, 30), [("unknown", 1), ("good", 1)]),
        *((date(2026, 5, 7) + timedelta(weeks=week), []) for week in range(5)),
    ]


def test_a_filter_on_the_picture_pales_its_other_parts_and_counts_only_its_own(payments, today):
    panel = panel_of(today, state=["dead", "dies"], expires="2026-03-12..2026-03-25")
    assert (panel.lines, panel.in_danger, len(panel.page.rows)) == (1, 1, 1)
    chosen = [one.chosen for period in panel.periods for one in period.states]
    assert chosen == [False, True, False, False, False]
    assert [total.lines for total in panel.states] == [0, 0, 1, 0], "by state, of the days that are asked for"
    half = panel_of(today, expires="2026-03-20..2026-03-27")
    assert half.lines == 1, "the days that are asked for cut through a week of the picture"


def test_weeks_follow_each_other_without_a_gap(today):
    periods = calendar(today)
    assert len(periods) == WEEKS_AHEAD + 2
    for before, after in pairwise(periods):
        assert after.first - before.last == timedelta(days=1)
    for days in range(-400, 400):
        assert sum(period.holds(today + timedelta(days=days)) for period in periods) == 1


SELECTIONS = [
    {},
    {"channel": "web"},
    {"channel": "not-known", "currency": "EUR"},
    {"supplier": "S0"},
    {"tier": ["vip", "not-known"]},
    {"dated": "no"},
    {"sku": "A"},
    {"tag": "gift:yes"},
    {"state": "dies"},
    {"state": ["dead", "unknown"], "supplier": "S0"},
    {"expires": "..2026-03-11"},
    {"expires": ["2026-03-13..2026-03-31", NOT_KNOWN]},
    {"expires": "2026-04-01..", "state": "good", "channel": ["web", "store"]},
]

BOTH_WAYS = tuple(dict.fromkeys((PANEL.default_sort, *SORTS, *(f"-{sort}" for sort in SORTS))))


def test_figures_are_what_the_rows_add_up_to(paying_crowd, today):
    """Kept and counted sums against a plain loop over the table, for every kind of selection."""
    rows = said_again()
    assert {row.payment_state for row, _ in rows} == {"dead", "dies", "good", "unknown"}
    for given in SELECTIONS:
        panel = panel_of(today, **given)
        selection = panel.view.selection
        others = [
            (row, has)
            for row, has in rows
            if all(has[key] & set(values) for key, values in selection.without("state", "expires").chosen)
        ]
        meant = [row for row, _ in others if is_meant(row, selection)]
        assert panel.lines == len({row.line_id for row in meant}), given
        in_danger = [row for row in meant if row.payment_state in ("dead", "dies")]
        assert panel.in_danger == len({row.line_id for row in in_danger}), given
        values = defaultdict(int)
        for row in in_danger:
            values[row.currency] += row.value
        assert dict(panel.values_in_danger) == values, given
        found = {
            (period.period, total.state): (total.lines, dict(total.values))
            for period in panel.periods
            for total in period.states
        }
        expected = defaultdict(lambda: (set(), defaultdict(int)))
        for row, _ in others:
            if row.last_good_day:
                period = next(period for period in calendar(today) if period.holds(row.last_good_day))
                lines, values = expected[period, row.payment_state]
                lines.add(row.line_id)
                values[row.currency] += row.value
        assert found == {key: (len(lines), dict(values)) for key, (lines, values) in expected.items()}, given


def is_meant(row, selection) -> bool:
    states, asked = selection.of("state"), selection.of("expires")
    if states and row.payment_state not in states:
        return False
    if row.last_good_day is None:
        return not asked or NOT_KNOWN in asked
    return not asked or any(
        Period(*days_of("expires", value)).holds(row.last_good_day) for value in asked if value != NOT_KNOWN
    )


# Rows.


@thoroughly
def test_pages_and_their_csv_have_the_same_rows_whichever_way_they_are_found(paying_crowd, today, thorough):
    for given, sorts in selections_in_orders(SELECTIONS, BOTH_WAYS, thorough=thorough):
        expected = [
            (row.order_id, row.line_no)
            for row in PANEL.report.rows(db.session(), view_of(PANEL, **given).selection, today)
        ]
        for sort in sorts:
            met = []
            asked = view_of(PANEL, **given, sort=sort)
            for walked in (True, False):
                page, rows = payment_page(db.session(), asked, today, walked=walked), []
                rows += page.rows
                while page.older:
                    page = payment_page(db.session(), asked.following(page.older), today, walked=walked)
                    rows += page.rows
                met.append(rows)
            assert met[0] == met[1], (given, sort)
            # A divided line has a row for each of its parts, and one line in the CSV.
            lines = list(dict.fromkeys((row.line.order_number, row.line.line_no) for row in met[0]))
            assert sorted(lines) == sorted(expected), (given, sort)
            if sort == PANEL.default_sort:
                assert lines == expected, given


def test_a_row_says_by_what_until_when_and_what_is_short(payments, today):
    rows = {row.line.order_number: row for row in panel_of(today).page.rows}
    assert list(rows) == ["1", "2", "3", "4", "5", "6"]
    authorised = rows["2"]
    assert (authorised.brand, authorised.last4, authorised.good_through) == ("visa", "4242", date(2026, 4, 30))
    assert (authorised.authorized_until, authorised.last_good_day) == (date(2026, 3, 20), date(2026, 3, 20))
    assert (authorised.needed_on, authorised.days_short, authorised.state) == (date(2026, 4, 2), 13, "dies")
    by_paypal = rows["6"]
    assert (by_paypal.kind, by_paypal.last4, by_paypal.last_good_day) == ("paypal", None, None)
    assert by_paypal.state == "unknown"
    assert rows["4"].days_short is None


# In the browser.


def test_every_part_of_a_bar_leads_to_exactly_its_rows_and_back(payments, viewer):
    figure = picture(viewer.get("/expiring-payments").text)
    parts = [
        (address, count)
        for bars in figure["data"]
        if bars["type"] == "bar"
        for address, count in zip(bars["customdata"], bars["y"], strict=True)
    ]
    assert len(parts) == 5
    for address, count in parts:
        text = viewer.get(address).text
        assert len(orders_in(text)) == count
        assert '<li><a href="/expiring-payments" ' in text, "what is chosen alone leads back to all"


def test_the_links_beside_the_picture_say_what_its_parts_say(payments, viewer):
    text = viewer.get("/expiring-payments").text
    listed = re.search(r'id="expiring-payments-picture".*?<ul class="chart-text">(.*?)</ul>', text, re.DOTALL)[1]
    figure = picture(text)
    drawn = {address for bars in figure["data"] if bars["type"] == "bar" for address in bars["customdata"]}
    assert {address.replace("&amp;", "&") for address in re.findall(r'href="([^"]+)"', listed)} == drawn
    assert "Good until 19 Mar to 25 Mar: 1 line, $40.00, ends before its goods ship." in listed.replace("\xa0", " ")


def test_each_state_leads_to_its_rows(payments, viewer):
    text = viewer.get("/expiring-payments").text
    swatches = re.search(r'<ul class="swatches".*?</ul>', text, re.DOTALL)[0]
    found = re.findall(r'href="([^"]+)".*?</span>(\d+) ', swatches)
    assert [int(count) for _, count in found] == [1, 2, 2, 1]
    for address, count in found:
        assert len(orders_in(viewer.get(address).text)) == int(count)


def test_no_more_of_a_card_than_its_last_four_digits_is_shown(payments, viewer):
    text = viewer.get("/expiring-payments").text
    assert "Visa •••• 4242" in text
    assert "PayPal" in text
    assert not re.search(r"\d{12,}", re.sub(r"<[^>]*>", "", text))


def test_two_currencies_are_never_added_in_a_bar(payments, today, viewer):
    assert picture(viewer.get("/expiring-payments?by=value").text)["data"][1]["y"] == [40 * MICROS, 60 * MICROS]
    payments.order("7", "CHAIR", 1, placed="2026-03-01", customer="A", unit_price="5", currency="GBP")
    payments.plan()
    assert panel_of(today, by="value").measure == "lines"
    assert panel_of(today).values_in_danger == (("GBP", 5 * MICROS), ("USD", 120 * MICROS))


@pytest.mark.parametrize("query", ["", "?by=value", "?state=dies", "?expires=2026-03-19..2026-03-25"])
def test_plotly_accepts_the_picture(payments, viewer, query):
    assert_plotly_accepts(picture(viewer.get(f"/expiring-payments{query}").text))


def test_days_in_an_address_are_read_and_written_in_one_way(payments, viewer):
    text = viewer.get("/expiring-payments?expires=20260319..2026-03-25").text
    assert orders_in(text) == ["2"]
    assert "Good until 19 Mar to 25 Mar" in text.replace("\xa0", " ")
    assert orders_in(viewer.get("/expiring-payments?expires=2026-03-20").text) == ["2"]
    for nonsense in ("..", "2026-02-30", "2026-03-25..2026-03-19", "soon"):
        assert viewer.get(f"/expiring-payments?expires={nonsense}").status_code == 400


def test_a_calendar_in_which_no_line_has_a_place_says_so_instead_of_being_empty(world, viewer):
    world.order("1", "LAMP", 1, placed="2026-03-01")
    world.plan()
    for address in ("/expiring-payments", "/overview"):
        text = viewer.get(address).text
        assert "No last good day is known" in text
        assert "expiring-payments-picture" not in text


def test_an_empty_shop_says_whether_that_is_good(world, viewer):
    assert "Nothing is planned yet" in viewer.get("/expiring-payments").text
    world.plan()
    text = viewer.get("/expiring-payments").text
    assert "Nothing waits to be charged: good" in text
    assert viewer.get("/expiring-payments?channel=web&tier=vip&state=dies").status_code == 200
