"""How figures, days and money are written for people. Nothing here computes: it only rounds for print."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from babel.core import Locale
from babel.dates import format_date, format_time
from babel.numbers import (
    format_compact_currency,
    format_compact_decimal,
    format_currency,
    format_decimal,
    get_currency_precision,
)
from flask import Flask, current_app, g, has_request_context

from dashboard import clock
from dashboard.domain.particulars import OF_DAYS, OF_MOMENTS, OF_MONEY, OF_PEOPLE, OF_STATES, OF_THE_DESK, words_of

# The same days and quantities stand in row after row, and the language library takes its time: two thirds of a table's.
WRITTEN_BEFORE = 8_192
NO_BREAK_SPACE = "\u00a0"
MINUS = "\u2212"
# A currency without a sign of its own is written as its code, which the language library lets touch the figure.
CODE_BEFORE_DIGITS = re.compile(r"(?<=[A-Z])(?=\d)")
MICROS = Decimal(1_000_000)
READERS_LOCALE = "readers_locale"  # what a request knows of who asks
UNIT_PRICE_DECIMALS = 6  # prices keep up to six decimals
DAYS_OF_A_WEEK = 7
NOTHING, NOBODY = "nothing", "nobody"

# From which age on it is told in the larger unit, in days, and how many days that unit counts.
WEEKS_FROM, MONTHS_FROM, YEARS_FROM = 15, 61, 730
MINUTES_OF_AN_HOUR = 60
DAYS_FROM_HOURS = 48  # "27 h" says more than "1 d"
DAYS_OF_A_MONTH, DAYS_OF_A_YEAR = 30.44, 365.25


@lru_cache(maxsize=64)
def currency_decimals(currency: str | None) -> int:
    """The currency's own decimals: 2 for USD, 0 for JPY, 3 for KWD; 2 where the currency is not known."""
    return get_currency_precision(currency or "")


def rounded_money(micros: int, currency: str | None) -> Decimal:
    """An exact value rounded half up to its currency's decimals."""
    step = Decimal(1).scaleb(-currency_decimals(currency))
    return _without_sign_of_nothing((Decimal(micros) / MICROS).quantize(step, rounding=ROUND_HALF_UP))


def money(micros: int | None, currency: str | None, *, locale: str, unknown: str = "") -> str:
    """Money with its currency, as the shop's language writes it: `$1,234.50`, `1.234,50 €`."""
    if micros is None:
        return unknown
    if not currency:
        return amount(micros, currency, locale=locale)
    return _money_text(rounded_money(micros, currency), currency, locale)


@lru_cache(maxsize=WRITTEN_BEFORE)
def _money_text(value: Decimal, currency: str, locale: str) -> str:
    return _with_minus(CODE_BEFORE_DIGITS.sub(NO_BREAK_SPACE, format_currency(value, currency, locale=locale)))


def amount(micros: int | None, currency: str | None, *, locale: str, unknown: str = "") -> str:
    """Money without its currency, for columns whose header names it."""
    if micros is None:
        return unknown
    return _decimals(rounded_money(micros, currency), currency_decimals(currency), locale)


def whole_money(micros: int | None, currency: str | None, *, locale: str, unknown: str = "") -> str:
    """Money in whole units of its currency, half up, for labels in a picture: `$13,997`."""
    if micros is None:
        return unknown
    units = (Decimal(micros) / MICROS).quantize(Decimal(1), rounding=ROUND_HALF_UP)
    if not currency:
        return _decimals(units, 0, locale)
    pattern = _money_pattern(locale, 0)
    return _with_minus(format_currency(units, currency, locale=locale, currency_digits=False, format=pattern))


@lru_cache(maxsize=64)
def _money_pattern(locale: str, decimals: int) -> str:
    """The language's pattern for money, with so many places after the point."""
    pattern = Locale.parse(locale).currency_formats["standard"].pattern
    return re.sub(r"[.]0+", "." + "0" * decimals if decimals else "", pattern)


def compact_money(micros: int | None, currency: str | None, *, locale: str, unknown: str = "") -> str:
    """Money to three digits or so, where there is no room for more: `$15.3k`."""
    if micros is None:
        return unknown
    units = Decimal(micros) / MICROS
    if currency:
        written = format_compact_currency(units, currency, locale=locale, fraction_digits=1)
    else:
        written = format_compact_decimal(units, locale=locale, fraction_digits=1)
    return _with_minus(re.sub(r"(?<=\d)K", "k", re.sub(r"[.,]0(?=\D|$)", "", written)))


def unit_price(micros: int | None, currency: str | None, *, locale: str, unknown: str = "") -> str:
    """A price in full: at least its currency's decimals, and as many more as it has: `$1.25`, `$0.012345`."""
    if micros is None:
        return unknown
    exact = (Decimal(micros) / MICROS).normalize()
    decimals = min(max(currency_decimals(currency), -int(exact.as_tuple().exponent), 0), UNIT_PRICE_DECIMALS)
    if not currency:
        return _decimals(exact, decimals, locale)
    pattern = _money_pattern(locale, decimals)
    written = format_currency(exact, currency, locale=locale, currency_digits=False, format=pattern)
    return _with_minus(CODE_BEFORE_DIGITS.sub(NO_BREAK_SPACE, written))


