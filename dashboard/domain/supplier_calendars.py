"""On which days a supplier works, and what that does to the day on which it should deliver."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from dashboard.domain.refusals import Refused

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
ONE_DAY = timedelta(days=1)
# A supplier that is closed for longer does not deliver: no date is computed past it.
LONGEST_WAIT = timedelta(days=1_000)
CLOSURES_AT_MOST = 60
_DIVIDED = re.compile(r"[\n,;]")
_SPAN = re.compile(r"(\d{4}-\d{2}-\d{2})(?:\s*(?:\.\.|to|–|-)\s*(\d{4}-\d{2}-\d{2}))?")


class CalendarRefused(Refused):
    """A calendar that no supplier can have."""


@dataclass(frozen=True, slots=True)
class SupplierCalendar:
    """When a supplier works: not on some weekdays (Monday 0), nor on holidays, nor between days of a closure."""

    days_off: frozenset[int]
    holidays: Collection[date]
    closures: Sequence[tuple[date, date]] = ()

    def is_shut(self, day: date) -> bool:
        """Whether a day on which it usually works is none: a holiday, or a closure."""
        if day.weekday() in self.days_off:
            return False
        return day in self.holidays or any(first <= day <= last for first, last in self.closures)

    def is_open(self, day: date) -> bool:
        return day.weekday() not in self.days_off and not self.is_shut(day)


EVERY_DAY = SupplierCalendar(frozenset(), frozenset())


def arrival(ordered_on: date, lead_days: int, calendar: SupplierCalendar) -> date | None:
    """When what is ordered should come: the quoted days are calendar days, and begin with the first day on which the
    supplier works; each further day on which it is shut though it usually works adds one; what then falls on a day on
    which it does not work comes on the next one on which it does. Never before the quoted day; None where the supplier
    is closed for years.
    """
    end = ordered_on + timedelta(lead_days) + LONGEST_WAIT
    day = ordered_on
    while not calendar.is_open(day):
        day += ONE_DAY
        if day > end:
            return None
    left = lead_days
    while left:
        day += ONE_DAY
        left -= not calendar.is_shut(day)
        if day > end:
            return None
    while not calendar.is_open(day):
        day += ONE_DAY
        if day > end:
            return None
    return day


def days_off_of(number: int) -> frozenset[int]:
    """The weekdays of a number that adds up Monday 1, Tuesday 2, … Sunday 64."""
    return frozenset(day for day in range(len(WEEKDAYS)) if number >> day & 1)


def number_of(days_off: Collection[int]) -> int:
    """Such a number."""
    return sum(1 << day for day in set(days_off))


def closures_written(text: str) -> tuple[tuple[date, date], ...]:
    """The closures that somebody wrote, one a line or divided by commas: `2026-08-03..2026-08-21`, or one day alone."""
    found = []
    for line in filter(None, map(str.strip, _DIVIDED.split(text))):
        span = _SPAN.fullmatch(line)
        days = [_day(word, line) for word in span.groups() if word] if span else []
        if not days:
            raise CalendarRefused(
                f"{line} are no days.", "Write a first and a last day, as 2026-08-03..2026-08-21.", field="closures"
            )
        if days[-1] < days[0]:
            raise CalendarRefused(f"{line} ends before it begins.", "Write the first day first.", field="closures")
        found.append((days[0], days[-1]))
    if len(found) > CLOSURES_AT_MOST:
        raise CalendarRefused(
            f"{len(found)} closures are too many.", f"Write {CLOSURES_AT_MOST} or fewer.", field="closures"
        )
    return tuple(sorted(set(found)))


def closures_in_words(closures: Sequence[tuple[date, date]]) -> str:
    """The same, as they are written."""
    return "\n".join(
        first.isoformat() if first == last else f"{first.isoformat()}..{last.isoformat()}" for first, last in closures
    )


def refuse_calendar(days_off: Collection[int], *, keeps_holidays: bool, country: str | None, is_known: bool) -> None:
    """Refuses a week without a working day, and holidays of a country that is not known."""
    if len(set(days_off)) >= len(WEEKDAYS):
        raise CalendarRefused("It works on no day of the week.", "Leave one free.", field="days_off")
    if keeps_holidays and not is_known:
        where = f"The holidays of {country} are not known." if country else "Its country is not known."
        raise CalendarRefused(where, "Write its closed days instead.", field="keeps_holidays")


def calendar_in_words(supplier: str, days_off: Collection[int], *, keeps_holidays: bool, closures: int) -> str:
    """What was said of a supplier's days."""
    names = [WEEKDAYS[day] for day in sorted(days_off)]
    words = f"{supplier} works every day of the week" if not names else f"{supplier} does not work on {_listed(names)}"
    words += ", keeps its country's holidays" if keeps_holidays else ", keeps no holidays"
    words += f", and is closed {closures} time{'' if closures == 1 else 's'} beside" if closures else ""
    return f"{words}. What is sent from now on is dated by it."


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _day(word: str, line: str) -> date:
    try:
        return date.fromisoformat(word)
    except ValueError:
        raise CalendarRefused(f"{line}: there is no {word}.", "Write days that there are.", field="closures") from None
