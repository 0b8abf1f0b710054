"""What receipts of the past say of a supplier: how late they came, how long they took.

An observation is one receipt. Observations come counted (so many receipts came so many days late), because that is
small to store and enough for every figure here.
"""

import math
from dataclasses import dataclass

import numpy as np

from dashboard.domain.columns import NONE

# Fewer observations than this say nothing: no percentile is taken from them, and no figure is shown.
ENOUGH_OBSERVATIONS = 5

# Receipts up to this many days before today are observations.
OBSERVED_DAYS = 730

MEDIAN_TENTHS = 5
NINE_OF_TEN = 9


@dataclass(frozen=True, slots=True)
class Observations:
    """Whole days, one row an observation, sorted by supplier and then by days."""

    supplier: np.ndarray
    days: np.ndarray

    @classmethod
    def from_counts(cls, supplier, days, receipts):
        """Unfolds (supplier, days, receipts) into observations."""
        by = np.lexsort((days, supplier))
        return cls(np.repeat(supplier[by], receipts[by]), np.repeat(days[by], receipts[by]))

    def of(self, supplier):
        """For each supplier asked for, where its observations begin and end."""
        return np.searchsorted(self.supplier, supplier), np.searchsorted(self.supplier, supplier, side="right")

    def later_than(self, supplier, days):
        """For each supplier and number of days, where the observations of more days than that begin and end."""
        if not len(self.days):
            return np.zeros(len(supplier), np.int64), np.zeros(len(supplier), np.int64)
        low = min(int(self.days.min()), int(days.min(initial=0)))
        span = max(int(self.days.max()), int(days.max(initial=0))) - low + 1
        begin = np.searchsorted(self.supplier * span + self.days - low, supplier * span + days - low, side="right")
        return begin, np.searchsorted(self.supplier, supplier, side="right")

    def percentile_up(self, begin, end, tenths):
        """A percentile (in tenths: 5 the median, 9 nine of ten) of each stretch of observations, by linear
        interpolation, rounded up to whole days; NONE where a stretch is shorter than `ENOUGH_OBSERVATIONS`.

        In whole numbers throughout, so that every machine and database agrees.
        """
        result = np.full(len(begin), NONE)
        enough = end - begin >= ENOUGH_OBSERVATIONS
        begin, last = begin[enough], end[enough] - 1
        position = (last - begin) * tenths
        below = begin + position // 10
        low, high = self.days[below], self.days[np.minimum(below + 1, last)]
        result[enough] = -((-(low * 10 + (high - low) * (position % 10))) // 10)
        return result


def mean_and_sd(count, days, squares):
    """The mean, and the standard deviation with n − 1, of `count` observations from their sum and sum of squares.

    Both are None without an observation; of a single one the spread is 0.
    """
    if not count:
        return None, None
    spread = (squares - days * days / count) / (count - 1) if count > 1 else 0.0
    return days / count, math.sqrt(max(spread, 0.0))


def lead_time(*, of_sku, of_supplier, quoted):
    """The lead time to plan with, and its spread: of the supplier's deliveries of this SKU, else of all its
    deliveries, where there are enough of them; else what it quotes, with no spread.

    `of_sku` and `of_supplier` are (count, sum of days, sum of squares); `quoted` is in days or None.
    """
    for count, days, squares in (of_sku, of_supplier):
        if count >= ENOUGH_OBSERVATIONS:
            return mean_and_sd(count, days, squares)
    return (None, None) if quoted is None else (float(quoted), 0.0)
