"""Days to filter by: from a day to a day, both counted in, or a stretch that moves on with today."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, and_

from dashboard import clock
from dashboard.database import day_number, instant_number
from dashboard.models.plans import AFTER_ALL_DAYS

DAYS_BETWEEN = ".."
# Instants are known for the days between: the clocks of some zone do not reach beyond them.
FIRST_DAY_OF_CLOCKS, LAST_DAY_OF_CLOCKS = date(1900, 1, 1), date(9998, 12, 31)

Span = tuple[date | None, date | None]  # first and last day, both counted in; None: no limit


class DaysRefused(ValueError):
    """Days that cannot be meant; the message says why."""


@dataclass(frozen=True, slots=True)
class Preset:
    """A stretch of days by its name: tomorrow it means other days."""

    words: str
    on: Callable[[date], Span]


def _yesterday(today: date) -> date:
    return today - timedelta(days=1)


def _week(today: date) -> Span:
    """Monday to Sunday."""
    monday = today - timedelta(days=today.weekday())
    return monday, monday + timedelta(days=6)


def _next(days: int) -> Preset:
    return Preset(f"the next {days} days", lambda today: (today, today + timedelta(days=days)))


def _last(days: int) -> Preset:
    return Preset(f"the last {days} days", lambda today: (today - timedelta(days=days), today))


PRESETS: Mapping[str, Preset] = {
    "overdue": Preset("overdue", lambda today: (None, _yesterday(today))),
    "ended": Preset("before today", lambda today: (None, _yesterday(today))),
    "today": Preset("today", lambda today: (today, today)),
    "this-week": Preset("this week", _week),
    **{f"next-{days}-days": _next(days) for days in (7, 14, 30, 90)},
    **{f"last-{days}-days": _last(days) for days in (7, 30, 90)},
}


def days_of(value: str) -> Span:
    """The first and the last day of a value that names them: 2026-03-01..2026-03-31. Raises `DaysRefused`."""
    first, between, last = value.partition(DAYS_BETWEEN)
    return span(first, last if between else first)


def span(first: str, last: str) -> Span:
    """Two days as somebody wrote them, one of them perhaps left out. Raises `DaysRefused`."""
    days = (_day(first), _day(last))
    if days == (None, None):
        raise DaysRefused("That names no day.")
    if days[0] is not None and days[1] is not None and days[0] > days[1]:
        raise DaysRefused(
            f"The first day, {days[0]}, is after the last, {days[1]}: no day lies between them. Turn them round."
        )
    return days


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written.strip()) if written.strip() else None
    except ValueError:
        raise DaysRefused(f"{written.strip()!r} is no day; write days as 2026-03-31.") from None


def days_written(first: date | None, last: date | None) -> str:
    """The same as a value, in the one way in which it is written."""
    return f"{first or ''}{DAYS_BETWEEN}{last or ''}"


def on_day(value: str, today: date) -> str:
    """A value with its days named: a preset means other ones tomorrow."""
    return days_written(*PRESETS[value].on(today)) if value in PRESETS else value


def between(column: SQLColumnExpression[Any], days: Span, unknown: int) -> ColumnElement[bool]:
    """Day numbers within days, of a column that has the number `unknown` where no day is known."""
    first, last = days
    limits = [column >= day_number(first)] if first else []
    if last:
        limits.append(column <= day_number(last))
    if not last and unknown == AFTER_ALL_DAYS:
        limits.append(column < AFTER_ALL_DAYS)
    if not first and unknown != AFTER_ALL_DAYS:
        limits.append(column > unknown)
    return and_(*limits)


def placed_between(instant: SQLColumnExpression[Any], days: Span) -> ColumnElement[bool]:
    """Instants within days of the shop, of a column of whole numbers: an index of instants leads to them."""
    first, last = days
    limits = []
    if first:
        limits.append(instant >= instant_number(clock.start_of(max(first, FIRST_DAY_OF_CLOCKS))))
    if last and last < LAST_DAY_OF_CLOCKS:
        after = max(last, FIRST_DAY_OF_CLOCKS) + timedelta(days=1)
        limits.append(instant < instant_number(clock.start_of(after)))
    return and_(True, *limits)
