"""The points of each level, learnt with scikit-learn; only a process that trains imports this.

A logistic regression over levels. Of numbers, each edge has a weight of its own that is added from there on, so that
holding weights small (ridge) makes neighbouring levels alike rather than all of them zero; of words, each word has one.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from sklearn.linear_model import LogisticRegression

from dashboard.domain.cancellation_model import MICRO, TAG, Coded, Column, Input, Model, Money, levels_of
from dashboard.domain.columns import known
from dashboard.estimates.cancellation.asked import (
    ALIKE,
    CANCELS_BEFORE,
    LEAD,
    ORDERS_BEFORE,
    PRICE,
    UNITS,
    VALUE,
    as_numbers,
)

# Where levels of numbers begin: narrow where something happens, wide where years pass.
WEEKS = (1, 2, 3, 4, 6, 8, 11, 15, 22, 31, 46, 61, 91, 121, 181, 271)
EDGES: dict[str, tuple[int, ...]] = {
    "age": WEEKS,
    "to-promise": (-90, -60, -30, -21, -14, -7, -3, 0, 1, 3, 7, 14, 21, 30, 45, 60, 90, 120, 180, 270),
    "to-last-date": (-1, 3, 7, 11, 13, 30),
    LEAD: (0, 3, 5, 8, 15, 31, 61, 91, 121, 181, 271),
    PRICE: (-300, -200, -100, -50, 0, 50, 100, 200, 300),
    VALUE: (-300, -200, -150, -100, -50, 0, 50, 100, 150, 200, 300),
    UNITS: (1, 2, 3, 5, 10, 20, 50),
    ORDERS_BEFORE: (0, 1, 2, 5, 10),
    CANCELS_BEFORE: (0, 1, 2, 5),
    ALIKE: (0, 2, 4, 8, 16),
}
MOST_WORDS = 40  # of one input; the most frequent
FEWEST_LINES = 50  # that have a word, or a tag, or say it is no accident
MOST_TAGS = 30
MOST_NUMBERS = 12  # levels of a tag whose values are numbers

# How far weights may go before it costs: the spread that one edge, or one word, is expected to have.
EDGE_SPREAD, WORD_SPREAD = 0.25, 0.7
TIGHT = 1e-7


def describe(columns: Mapping[str, Column], line: np.ndarray) -> tuple[list[Input], dict[str, Column]]:
    """The inputs as they are to be learnt, and their columns: `line` says which line each row is of, because a word
    counts once for each line that has it.
    """
    first = np.unique(line, return_index=True)[1]
    found, kept = [], {}
    tags = sorted((name for name in columns if name.startswith(TAG)), key=lambda name: -_given(columns[name], first))
    names = [name for name in columns if not name.startswith(TAG)] + tags[:MOST_TAGS]
    for name in names:
        column = columns[name]
        edges, words = EDGES.get(name, ()), None
        if isinstance(column, Coded):
            numbers = as_numbers(column) if name.startswith(TAG) else None
            if numbers is not None and len(column.words) > 3:
                column, edges = numbers, _edges_of(numbers[first])
            else:
                words = _words_of(column, first)
        levels = levels_of(column, edges, words)
        if np.ptp(levels) == 0:
            continue  # The same of every line: it says nothing.
        found.append(Input(name, edges, words, (), 0))
        kept[name] = column
    return found, kept


def fit(
    inputs: list[Input], levels: Mapping[str, np.ndarray], cancelled: np.ndarray, money: Mapping[str, Money]
) -> Model:
    """The model with its points, of the levels that each row has of each input."""
    return as_points(learn(design(inputs, levels), cancelled), inputs, levels, money)


def design(inputs: list[Input], levels: Mapping[str, np.ndarray]) -> np.ndarray:
    """What the learner is given: for each row what its levels add."""
    return np.concatenate([_codes(one)[levels[one.name]] for one in inputs], axis=1)


def learn(designed: np.ndarray, cancelled: np.ndarray) -> LogisticRegression:
    """The weights that make what happened likeliest, held small."""
    learner = LogisticRegression(C=1.0, solver="newton-cholesky", tol=TIGHT, max_iter=100)
    return learner.fit(designed, cancelled)


def as_points(
    learner: LogisticRegression, inputs: list[Input], levels: Mapping[str, np.ndarray], money: Mapping[str, Money]
) -> Model:
    """What was learnt as the points of each level, which need no learner to be added up."""
    weights, start, done = learner.coef_[0], 0, []
    for one in inputs:
        codes = _codes(one)
        points = np.rint(codes @ weights[start : start + codes.shape[1]] * MICRO).astype(np.int64)
        start += codes.shape[1]
        mean = round(float(points[levels[one.name]].mean()))
        rows = np.bincount(levels[one.name], minlength=len(points))
        done.append(Input(one.name, one.edges, one.words, tuple(points.tolist()), mean, tuple(rows.tolist())))
    return Model(round(float(learner.intercept_[0]) * MICRO), tuple(done), money)


def base_rate_model(cancelled: np.ndarray, money: Mapping[str, Money]) -> Model:
    """What is said where nothing that is known of a line tells it from others: how many are cancelled at all."""
    rate = (cancelled.sum() + 0.5) / (len(cancelled) + 1)
    return Model(round(float(np.log(rate / (1 - rate))) * MICRO), (), money)


def _codes(one: Input) -> np.ndarray:
    """What each level adds, as the learner is given it: a row a level."""
    if one.words is not None:
        levels = len(one.words) + 2
        return (np.eye(levels) * WORD_SPREAD).astype(np.float64)
    levels = len(one.edges) + 2
    steps = np.tril(np.ones((levels, levels)))[:, 2:] * EDGE_SPREAD
    steps[0] = 0
    not_known = (np.arange(levels) == 0).astype(np.float64)[:, None] * WORD_SPREAD
    return np.concatenate((not_known, steps), axis=1)


def _given(column: Column, first: np.ndarray) -> int:
    assert isinstance(column, Coded)
    return int((column.places[first] != 0).sum())


def _words_of(column: Coded, first: np.ndarray) -> tuple[str, ...]:
    """The words that enough lines have, the most frequent first."""
    counts = np.bincount(column.places[first], minlength=len(column.words))
    found: dict[str, int] = {}
    for word, count in zip(column.words, counts.tolist(), strict=False):
        if word:
            found[word] = found.get(word, 0) + count
    often = [word for word, count in found.items() if count >= FEWEST_LINES]
    return tuple(sorted(often, key=lambda word: (-found[word], word))[:MOST_WORDS])


def _edges_of(numbers: np.ndarray) -> tuple[int, ...]:
    """Where levels of a tag's numbers begin: at each that enough lines have, or so that about as many are in each."""
    some = numbers[known(numbers)]
    values, counts = np.unique(some, return_counts=True)
    if len(values) > MOST_NUMBERS:
        shares = np.cumsum(counts) / counts.sum()
        wanted = np.linspace(0, 1, MOST_NUMBERS, endpoint=False)
        values = np.unique(values[np.searchsorted(shares, wanted)])
    return tuple(values.tolist())
