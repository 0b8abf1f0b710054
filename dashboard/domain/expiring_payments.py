"""Whether a line can still be charged when it ships."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

import numpy as np

from dashboard.domain.columns import NEVER, NONE, known

PAYMENT_STATES = ("dead", "unknown", "dies", "good")  # the worst first
DEAD, UNKNOWN, DIES, GOOD = range(4)
# Those whose goods cannot be charged when they ship.
IN_DANGER = ("dead", "dies")
# The figure that the snapshot of each day keeps: how many lines were in danger when the day ended.
LINES_IN_DANGER = "lines-in-danger"

# How far the calendar of last good days looks ahead, and from where on there is time: who is asked for another card
# answers within two weeks or not at all.
WEEKS_AHEAD = 12
CLOSE_WEEKS = 2


@dataclass(frozen=True, slots=True)
class Period:
    """Last good days from `first` to `last`, both counted in; the first period has no beginning, the last no end."""

    first: date | None
    last: date | None

    def holds(self, day: date) -> bool:
        return (self.first is None or day >= self.first) and (self.last is None or day <= self.last)


def calendar(today: date) -> tuple[Period, ...]:
    """What is over before today, so many weeks from today on, and what comes later."""
    starts = [today + timedelta(weeks=week) for week in range(WEEKS_AHEAD + 1)]
    day = timedelta(days=1)
    weeks = (Period(first, following - day) for first, following in pairwise(starts))
    return (Period(None, today - day), *weeks, Period(starts[-1], None))


def good_through(year, month):
    """The last day of a card's month, on which it is still good; NONE where the card's date is not known."""
    dated = known(year) & known(month)
    months = np.where(dated, (year - 1970) * 12 + month, 0)
    last = months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64) - 1
    return np.where(dated, last, NONE)


def last_good_day(card_until, authorised_until):
    """The earlier of the card's and the authorisation's last good day, of those known."""
    days = np.minimum(
        np.where(known(card_until), card_until, NEVER), np.where(known(authorised_until), authorised_until, NEVER)
    )
    return np.where(days == NEVER, NONE, days)


def needed_on(eta, late_eta):
    """The day on which a line must be chargeable: the late ETA, else the ETA."""
    return np.where(known(late_eta), late_eta, eta)


def payment_state(last_good, needed, today):
    """`dead` before today, `unknown` without a last good day or a day on which it is needed, `dies` before that day,
    else `good`; as numbers into PAYMENT_STATES.
    """
    return np.select(
        (known(last_good) & (last_good < today), ~known(last_good) | ~known(needed), last_good < needed),
        (DEAD, UNKNOWN, DIES),
        GOOD,
    )
