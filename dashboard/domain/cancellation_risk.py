"""Who is about to leave: the chance that a waiting line is cancelled by its customer within 14 days.

The *prior*: what merchants know of waiting customers, for a shop whose own history has not been learnt from. A usual
line has BASE; each fact that speaks for more or less multiplies it. It knows nothing of this shop, says so by its name,
and never claims more than MOST.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date
from functools import cache, lru_cache
from typing import Any, NamedTuple

import numpy as np

from dashboard.domain.aging import BUCKETS
from dashboard.domain.columns import NONE, known

DAYS = 14  # a cancel on the day of the score or the next 13 counts
WHOLE = 10_000  # chances are whole ten-thousandths, so that every database and every stranger gets the same
MODEL = "prior"

EPOCH_ORDINAL = date(1970, 1, 1).toordinal()

# One line in twenty-five. The one public record of orders that wait and of the day when each was cancelled (Antonio,
# de Almeida, Nunes: Hotel booking demand datasets, Data in Brief 22, 2019) has 3.5 to 3.8 % in any fortnight.
BASE = 400
# Who has not seen a single cancel of this shop should not call one likely.
MOST = 4_000


@dataclass(frozen=True, slots=True)
class Level:
    """What may be found of a line: the tenths by which it multiplies the chance, and its words; none for the usual."""

    tenths: int
    words: str = ""
    is_unknown: bool = False  # the input is missing: it neither raises nor lowers


USUAL = Level(10)

# Patience wears off by the week. The steps are those of aging, so that a line moves at midnight only if it crosses one.
WAITED = (
    USUAL,
    Level(11, "waited 8–14 days"),
    Level(13, "waited 15–30 days"),
    Level(15, "waited 31–60 days"),
    Level(16, "waited more than 60 days"),
)
# A promise broken is why customers who wrote in say they leave; one that is about to be, costs less until it is told.
PROMISE = (
    Level(10, "promised date not known", is_unknown=True),
    Level(20, "the promised date has passed"),
    Level(15, "ships later than promised"),
    Level(8, "the promised date is kept"),
    USUAL,  # it still lies ahead, and nothing says when the line ships
)
# Not knowing when is worse than waiting; whose goods come within the week stays for them.
DATE = (
    Level(18, "no date yet"),
    Level(7, "ships within a week"),
    USUAL,
)
SOON_DAYS = 7
# After the day that customers named themselves, the goods are of no use to them.
LAST_DATE = (
    USUAL,
    Level(15, "cannot ship by the customer's own last date"),
)
# Regular customers and contracts have more to lose than one order, and know whom to ask.
TIER = (
    Level(10, "tier not known", is_unknown=True),
    Level(6, "contract customer"),
    Level(8, "customer with priority"),
    USUAL,
)
TIERS = {"": 0, "contract": 1, "vip": 2, "priority": 2}
# Money that lies in an order is missed sooner the more it is. Only currencies whose unit buys about the same are told.
VALUE = (
    Level(10, "value not known", is_unknown=True),
    Level(8, "value below 50"),
    USUAL,
    Level(12, "value of 500 or more"),
    Level(10, "value not comparable in this currency", is_unknown=True),
)
SMALL, LARGE = 50_000_000, 500_000_000  # micro-units
COMPARABLE = ("AUD", "CAD", "CHF", "EUR", "GBP", "NZD", "USD")
# Who buys ahead of supply knows it.
PLANNED = (
    USUAL,
    Level(6, "bought as a pre-order"),
)

FACTORS = (WAITED, PROMISE, DATE, LAST_DATE, TIER, VALUE, PLANNED)


@dataclass(frozen=True, slots=True)
class Band:
    """Chances from `first` ten-thousandths up to the next band's."""

    key: str
    first: int


BANDS = (Band("0-5", 0), Band("5-10", 500), Band("10-20", 1_000), Band("20-35", 2_000), Band("35+", 3_500))
UNSCORED = "unscored"
RISK_BANDS = (*(band.key for band in BANDS), UNSCORED)
# From one in five on, somebody should call.
LIKELY_FROM = 2_000
LIKELY_BANDS = tuple(band.key for band in BANDS if band.first >= LIKELY_FROM)
# The figures that the snapshot of each day keeps: the lines with such a chance, and by currency what is at risk in all.
LIKELY_LINES, VALUE_AT_RISK = "likely-lines", "value-at-risk"


# Rows that are scored at once, so that a million of them need no memory of their own.
BLOCK_ROWS = 65_536
NOT_SCORED = -1  # stands for a chance that nothing says


@dataclass(frozen=True, slots=True)
class Inputs:
    """What the prior looks at, one row a waiting part of a line; days, NONE where not known."""

    placed_on: np.ndarray
    current_promise: np.ndarray
    eta: np.ndarray
    last_date: np.ndarray  # the customer's own
    tier: np.ndarray  # the place of its word in a list of words, as that of the currency
    currency: np.ndarray
    value: np.ndarray  # micro-units, NONE where the price is not known
    planned: np.ndarray  # sold knowingly ahead of supply

    def of(self, rows: slice | np.ndarray) -> Inputs:
        return Inputs(*(getattr(self, field.name)[rows] for field in fields(self)))


class Case(NamedTuple):
    """The same of one line, as it is read from the worklist."""

    placed_on: date
    current_promise: date | None
    eta: date | None
    last_date: date | None
    tier: str  # empty where not known, as the currency
    currency: str
    value: int | None  # micro-units
    planned: bool