@lru_cache(maxsize=WRITTEN_BEFORE)
def _decimals(value: Decimal | int, decimals: int, locale: str) -> str:
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    return _with_minus(format_decimal(value, format=pattern, locale=locale))


def _with_minus(written: str) -> str:
    """A figure below nothing with the sign that is as wide as a plus: most languages' patterns have a hyphen."""
    return written.replace("-", MINUS)


def quantity(units: int | None, *, locale: str, unknown: str = "") -> str:
    """Whole units with the language's grouping: `12,480`."""
    return unknown if units is None else _decimals(units, 0, locale)


def quantity_pair(part: int | None, whole: int | None, *, locale: str, unknown: str = "") -> str:
    """`6 of 10`."""
    if part is None or whole is None:
        return unknown
    return f"{quantity(part, locale=locale)} of {quantity(whole, locale=locale)}"


def number(value: float | None, decimals: int = 1, *, locale: str, unknown: str = "") -> str:
    """A measured figure with so many decimals, half up."""
    if value is None:
        return unknown
    return _decimals(_half_up(value, decimals), decimals, locale)


def percent(share: float | None, decimals: int = 0, *, locale: str, unknown: str = "") -> str:
    """A share of 1 as per cent: `12 %`."""
    if share is None:
        return unknown
    return _decimals(_half_up(share * 100, decimals), decimals, locale) + NO_BREAK_SPACE + "%"


def _half_up(value: float, decimals: int) -> Decimal:
    exact = Decimal(repr(float(value)))
    return _without_sign_of_nothing(exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP))


def _without_sign_of_nothing(rounded: Decimal) -> Decimal:
    """A little less than nothing is nothing; written "-0", it would be remembered for every other nothing too."""
    return rounded or abs(rounded)


def days(count: float | None, *, locale: str, unknown: str = "") -> str:
    """A length of time in days: whole where it is, else with one decimal: `34 d`, `12.5 d`."""
    if count is None:
        return unknown
    if float(count).is_integer():
        return quantity(int(count), locale=locale) + NO_BREAK_SPACE + "d"
    return _decimals(_half_up(count, 1), 1, locale) + NO_BREAK_SPACE + "d"


@lru_cache(maxsize=WRITTEN_BEFORE)
def day(value: date | None, *, today: date, locale: str, unknown: str = "") -> str:
    """`12 Mar`, with the year only when it is not this one; nothing for the day that stands for none at all."""
    if value is None or value == date.max:
        return unknown
    pattern = "d MMM" if value.year == today.year else "d MMM y"
    return _date_text(value, pattern, locale).replace(" ", NO_BREAK_SPACE)


@lru_cache(maxsize=WRITTEN_BEFORE)
def _date_text(value: date, pattern: str, locale: str) -> str:
    return format_date(value, pattern, locale=locale)


def month_and_year(value: date, *, locale: str) -> str:
    """`Mar 2026`: a month, by a day of it."""
    return _date_text(value, "LLL y", locale).replace(" ", NO_BREAK_SPACE)


def long_day(value: date | None, *, locale: str, unknown: str = "") -> str:
    """`Thursday 12 March 2026`."""
    return unknown if value is None else _date_text(value, "EEEE d MMMM y", locale)


def written_day(value: date, *, locale: str) -> str:
    """A day as the language writes it out in a letter: `March 12, 2026`, `12. März 2026`."""
    return format_date(value, "long", locale=locale)


def spoken_day(value: date, *, today: date, locale: str) -> str:
    """A day as one says it: `27 March`, with the year only when it is not this one."""
    pattern = "d MMMM" if value.year == today.year else "d MMMM y"
    return _date_text(value, pattern, locale).replace(" ", NO_BREAK_SPACE)


def ago(value: date | None, *, today: date, unknown: str = "") -> str:
    """How far a day lies from today, in words: `today`, `in 3 days`, `5 weeks ago`."""
    if value is None:
        return unknown
    distance = (value - today).days
    if distance in _NEAR:
        return _NEAR[distance]
    length = _length(abs(distance))
    return f"in {length}" if distance > 0 else f"{length} ago"


_NEAR = {-1: "yesterday", 0: "today", 1: "tomorrow"}


def _length(count: int) -> str:
    if count < WEEKS_FROM:
        return f"{count} days"
    if count < MONTHS_FROM:
        return f"{round(count / DAYS_OF_A_WEEK)} weeks"
    if count < YEARS_FROM:
        return f"{round(count / DAYS_OF_A_MONTH)} months"
    return f"{round(count / DAYS_OF_A_YEAR)} years"


@lru_cache(maxsize=WRITTEN_BEFORE)
def day_title(value: date | None, *, today: date, locale: str, unknown: str = "") -> str:
    """The full date and how long ago, for a title attribute."""
    if value is None or value == date.max:
        return unknown
    return f"{long_day(value, locale=locale)}, {ago(value, today=today)}"


