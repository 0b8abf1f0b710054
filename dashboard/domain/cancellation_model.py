"""What the shop's own history says of who leaves: a table of points for each thing that is known of a line.

The points of a line add up to the logarithm of the odds that its customer cancels it within the days of
`cancellation_risk.DAYS`: a discrete-time hazard (Singer and Willett, "It's about time", 1993) of periods of so many
days. Points are whole millionths, so that their sum is the same in any order and on any machine; how they are learnt
is the business of `dashboard.estimates.cancellation`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from dashboard.domain.cancellation_risk import BLOCK_ROWS, WHOLE, Inputs, prior
from dashboard.domain.columns import NONE, known

MICRO = 1_000_000

# What changes from day to day; everything else is added up once (`constant_points`).
AGE, TO_PROMISE, TO_LAST_DATE = DAILY = ("age", "to-promise", "to-last-date")
TAG = "tag:"  # begins the name of what a tag says; its key follows


@dataclass(frozen=True, slots=True)
class Coded:
    """A column of words: the place of each row's word in a list; the empty word is "not known"."""

    places: np.ndarray
    words: Sequence[str]


Column = np.ndarray | Coded  # numbers have NONE where not known


@dataclass(frozen=True, slots=True)
class Input:
    """One thing that is known of a line, with the points of each of its levels.

    Of numbers, level 0 is "not known", the next everything below the first edge, then a level from each edge on. Of
    words, level 0 is "not known" or "none", then one for each word, and the last one for all others.
    """

    name: str
    edges: tuple[int, ...]  # of numbers
    words: tuple[str, ...] | None  # of words; None: these are numbers
    points: tuple[int, ...]
    mean: int  # the average of the rows that it was learnt from: what is more than that raises the chance
    rows: tuple[int, ...] = ()  # that had each level

    def levels(self, column: Column) -> np.ndarray:
        """The level of each row."""
        return levels_of(column, self.edges, self.words)


@dataclass(frozen=True, slots=True)
class Money:
    """What a usual line costs in a currency, so that amounts of several currencies can be compared."""

    price: int  # the median, in micro-units
    value: int


@dataclass(frozen=True, slots=True)
class Model:
    """All that is needed to score a line."""

    base: int
    inputs: tuple[Input, ...]
    money: Mapping[str, Money]

    @property
    def has_signal(self) -> bool:
        """Whether it says anything but the base rate."""
        return bool(self.inputs)

    @property
    def daily(self) -> tuple[Input, ...]:
        return tuple(one for one in self.inputs if one.name in DAILY)

    @property
    def constant(self) -> tuple[Input, ...]:
        return tuple(one for one in self.inputs if one.name not in DAILY)


@dataclass(frozen=True, slots=True)
class Learnt:
    """A model, with what is kept beforehand of each line that is scored: NONE where nothing is, yet."""

    model: Model
    points: np.ndarray  # what does not change from day to day
    promise: np.ndarray  # the first one


def chances(inputs: Inputs, words: Sequence[str], today: int, learnt: Learnt | None) -> np.ndarray:
    """The chance of each line in ten-thousandths: by what was learnt, else by the prior."""
    if learnt is None:
        return prior(inputs, words, today)
    found = np.empty(len(learnt.points), np.int16)
    for start in range(0, len(found), BLOCK_ROWS):
        rows = slice(start, start + BLOCK_ROWS)
        own = daily_columns(inputs.placed_on[rows], learnt.promise[rows], inputs.last_date[rows], today)
        found[rows] = whole_chance(daily_points(learnt.model, own, learnt.points[rows]))
    unknown = np.flatnonzero(~known(learnt.points))
    if len(unknown):
        found[unknown] = prior(inputs.of(unknown), words, today)
    return found


def daily_columns(placed_on: np.ndarray, promise: np.ndarray, last_date: np.ndarray, day: Any) -> dict[str, Column]:
    """What of lines changes from day to day, on one day or on one each."""
    return {
        AGE: day - placed_on,
        TO_PROMISE: np.where(known(promise), promise - day, NONE),
        TO_LAST_DATE: np.where(known(last_date), last_date - day, NONE),
    }


def levels_of(column: Column, edges: Sequence[int], words: Sequence[str] | None) -> np.ndarray:
    """The level of each row of a column, as `Input` counts them."""
    if words is None:
        assert isinstance(column, np.ndarray)
        return np.where(known(column), 1 + np.searchsorted(np.array(edges, np.int64), column, side="right"), 0)
    assert isinstance(column, Coded)
    place = {word: level for level, word in enumerate(words, 1)} | {"": 0}
    of_word = np.array([place.get(word, len(words) + 1) for word in column.words] or [0], np.int64)
    return of_word[column.places]


def constant_points(model: Model, columns: Mapping[str, Column], rows: int) -> np.ndarray:
    """The points of what does not change from day to day, the base among them."""
    return _points(model.constant, columns, np.full(rows, model.base, np.int64))


def daily_points(model: Model, columns: Mapping[str, Column], constant: np.ndarray) -> np.ndarray:
    """All points: what does not change, and what the day adds."""
    return _points(model.daily, columns, constant.astype(np.int64))


def chance(points: np.ndarray) -> np.ndarray:
    """Points as a chance between 0 and 1."""
    return 1 / (1 + np.exp(-points / MICRO))


def whole_chance(points: np.ndarray) -> np.ndarray:
    """Points as a chance in ten-thousandths, half up."""
    return np.floor(chance(points) * WHOLE + 0.5).astype(np.int16)


def relative(amount: np.ndarray, usual: np.ndarray) -> np.ndarray:
    """Amounts as hundredths of doublings of what is usual; NONE where either is not known, or nothing."""
    compared = known(amount) & known(usual) & (usual > 0)
    shares = np.where(compared, np.maximum(amount, 1), 1) / np.where(compared, usual, 1)
    return np.where(compared, np.rint(100 * np.log2(shares)).astype(np.int64), NONE)


def as_record(model: Model) -> dict[str, Any]:
    """A model as it is stored."""
    return {
        "base": model.base,
        "inputs": [
            {
                "name": one.name,
                "edges": list(one.edges),
                "words": None if one.words is None else list(one.words),
                "points": list(one.points),
                "mean": one.mean,
                "rows": list(one.rows),
            }
            for one in model.inputs
        ],
        "money": {currency: [usual.price, usual.value] for currency, usual in model.money.items()},
    }


def of_record(record: Mapping[str, Any]) -> Model:
    """A stored model."""
    return Model(
        record["base"],
        tuple(
            Input(
                one["name"],
                tuple(one["edges"]),
                None if one["words"] is None else tuple(one["words"]),
                tuple(one["points"]),
                one["mean"],
                tuple(one.get("rows", ())),
            )
            for one in record["inputs"]
        ),
        {currency: Money(*usual) for currency, usual in record["money"].items()},
    )


def _points(inputs: Sequence[Input], columns: Mapping[str, Column], begun: np.ndarray) -> np.ndarray:
    for one in inputs:
        begun = begun + np.array(one.points, np.int64)[one.levels(columns[one.name])]
    return begun
