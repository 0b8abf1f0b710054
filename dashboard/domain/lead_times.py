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

# Promises for the days up to this many before today are what punctuality is measured by.
PROMISED_DAYS = 365

# The figure of the daily snapshot: units that should have come before that day, of all suppliers.
OVERDUE_UNITS = "overdue-units"

# A supplier of whose units fewer came when promised is late more often than not.
ON_TIME_HALF = 0.5

# How exactly days are held: a mean in millionths, a percentile (of whole days, interpolated by tenths) in tenths.
MICROS, TENTHS = 1_000_000, 10

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

    def percentile_tenths(self, begin, end, tenths):
        """A percentile (in tenths: 5 the median, 9 nine of ten) of each stretch of observations, by linear
        interpolation, in tenths of a day; NONE where a stretch is empty.

        In whole numbers throughout, so that every machine and database agrees.
        """
        result = np.full(len(begin), NONE)
        some = end > begin
        begin, last = begin[some], end[some] - 1
        position = (last - begin) * tenths
        below = begin + position // 10
        low, high = self.days[below], self.days[np.minimum(below + 1, last)]
        result[some] = low * 10 + (high - low) * (position % 10)
        return result

    def percentile_up(self, begin, end, tenths):
        """The same rounded up to whole days; NONE where a stretch is shorter than `ENOUGH_OBSERVATIONS`."""
        exact = self.percentile_tenths(begin, end, tenths)
        return np.where(end - begin >= ENOUGH_OBSERVATIONS, -(-exact // 10), NONE)


@dataclass(frozen=True, slots=True)
class LeadTimes:
    """What observations come to, one row a supplier (or a supplier's SKU); days in fractions, NONE where not known."""

    observations: np.ndarray
    mean_micros: np.ndarray
    sd_micros: np.ndarray
    p50_tenths: np.ndarray
    p90_tenths: np.ndarray


def lead_times(observations, supplier):
    """Count, mean, spread (n − 1), median and nine-of-ten of the observations of each supplier asked for.

    The spread of a single observation is not known.
    """
    begin, end = observations.of(supplier)
    count = end - begin
    days, squares = (
        np.concatenate(([0], np.cumsum(column)))[end] - np.concatenate(([0], np.cumsum(column)))[begin]
        for column in (observations.days, observations.days**2)
    )
    some = np.maximum(count, 1)
    pairs = np.maximum(count * (count - 1), 1)
    spread = np.sqrt((count * squares - days**2) / pairs)  # the difference is of whole numbers, so nothing cancels out
    return LeadTimes(
        count,
        np.where(count > 0, (2 * days * MICROS + some) // (2 * some), NONE),
        np.where(count > 1, np.rint(spread * MICROS).astype(np.int64), NONE),
        observations.percentile_tenths(begin, end, MEDIAN_TENTHS),
        observations.percentile_tenths(begin, end, NINE_OF_TEN),
    )


def on_time(promised, received_by_then):
    """Of the units that were promised, those that came in time. What came beyond them makes up for no other line."""
    return np.minimum(promised, received_by_then)


def too_little_data(observations):
    """What stands where a figure would be that nothing can be said of."""
    return f"too little data, {observations} of {ENOUGH_OBSERVATIONS} deliveries"


def mean_and_sd(count, days, squares):
    """The mean, and the standard deviation with n − 1, of `count` observations from their sum and sum of squares.

    Both are None without an observation; of a single one the spread is 0.
    """
    if not count:
        return None, None
    spread = (squares - days * days / count) / (count - 1) if count > 1 else 0.0
    return days / count, math.sqrt(max(spread, 0.0))


def observed_lead_time(*, of_sku, of_supplier):
    """The observations to plan with: the supplier's deliveries of this SKU, else all its deliveries, where there are
    enough of them; else None. Each is (count, sum of days, sum of squares).
    """
    return next((seen for seen in (of_sku, of_supplier) if seen[0] >= ENOUGH_OBSERVATIONS), None)


def lead_time(*, of_sku, of_supplier, quoted):
    """The lead time to plan with, and its spread: as observed, else what the supplier quotes, with no spread; `quoted`
    is in days or None.
    """
    seen = observed_lead_time(of_sku=of_sku, of_supplier=of_supplier)
    if seen is not None:
        return mean_and_sd(*seen)
    return (None, None) if quoted is None else (float(quoted), 0.0)
