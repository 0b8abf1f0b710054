"""Days to filter by: named stretches, and what is written of others."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from dashboard.panels.choices import days_chosen
from dashboard.panels.days import PRESETS, DaysRefused, days_of, days_written, on_day
from dashboard.panels.filters import FILTERS, FilterRefused, Selection

THURSDAY = date(2026, 3, 12)
STRETCHES = {
    "overdue": "..2026-03-11",
    "ended": "..2026-03-11",
    "today": "2026-03-12..2026-03-12",
    "this-week": "2026-03-09..2026-03-15",
    "next-7-days": "2026-03-12..2026-03-19",
    "next-14-days": "2026-03-12..2026-03-26",
    "next-30-days": "2026-03-12..2026-04-11",
    "next-90-days": "2026-03-12..2026-06-10",
    "last-7-days": "2026-03-05..2026-03-12",
    "last-30-days": "2026-02-10..2026-03-12",
    "last-90-days": "2025-12-12..2026-03-12",
}


def test_a_stretch_means_these_days_today_and_others_tomorrow():
    assert set(STRETCHES) == set(PRESETS)
    for name, written in STRETCHES.items():
        assert on_day(name, THURSDAY) == written
    for days in range(7):
        monday, sunday = PRESETS["this-week"].on(date(2026, 3, 9) + timedelta(days=days))
        assert (monday, sunday) == (date(2026, 3, 9), date(2026, 3, 15))
    assert on_day("2026-03-01..", THURSDAY) == "2026-03-01..", "what is named stays"


def test_days_are_written_in_one_way():
    for given, written in {
        "2026-03-12": "2026-03-12..2026-03-12",
        "2026-03-01..2026-03-31": "2026-03-01..2026-03-31",
        "..2026-03-31": "..2026-03-31",
        "2026-03-01..": "2026-03-01..",
    }.items():
        assert days_written(*days_of(given)) == written


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ("2026-04-01..2026-03-01", "The first day, 2026-04-01, is after the last, 2026-03-01"),
        ("2026-02-30", "'2026-02-30' is no day"),
        ("..", "names no day"),
        ("soon", "'soon' is no day"),
    ],
)
def test_days_that_cannot_be_meant_are_refused_in_words(given, why):
    with pytest.raises(DaysRefused, match=why):
        days_of(given)
    for key, filter in FILTERS.items():
        if filter.is_of_days:
            with pytest.raises(FilterRefused, match=why):
                Selection.read([(key, given)])


def test_what_is_typed_is_kept_where_it_is_refused_and_nothing_typed_is_no_filter():
    assert days_chosen("2026-03-01", "")[0] == "2026-03-01.."
    assert days_chosen(" ", "")[0] == ""
    value, typed = days_chosen("2026-03-31", "2026-03-01")
    assert value is None
    assert (typed.first, typed.last) == ("2026-03-31", "2026-03-01")
    assert "Turn them round" in typed.refused


def test_a_value_is_added_to_a_filter_and_taken_off_it_again():
    one = Selection.read([("channel", "web")])
    both = one.toggled("channel", "store")
    assert both.of("channel") == ("store", "web")
    assert both.toggled("channel", "web").of("channel") == ("store",)
    assert not one.toggled("channel", "web")


def test_lines_are_found_by_days_with_both_ends_counted_in(shop, viewer):
    def orders(given: str) -> set[str]:
        text = viewer.get(f"/reports/backorders?{given}").data.decode("utf-8-sig")
        return {row.partition(",")[0] for row in text.splitlines()[1:]}

    assert orders("placed=2026-02-01..2026-02-20") == {"1", "4"}
    assert orders("placed=2026-02-02..2026-02-19") == set()
    assert orders("placed=2026-03-10&placed=..2025-12-01") == {"3", "5"}
    assert orders("placed=last-30-days") == {"1", "2", "3"}
    assert orders("placed=0001-01-01..9999-12-31") == orders("placed=1900-01-01..") == {"1", "2", "3", "4", "5"}
    assert orders("placed=..0001-01-01") == set()
    assert orders("eta=2026-03-17..2026-03-27") == {"1", "2", "3", "4"}
    assert orders("eta=2026-03-18..2026-03-26") == set()
    assert orders("eta=..2026-03-17") == {"2", "4"}, "what has no date is not before any"
    assert orders("eta=2026-03-27..") == {"1", "3"}
    assert orders("eta=not-known") == {"5"}
    assert orders("eta=not-known&eta=2026-03-27") == {"1", "3", "5"}
    due = {order: str(shop.waiting(order).deadline) for order in "12345"}
    for day in set(due.values()):
        assert orders(f"deadline={day}") == {order for order, one in due.items() if one == day}
    assert orders("deadline=overdue") == {order for order, one in due.items() if one < "2026-03-12"}
    assert orders("deadline=today") | orders("deadline=overdue") == {o for o, one in due.items() if one <= "2026-03-12"}


def test_a_menu_of_days_says_of_very_many_lines_that_there_are_more(shop, viewer, monkeypatch):
    def counts() -> dict[str, str]:
        text = viewer.panel("/aging/choices/eta").text
        return dict(re.findall(r'menu-words">([^<]+)<.*?menu-count"[^>]*>([^<]+)<', text))

    assert (counts()["the next 7 days"], counts()["the next 30 days"], counts()["not known"]) == ("2", "4", "1")
    monkeypatch.setattr("dashboard.panels.choices.COUNTED_AT_MOST", 3)
    assert (counts()["the next 7 days"], counts()["the next 30 days"], counts()["not known"]) == ("2", "3+", "1")
