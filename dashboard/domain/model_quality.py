"""How good chances are that were said before it was known what happened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dashboard.domain.kept_dates import wilson

PLOTTED_BANDS = 10
STEPS = 30  # of Newton's method; two unknowns need a handful
# Chances whose slope lies between these happen about as often as is said.
RIGHT_FROM, RIGHT_TO = 0.9, 1.1
MOST_ODDS = 36.0  # the logarithm beyond which a chance is no longer told from none or all
ALMOST_SURE = 1e-6  # a chance of nothing would make one surprise infinite


@dataclass(frozen=True, slots=True)
class Quality:
    """Figures over rows, each a chance beside what happened."""

    rows: int
    base_rate: float  # the share of rows in which it happened
    auc: float | None  # how often the higher chance is that of the row in which it happened; None where all are alike
    brier: float  # the mean squared difference (Brier, 1950)
    brier_skill: float | None  # by how much less that is than the base rate's own, as a share of it
    # What a logistic regression of what happened makes of the chances' log odds: 1 and 0 are right (Cox, 1958).
    calibration_slope: float | None
    calibration_intercept: float | None


@dataclass(frozen=True, slots=True)
class Band:
    """Rows of similar chance: what was said, and what happened."""

    rows: int
    said: float
    happened: float
    low: float  # the interval that holds the true share 19 times of 20 (Wilson, 1927)
    high: float


def quality(chances: np.ndarray, happened: np.ndarray) -> Quality:
    """How good chances are."""
    rows, base = len(chances), float(happened.mean())
    brier = float(np.mean((chances - happened) ** 2))
    usual = base * (1 - base)
    slope, intercept = calibration(chances, happened)
    return Quality(rows, base, auc(chances, happened), brier, 1 - brier / usual if usual else None, slope, intercept)


def auc(chances: np.ndarray, happened: np.ndarray) -> float | None:
    """The area under the curve of true against false alarms, ties counted half (Mann and Whitney, 1947)."""
    positive = int(happened.sum())
    negative = len(happened) - positive
    if not positive or not negative:
        return None
    _, level, counts = np.unique(chances, return_inverse=True, return_counts=True)
    ranks = np.cumsum(counts) - (counts - 1) / 2
    return float((ranks[level[happened.astype(bool)]].sum() - positive * (positive + 1) / 2) / (positive * negative))


def log_losses(chances: np.ndarray, happened: np.ndarray) -> np.ndarray:
    """Of each row, how surprising what happened is."""
    sure = np.clip(chances, ALMOST_SURE, 1 - ALMOST_SURE)
    return -np.where(happened.astype(bool), np.log(sure), np.log1p(-sure))


def calibration(chances: np.ndarray, happened: np.ndarray) -> tuple[float | None, float | None]:
    """Slope and intercept of what happened over the log odds that were said; nothing where all chances are alike."""
    sure = np.clip(chances, ALMOST_SURE, 1 - ALMOST_SURE)
    odds = np.log(sure / (1 - sure))
    if not happened.any() or happened.all() or np.ptp(odds) < ALMOST_SURE:
        return None, None
    design = np.stack((odds, np.ones(len(odds))), axis=1)
    base = happened.mean()
    found = np.array([0.0, np.log(base / (1 - base))])
    for _ in range(STEPS):
        likely = 1 / (1 + np.exp(-np.clip(design @ found, -MOST_ODDS, MOST_ODDS)))
        bend = (design * (likely * (1 - likely))[:, None]).T @ design
        try:
            step = np.linalg.solve(bend, design.T @ (happened - likely))
        except np.linalg.LinAlgError:
            return None, None  # what happened lies all above what did not: no slope is steep enough
        found += step
        if np.abs(step).max() < ALMOST_SURE:
            break
    return float(found[0]), float(found[1])


def bands(chances: np.ndarray, happened: np.ndarray, *, most: int = PLOTTED_BANDS) -> list[Band]:
    """Rows in bands of equally many, from the least chance to the largest."""
    found = []
    for part in np.array_split(np.argsort(chances, kind="stable"), most):
        if len(part):
            share = float(happened[part].mean())
            low, high = wilson(int(happened[part].sum()), len(part))
            found.append(Band(len(part), float(chances[part].mean()), share, low, high))
    return found


def is_right(slope: float) -> bool:
    """Whether chances of this calibration slope happen about as often as is said."""
    return RIGHT_FROM <= slope <= RIGHT_TO


def in_words(slope: float, found: Sequence[Band]) -> str:
    """What chances of a cancel are worth, of bands from the least chance to the largest, as staff read it."""
    least, most = found[0], found[-1]
    if is_right(slope):
        verdict = "What is said happens"
    elif slope < RIGHT_FROM:
        verdict = "What is said is too bold: great chances are smaller than said, small ones greater"
    else:
        verdict = "What is said is too timid: great chances are greater than said, small ones smaller"
    return (
        f"{verdict}. Of the tenth of the lines most likely to leave, {most.happened:.0%} left and {most.said:.0%} were "
        f"said to; of the tenth least likely, {least.happened:.0%} and {least.said:.0%}."
    ).replace("%", " %")
