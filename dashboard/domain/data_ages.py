"""How old what came with files is, against how often it usually comes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

import numpy as np

# The habit of a kind of file is learnt from its last gaps; from fewer there is none.
GAPS_LEARNT_FROM = 8
FEWEST_GAPS = 3

# Three of four came within the habit. Not the median: who corrects a file and loads it again has two gaps a day, a
# short one and a long one; and not the longest, or one holiday would keep everybody quiet for weeks.
USUAL_SHARE = 75

# A day's file comes at nine today and at twenty past tomorrow: an eighth more than the habit is still the habit.
GRACE = 1 / 8
SHORTEST_GRACE = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class DataAge:
    """When a kind of file last came, and how often it comes; no habit before it came a few times."""

    kind: str  # its name in the kit
    came_at: datetime
    habit: timedelta | None

    def age(self, now: datetime) -> timedelta:
        return max(now - self.came_at, timedelta())

    def is_overdue(self, now: datetime) -> bool:
        """Whether it should have come again by now."""
        return self.habit is not None and self.age(now) > self.habit + max(self.habit * GRACE, SHORTEST_GRACE)


@dataclass(frozen=True, slots=True)
class OverdueData:
    """Kinds of file that came together last, and should have come again."""

    kinds: tuple[str, ...]
    age: timedelta
    habit: timedelta


def habit(arrivals: Sequence[datetime]) -> timedelta | None:
    """Within how long of each other three of four arrivals came; none from fewer than four of them."""
    newest = sorted(arrivals)[-(GAPS_LEARNT_FROM + 1) :]
    gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(newest)]
    if len(gaps) < FEWEST_GAPS:
        return None
    return timedelta(seconds=float(np.percentile(gaps, USUAL_SHARE)))


def data_ages(arrivals: Mapping[str, Sequence[datetime]]) -> tuple[DataAge, ...]:
    """The age of each kind of file that ever came, in the order given."""
    return tuple(DataAge(kind, max(times), habit(times)) for kind, times in arrivals.items() if times)


def overdue(ages: Sequence[DataAge], now: datetime) -> tuple[OverdueData, ...]:
    """What should have come again, the longest overdue first; what came with one load is told together."""
    late: dict[datetime, list[DataAge]] = {}
    for one in ages:
        if one.is_overdue(now):
            late.setdefault(one.came_at, []).append(one)
    return tuple(
        OverdueData(
            tuple(one.kind for one in together),
            together[0].age(now),
            min(one.habit for one in together if one.habit is not None),
        )
        for _, together in sorted(late.items())
    )