RAISES, LOWERS, UNKNOWN = EFFECTS = ("raises", "lowers", "unknown")


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a chance is as it is: what was found, and whether that raises it, lowers it, or is not known."""

    words: str
    effect: str  # one of EFFECTS

    def __str__(self) -> str:
        return f"{self.words} (lowers it)" if self.effect == LOWERS else self.words


def prior(inputs: Inputs, words: Sequence[str], today: int) -> np.ndarray:
    """The chance of each line in ten-thousandths: BASE times all factors, half up, at most MOST."""
    chances = np.empty(len(inputs.placed_on), np.int16)
    for start in range(0, len(chances), BLOCK_ROWS):
        rows = slice(start, start + BLOCK_ROWS)
        code = np.zeros(len(chances[rows]), np.int16)
        for levels, found in zip(FACTORS, _findings(inputs.of(rows), words, today), strict=True):
            code *= len(levels)
            code += found
        chances[rows] = _chance_by_code()[code]
    return chances


@cache
def _chance_by_code() -> np.ndarray:
    """The chance for each mixture of findings there can be: a few thousand, so that a line costs one look-up."""
    product = np.array([BASE], np.int64)
    for levels in FACTORS:
        product = np.multiply.outer(product, [level.tenths for level in levels]).ravel()
    scale = 10 ** len(FACTORS)
    return np.minimum((product + scale // 2) // scale, MOST).astype(np.int16)


def reasons(cases: Sequence[Case], today: date) -> list[tuple[Reason, ...]]:
    """Why the prior says what it says of each line: the strongest first, what is not known last."""
    inputs, words = inputs_of(cases)
    findings = zip(*(found.tolist() for found in _findings(inputs, words, _day(today))), strict=True)
    return [_reasons_for(found) for found in findings]


def inputs_of(cases: Sequence[Case]) -> tuple[Inputs, list[str]]:
    """Lines as the prior takes them, with the list of their words."""
    words = sorted({word for case in cases for word in (case.tier, case.currency)})
    places = {word: place for place, word in enumerate(words)}

    def column(values: Iterable[int]) -> np.ndarray:
        return np.fromiter(values, np.int64, len(cases))

    return Inputs(
        column(_day(case.placed_on) for case in cases),
        column(_day(case.current_promise) for case in cases),
        column(_day(case.eta) for case in cases),
        column(_day(case.last_date) for case in cases),
        column(places[case.tier] for case in cases),
        column(places[case.currency] for case in cases),
        column(NONE if case.value is None else case.value for case in cases),
        column(case.planned for case in cases),
    ), words


def value_at_risk(value: Any, chance: Any) -> Any:
    """Value × chance, half up; nothing where there is no chance. The value may fill all 64 bits."""
    chance = np.maximum(chance, 0).astype(np.int64)
    whole, rest = np.divmod(value, WHOLE)
    return whole * chance + (rest * chance + WHOLE // 2) // WHOLE


def bands_of(chance: np.ndarray) -> np.ndarray:
    """The place in RISK_BANDS of each chance."""
    starts = np.array([band.first for band in BANDS])
    return np.where(chance == NOT_SCORED, len(BANDS), np.searchsorted(starts, chance, side="right") - 1)


def band_of(chance: int) -> str:
    """The key of the band of one chance."""
    return RISK_BANDS[int(bands_of(np.array([chance]))[0])]


def _findings(inputs: Inputs, words: Sequence[str], today: int) -> Iterator[np.ndarray]:
    """For each of FACTORS the place of the level that was found of each line."""
    promised, dated = known(inputs.current_promise), known(inputs.eta)
    age = today - inputs.placed_on
    yield np.asarray(np.sum([age >= bucket.first for bucket in BUCKETS[1:]], axis=0, dtype=np.int8))
    passed, later = inputs.current_promise < today, inputs.eta > inputs.current_promise
    yield _first(3, (~promised, 0), (passed, 1), (~dated, 4), (later, 2))
    yield _first(2, (~dated, 0), (inputs.eta <= today + SOON_DAYS, 1))
    yield (known(inputs.last_date) & (~dated | (inputs.eta > inputs.last_date))).astype(np.int8)
    yield np.array([TIERS.get(word, len(TIER) - 1) for word in words], np.int8)[inputs.tier]
    comparable = np.array([word in COMPARABLE for word in words], bool)[inputs.currency]
    value = inputs.value
    yield _first(3, (~known(value), 0), (~comparable, 4), (value < SMALL, 1), (value < LARGE, 2))
    yield (inputs.planned != 0).astype(np.int8)


def _first(otherwise: int, *places: tuple[np.ndarray, int]) -> np.ndarray:
    """The place beside the first condition that holds. Conditions become the bits of a number that is looked up: row
    by row, asking one after the other takes five times as long.
    """
    met = np.zeros(len(places[0][0]), np.uint8)
    for bit, (condition, _) in enumerate(places):
        met |= condition.view(np.uint8) << np.uint8(bit)
    first = [
        next((place for bit, (_, place) in enumerate(places) if number >> bit & 1), otherwise)
        for number in range(2 ** len(places))
    ]
    return np.array(first, np.int8)[met]


@lru_cache(maxsize=4096)
def _reasons_for(found: tuple[int, ...]) -> tuple[Reason, ...]:
    levels = [levels[place] for levels, place in zip(FACTORS, found, strict=True)]
    # A level that halves the chance counts as much as one that doubles it; of two alike, the first of FACTORS.
    told = sorted(
        (level for level in levels if level.words),
        key=lambda level: (level.is_unknown, -max(level.tenths / 10, 10 / level.tenths)),
    )
    return tuple(Reason(level.words, _effect(level)) for level in told)


def _effect(level: Level) -> str:
    if level.is_unknown:
        return UNKNOWN
    return RAISES if level.tenths > USUAL.tenths else LOWERS


def _day(day: date | None) -> int:
    return NONE if day is None else day.toordinal() - EPOCH_ORDINAL
