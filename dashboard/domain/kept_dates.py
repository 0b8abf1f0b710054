"""Whether dates that were said of supply held: how often, how surely that is known, and by which rule more truly.

A date is judged once its late day is over, whatever came of it: who counted what has come and left out what has not
would find every date kept. It held when the goods were there by its late day.
"""

from dataclasses import dataclass

import numpy as np

from dashboard.domain.columns import known

# Of late dates so many are meant to hold.
NINE_IN_TEN = 0.9

# With fewer dates judged, their share says nothing.
ENOUGH_JUDGED = 100

# z of the interval by which a share is known: 95 %.
TWO_SIDED = 1.959964

WHEN_ORDERED, WHILE_OPEN = "ordered", "open"
PLAIN, LIKELY = "plain", "likely"
REPLAYED, SHOWN = "replayed", "shown"


def wilson(held, judged, z=TWO_SIDED):
    """The interval in which the true share lies, of so many that held of so many judged (E. B. Wilson, Journal of the
    American Statistical Association 22, 1927); 0 to 1 where none was.
    """
    if not judged:
        return 0.0, 1.0
    share, spread = held / judged, z * z / judged
    middle = (share + spread / 2) / (1 + spread)
    half = z / (1 + spread) * ((share * (1 - share) + spread / 4) / judged) ** 0.5
    return max(middle - half, 0.0), min(middle + half, 1.0)


@dataclass(frozen=True, slots=True)
class Said:
    """Dates that were said of supply, one row a delivery (or what of it has not come) and an occasion."""

    supplier: np.ndarray
    is_first: np.ndarray  # said when it was ordered, else while it was open
    eta: np.ndarray  # NONE where none was said
    late_eta: np.ndarray
    received_on: np.ndarray  # NONE: not yet

    def judged(self, today) -> "Judged":
        """Which of them the calendar has judged by now, and how."""
        is_over = known(self.late_eta) & (self.late_eta < today)
        came = known(self.received_on)
        held = is_over & came & (self.received_on <= self.late_eta)
        eta_held = is_over & came & (self.received_on <= self.eta)
        # Too early a late date costs nine times what one costs that is as many days too late: just what makes nine in
        # ten the best share, as half makes the middle for the date. What has not come is as late as it is today.
        came_on = np.where(came, self.received_on, today)
        missed = came_on - self.late_eta
        loss = np.where(missed > 0, 9 * missed, -missed) + 5 * np.abs(came_on - self.eta)
        return Judged(is_over, held, eta_held, np.where(is_over, loss, 0))


@dataclass(frozen=True, slots=True)
class Judged:
    """Of each date said: whether its late day is over, whether that and the date itself held, and the loss of both
    (R. Koenker and G. Bassett, Regression quantiles, Econometrica 46, 1978) in tenths of a day.
    """

    is_over: np.ndarray
    held: np.ndarray
    eta_held: np.ndarray
    loss: np.ndarray


@dataclass(frozen=True, slots=True)
class Record:
    """What the dates of one rule came to."""

    judged: int
    held: int
    eta_held: int
    loss: int  # tenths of a day, summed

    @property
    def share(self):
        return self.held / self.judged if self.judged else None

    @property
    def interval(self):
        return wilson(self.held, self.judged)

    @property
    def days_off(self):
        """The mean loss in days."""
        return self.loss / 10 / self.judged if self.judged else None

    @property
    def is_enough(self):
        return self.judged >= ENOUGH_JUDGED

    def __add__(self, other):
        return Record(
            self.judged + other.judged,
            self.held + other.held,
            self.eta_held + other.eta_held,
            self.loss + other.loss,
        )


NOTHING_JUDGED = Record(0, 0, 0, 0)


def holds_better(likely: Record, plain: Record) -> bool:
    """Whether likely dates earned their place on the screen: enough of them were judged, they hold nearer to nine in
    ten than those of the plain rule, and they are off by fewer days.
    """
    if not (likely.is_enough and plain.is_enough):
        return False
    nearer = abs(likely.share - NINE_IN_TEN) < abs(plain.share - NINE_IN_TEN)
    return nearer and likely.days_off <= plain.days_off


def in_words(likely: Record, plain: Record) -> str:
    """The verdict as staff read it."""
    if not likely.is_enough:
        return (
            f"Too few dates to judge, {likely.judged} of {ENOUGH_JUDGED}: likely dates are only in the export of "
            "backorders until there are."
        )
    if holds_better(likely, plain):
        return "Likely dates hold nearer to nine in ten than those of the plain rule, and are shown beside them."
    return "Likely dates do not hold better than the plain rule: they are only in the export of backorders."


def sum_up(said: Said, today, groups, among=None):
    """(judged, held, eta held, loss) of each group (a number a row of `said`, below `groups`), as four columns; only
    of rows that are `among` them.
    """
    result = said.judged(today)
    counts = result.is_over if among is None else result.is_over & among
    return [
        np.bincount(said.supplier[counts], amounts[counts], minlength=groups).astype(np.int64)
        for amounts in (result.is_over, result.held, result.eta_held, result.loss)
    ]