def span(value: timedelta | None, *, unknown: str = "") -> str:
    """A length of time in one unit, rounded down: `50 min`, `27 h`, `3 d`; less than a minute counts as one."""
    if value is None:
        return unknown
    minutes = max(int(value.total_seconds()) // 60, 1)
    if minutes < MINUTES_OF_AN_HOUR:
        return f"{minutes}{NO_BREAK_SPACE}min"
    hours = minutes // MINUTES_OF_AN_HOUR
    return f"{hours}{NO_BREAK_SPACE}h" if hours < DAYS_FROM_HOURS else f"{hours // 24}{NO_BREAK_SPACE}d"


def instant(value: datetime | None, *, zone: ZoneInfo, today: date, locale: str, unknown: str = "") -> str:
    """A moment as the shop's day and time: `12 Mar, 14:05`. A naive one is taken for UTC."""
    if value is None:
        return unknown
    local = (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(zone)
    time_of_day = format_time(local, "HH:mm", tzinfo=zone, locale=locale)
    return f"{day(local.date(), today=today, locale=locale)},{NO_BREAK_SPACE}{time_of_day}"


def as_of(value: datetime | None, *, zone: ZoneInfo, today: date, locale: str, unknown: str = "") -> str:
    """When figures were true: `09:42`, with the day only when it is not today's."""
    written = instant(value, zone=zone, today=today, locale=locale, unknown=unknown)
    return written.removeprefix(f"{day(today, today=today, locale=locale)},{NO_BREAK_SPACE}")


def particular(value: Any, name: str = "", *, zone: ZoneInfo, today: date, locale: str) -> str:
    """What an act says of itself under a name, as people read it: `12 Mar`, `44.20`, `waiting approval`, `nothing`."""
    if value is None or value in ("", [], {}):
        return NOBODY if name in OF_PEOPLE else NOTHING

    def one(inner: Any, of: str = name) -> str:
        return particular(inner, of, zone=zone, today=today, locale=locale)

    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return ", ".join(
            f"{words_of(key)}: {one(inner, name if name in OF_DAYS else key)}" for key, inner in value.items()
        )
    if isinstance(value, list):
        return ", ".join(one(inner) for inner in value)
    if isinstance(value, int) and name not in OF_THE_DESK:
        return amount(value, None, locale=locale) if name in OF_MONEY else quantity(value, locale=locale)
    if name in OF_DAYS:
        return day(date.fromisoformat(value), today=today, locale=locale)
    if name in OF_MOMENTS:
        return instant(datetime.fromisoformat(value), zone=zone, today=today, locale=locale)
    return str(value).replace("-", " ") if name in OF_STATES else str(value)


def locale_in_use() -> str:
    """How whoever asks reads numbers and dates: as they said, else as the shop does."""
    own: str | None = g.get(READERS_LOCALE) if has_request_context() else None
    shops: str = current_app.config["SHOP_LOCALE"]
    return own or shops


def register(app: Flask) -> None:
    """Give templates the filters, bound to the reader's language, and the shop's zone and day."""
    config = app.config  # a table asks hundreds of times, and the app of the request is further to go

    def today() -> date:
        return config["BUSINESS_DATE"] or clock.today()

    def in_the_shops_language(write: Callable[..., str]) -> Callable[..., str]:
        return lambda *args, **kwargs: write(*args, locale=locale_in_use(), **kwargs)

    def on_the_shops_day(write: Callable[..., str]) -> Callable[..., str]:
        return lambda value, unknown="": write(value, today=today(), locale=locale_in_use(), unknown=unknown)

    def in_the_shop(write: Callable[..., str]) -> Callable[..., str]:
        return lambda value, unknown="": write(
            value, zone=clock.shop_zone(), today=today(), locale=locale_in_use(), unknown=unknown
        )

    for name, function in (
        ("money", in_the_shops_language(money)),
        ("amount", in_the_shops_language(amount)),
        ("unit_price", in_the_shops_language(unit_price)),
        ("quantity", in_the_shops_language(quantity)),
        ("quantity_pair", in_the_shops_language(quantity_pair)),
        ("number", in_the_shops_language(number)),
        ("percent", in_the_shops_language(percent)),
        ("days", in_the_shops_language(days)),
        ("age", in_the_shops_language(days)),
        ("long_day", in_the_shops_language(long_day)),
        ("day", on_the_shops_day(day)),
        ("day_title", on_the_shops_day(day_title)),
        ("ago", lambda value, unknown="": ago(value, today=today(), unknown=unknown)),
        ("span", span),
        ("instant", in_the_shop(instant)),
        ("as_of", in_the_shop(as_of)),
        ("words_of", words_of),
        (
            "particular",
            lambda value, name="": particular(
                value, name, zone=clock.shop_zone(), today=today(), locale=locale_in_use()
            ),
        ),
    ):
        app.add_template_filter(function, name)
