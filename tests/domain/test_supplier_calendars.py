"""Behaviour 19: holidays and weekends of the supplier change the computed arrival."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import public_holidays
from dashboard.domain.supplier_calendars import (
    EVERY_DAY,
    CalendarRefused,
    SupplierCalendar,
    arrival,
    closures_in_words,
    closures_written,
    days_off_of,
    number_of,
    refuse_calendar,
)

WEEKEND = frozenset({5, 6})
THURSDAY = date(2026, 3, 12)

days = st.dates(date(2026, 1, 1), date(2027, 12, 31))
calendars = st.builds(
    SupplierCalendar,
    st.frozensets(st.integers(0, 6), max_size=6),
    st.frozensets(days, max_size=20),
    st.lists(st.tuples(days, st.integers(0, 30)).map(lambda span: (span[0], span[0] + timedelta(span[1]))), max_size=3),
)


@given(days, st.integers(0, 120), calendars)
def test_it_arrives_on_a_day_on_which_its_supplier_works_and_never_before_the_quoted_one(ordered_on, lead, calendar):
    day = arrival(ordered_on, lead, calendar)
    assert day is not None
    assert calendar.is_open(day)
    assert day >= ordered_on + timedelta(lead)


@given(days, st.integers(0, 120), calendars)
def test_a_further_holiday_brings_nothing_sooner(ordered_on, lead, calendar):
    closed = SupplierCalendar(calendar.days_off, calendar.holidays, [*calendar.closures, (ordered_on, ordered_on)])
    assert arrival(ordered_on, lead, closed) >= arrival(ordered_on, lead, calendar)


@given(days, st.integers(0, 400))
def test_who_works_every_day_delivers_as_quoted(ordered_on, lead):
    assert arrival(ordered_on, lead, EVERY_DAY) == ordered_on + timedelta(lead)


@pytest.mark.parametrize(
    ("lead", "calendar", "day"),
    [
        (9, SupplierCalendar(WEEKEND, ()), date(2026, 3, 23)),  # a Saturday comes on Monday
        (4, SupplierCalendar(WEEKEND, ()), date(2026, 3, 16)),  # a weekend on the way is among the quoted days
        (4, SupplierCalendar(WEEKEND, {date(2026, 3, 13)}), date(2026, 3, 17)),  # a holiday on the way is not
        (4, SupplierCalendar(WEEKEND, {date(2026, 3, 14)}), date(2026, 3, 16)),  # but for one on a weekend
        (1, SupplierCalendar(WEEKEND, {THURSDAY}), date(2026, 3, 16)),  # taken up on Friday, due on Saturday
        (5, SupplierCalendar(frozenset(), (), [(date(2026, 3, 13), date(2026, 3, 22))]), date(2026, 3, 27)),
    ],
)
def test_what_its_days_make_of_a_quoted_lead_time(lead, calendar, day):
    assert arrival(THURSDAY, lead, calendar) == day


def test_a_supplier_that_is_closed_for_years_gives_no_date():
    closed = SupplierCalendar(frozenset(), (), [(date(2026, 1, 1), date(2036, 1, 1))])
    assert arrival(THURSDAY, 5, closed) is None


def test_closures_are_written_one_a_line_and_read_again_as_they_were():
    said = closures_written("2026-12-24\n 2026-08-03 .. 2026-08-21 \n")
    assert said == ((date(2026, 8, 3), date(2026, 8, 21)), (date(2026, 12, 24), date(2026, 12, 24)))
    assert closures_written(closures_in_words(said)) == said
    for wrong in ("August", "2026-02-30", "2026-08-21..2026-08-03", "2026-01-01\n" * 0 + "\n".join(
        (THURSDAY + timedelta(n)).isoformat() for n in range(61)
    )):  # fmt: skip
        with pytest.raises(CalendarRefused):
            closures_written(wrong)


@given(st.frozensets(st.integers(0, 6)))
def test_weekdays_are_kept_as_one_number(days_off):
    assert days_off_of(number_of(days_off)) == days_off


def test_a_week_without_a_working_day_and_unknown_holidays_are_refused():
    with pytest.raises(CalendarRefused, match="no day of the week"):
        refuse_calendar(range(7), keeps_holidays=False, country=None, is_known=False)
    with pytest.raises(CalendarRefused, match="holidays of Atlantis"):
        refuse_calendar([], keeps_holidays=True, country="Atlantis", is_known=False)


def test_public_holidays_are_known_by_the_code_and_by_the_name_of_a_country():
    by_code, by_name = public_holidays.days_of("pt", [2026]), public_holidays.days_of("Portugal", [2026])
    assert by_code == by_name
    assert by_code is not None
    assert by_code.weekend == WEEKEND
    assert {date(2026, 4, 3), date(2026, 4, 25)} <= by_code.holidays, "Good Friday, the day of liberty"
    assert public_holidays.days_of("Atlantis", [2026]) is None
    assert not public_holidays.is_known(None)
