"""Public holidays and the usual weekend of a country, from the library `holidays`, which knows about 250 of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

COUNTRIES_KEPT = 64


@dataclass(frozen=True, slots=True)
class CountryDays:
    """When a country rests: weekdays (Monday 0), and days of the years that were asked for."""

    weekend: frozenset[int]
    holidays: frozenset[date]


def is_known(country: str | None) -> bool:
    """Whether the holidays of a country are known, by its code (PT, PRT) or its English name."""
    return _code(country) is not None


def days_of(country: str | None, years: Iterable[int]) -> CountryDays | None:
    """The days on which a country rests; None where it is not known."""
    code = _code(country)
    return None if code is None else _days(code, tuple(years))


@lru_cache(maxsize=COUNTRIES_KEPT)
def _code(country: str | None) -> str | None:
    from holidays.registry import COUNTRIES  # only who sends an order needs it, and it takes a while to read

    said = (country or "").strip()
    for name, (_, *codes) in COUNTRIES.items():
        if said.upper() in codes or said.casefold().replace(" ", "_") == name:
            return str(codes[0])
    return None


@lru_cache(maxsize=COUNTRIES_KEPT)
def _days(code: str, years: tuple[int, ...]) -> CountryDays:
    from holidays import country_holidays

    found = country_holidays(code, years=years)
    return CountryDays(frozenset(found.weekend), frozenset(found))
