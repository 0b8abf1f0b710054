"""Figures, days and money as people read them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.web import formats

TODAY = date(2026, 3, 12)
GAP = "\u00a0"
HERE = {"today": TODAY, "locale": "en_US"}


@pytest.mark.parametrize(
    ("micros", "currency", "locale", "written"),
    [
        (1_234_500_000, "USD", "en_US", "$1,234.50"),
        (1_234_500_000, "EUR", "de_AT", f"€{GAP}1.234,50"),
        (1_234_500_000, "JPY", "en_US", "¥1,235"),
        (1_234_567_800, "KWD", "en_US", f"KWD{GAP}1,234.568"),
        (-5_000, "USD", "en_US", "\u2212$0.01"),
        (1_234_500_000, None, "en_US", "1,234.50"),
        (None, "USD", "en_US", ""),
    ],
)
def test_money_is_written_with_its_currencys_own_decimals(micros, currency, locale, written):
    assert formats.money(micros, currency, locale=locale) == written


@pytest.mark.parametrize(("micros", "written"), [(5_000, "0.01"), (4_999, "0.00"), (15_000, "0.02"), (25_000, "0.03")])
def test_money_is_rounded_half_up(micros, written):
    assert formats.amount(micros, "USD", locale="en_US") == written


@given(st.integers(-(10**15), 10**15))
def test_rounding_for_print_never_moves_a_value_by_more_than_half_a_step(micros):
    assert abs(int(formats.rounded_money(micros, "EUR") * 1_000_000) - micros) <= 5_000


def test_a_price_keeps_as_many_decimals_as_it_has():
    assert formats.unit_price(1_250_000, "USD", locale="en_US") == "$1.25"
    assert formats.unit_price(12_345, "USD", locale="en_US") == "$0.012345"
    assert formats.unit_price(5_000_000, "JPY", locale="en_US") == "¥5"
    assert formats.unit_price(1_250_000, "EUR", locale="de_DE") == f"1,25{GAP}€"
    assert formats.unit_price(1_250_000, "CHF", locale="en_US") == f"CHF{GAP}1.25"
    assert formats.unit_price(1_250_000, None, locale="en_US") == "1.25"


def test_a_day_shows_its_year_only_when_it_is_not_this_one():
    assert formats.day(date(2026, 3, 1), **HERE) == f"1{GAP}Mar"
    assert formats.day(date(2025, 12, 31), **HERE) == f"31{GAP}Dec{GAP}2025"
    assert formats.day(date(2027, 1, 1), **HERE) == f"1{GAP}Jan{GAP}2027"


def test_what_is_not_known_is_empty_or_says_so_in_the_words_given():
    assert formats.day(None, **HERE) == ""
    assert formats.day(None, **HERE, unknown="No date yet") == "No date yet"
    assert formats.percent(None, locale="en_US", unknown="too little data") == "too little data"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (date(2026, 3, 12), "today"),
        (date(2026, 3, 11), "yesterday"),
        (date(2026, 3, 13), "tomorrow"),
        (date(2026, 3, 15), "in 3 days"),
        (date(2026, 2, 26), "14 days ago"),
        (date(2026, 2, 5), "5 weeks ago"),
        (date(2026, 9, 12), "in 6 months"),
        (date(2023, 3, 12), "3 years ago"),
    ],
)
def test_how_long_ago_a_day_was_is_told_in_words(value, words):
    assert formats.ago(value, today=TODAY) == words


def test_a_title_has_the_full_date_and_how_long_ago():
    assert formats.day_title(date(2026, 3, 9), **HERE) == "Monday 9 March 2026, 3 days ago"


def test_days_are_whole_where_they_are_and_have_one_decimal_where_not():
    assert formats.days(34, locale="en_US") == f"34{GAP}d"
    assert formats.days(12.25, locale="en_US") == f"12.3{GAP}d"


def test_quantities_shares_and_pairs():
    assert formats.quantity(12480, locale="en_US") == "12,480"
    assert formats.quantity_pair(6, 10, locale="en_US") == "6 of 10"
    assert formats.percent(0.125, locale="en_US") == f"13{GAP}%"
    assert formats.percent(0.1234, 1, locale="de_AT") == f"12,3{GAP}%"


def test_a_little_less_than_nothing_is_nothing_and_so_is_every_other_nothing():
    assert formats.number(-0.04, locale="sl_SI") == "0,0"
    assert formats.percent(-0.001, locale="sl_SI") == f"0{GAP}%"
    assert formats.quantity(0, locale="sl_SI") == "0"
    assert formats.money(-1, "EUR", locale="en_IE") == formats.money(0, "EUR", locale="en_IE")


def test_a_moment_is_told_in_the_shops_zone():
    late = datetime(2026, 3, 11, 23, 30, tzinfo=UTC)
    told = formats.instant(late, zone=ZoneInfo("Europe/Vienna"), **HERE)
    assert told == f"12{GAP}Mar,{GAP}00:30"


def test_templates_write_by_the_shops_language_and_day(sqlite_app):
    sqlite_app.config["SHOP_LOCALE"] = "de_AT"
    template = sqlite_app.jinja_env.from_string("{{ value|money('EUR') }} {{ day|day }} {{ day|ago }} {{ 3|age }}")
    assert template.render(value=1_000_000_000, day=TODAY) == f"€{GAP}1.000,00 12{GAP}März today 3{GAP}d"


@pytest.mark.parametrize(
    ("value", "name", "written"),
    [
        ({"1": 6, "2": 3}, "parts", "1: 6, 2: 3"),
        ([True, None, 4], "", "yes, nothing, 4"),
        (0, "qty_open", "0"),
        (12_480, "qty_open", "12,480"),
        (12_480, "message", "12480"),
        ({"amount": 44_200_000, "due_on": "2026-12-01"}, "refund", f"amount: 44.20, due on: 1{GAP}Dec"),
        ({"1": "2026-12-01", "2": None}, "promises", f"1: 1{GAP}Dec, 2: nothing"),
        ("2026-12-01", "expected_date", f"1{GAP}Dec"),
        ("2026-12-01", "purchase_order", "2026-12-01"),
        ("2026-12-01T14:05:00+00:00", "due_at", f"1{GAP}Dec,{GAP}14:05"),
        ("waiting-approval", "state", "waiting approval"),
        ("PO-1", "purchase_order", "PO-1"),
        (None, "person_id", "nobody"),
        ("Mara", "person_id", "Mara"),
    ],
)
def test_what_an_act_says_of_itself_reads_as_people_say_it(value, name, written):
    assert formats.particular(value, name, zone=ZoneInfo("UTC"), **HERE) == written
