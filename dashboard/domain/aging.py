"""How long customers have waited: whole shop days since the place in line, in five buckets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

# Where the picture draws its line: from here on a wait needs a reason.
REFERENCE_DAYS = 14
TREND_WEEKS = 12
# The figure that the snapshot of each day keeps: how many lines waited when the day ended.
WAITING_LINES = "waiting-lines"


def part_kept(dimension: str, value: str) -> str:
    """Under which key a snapshot keeps the lines of one value of a filter."""
    return f"{dimension}:{value}"


# Whatever waits is one or the other: of a day that has neither of them, though lines waited, nothing is kept by filter.
PLANNED_OR_NOT = (part_kept("planned", "no"), part_kept("planned", "yes"))


@dataclass(frozen=True, slots=True)
class Bucket:
    """Ages from `first` to `last` days, both counted in; the last bucket has no end."""

    key: str
    first: int
    last: int | None

    def holds(self, age: int) -> bool:
        """Whether an age falls into it. An order dated ahead of the shop's day counts as fresh."""
        return max(age, 0) >= self.first and (self.last is None or age <= self.last)

    def placed(self, today: date) -> tuple[date | None, date | None]:
        """The first and the last day on which its orders were placed, seen from today; None: no limit."""
        earliest = None if self.last is None else today - timedelta(days=self.last)
        latest = None if self.first == 0 else today - timedelta(days=self.first)
        return earliest, latest


BUCKETS = (
    Bucket("0-7", 0, 7),
    Bucket("8-14", 8, 14),
    Bucket("15-30", 15, 30),
    Bucket("31-60", 31, 60),
    Bucket("61+", 61, None),
)
BUCKET_KEYS = tuple(bucket.key for bucket in BUCKETS)


def age_days(placed_on: date, today: date) -> int:
    """Whole days from the day of the order to today; orders of today have waited 0."""
    return (today - placed_on).days


def bucket_of(age: int) -> Bucket:
    """The bucket that an age falls into."""
    return next(bucket for bucket in BUCKETS if bucket.holds(age))


def bucket_places(placed_on: np.ndarray, today: int) -> np.ndarray:
    """The place in `BUCKETS` of each order by the number of its day."""
    starts = [bucket.first for bucket in BUCKETS]
    return np.searchsorted(starts, np.maximum(today - placed_on, 0), side="right") - 1


def trend_days(today: date) -> list[date]:
    """The days that the trend shows, a week apart, the last of them today."""
    return [today - timedelta(weeks=weeks) for weeks in range(TREND_WEEKS, -1, -1)]
