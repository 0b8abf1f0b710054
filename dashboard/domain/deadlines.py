"""The one clock of each line: the earliest thing that goes wrong for it, and of what kind.

The rules are data by region. They inform, they are no legal advice.
"""

from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np

from dashboard.domain.columns import NEVER, NONE, known

# In the order in which ties are broken.
DEADLINE_KINDS = ("delay-notice", "promise", "consent", "refund", "authorisation", "card", "last-date")
DELAY_NOTICE, PROMISE, CONSENT, REFUND, AUTHORISATION, CARD, LAST_DATE = range(7)


@dataclass(frozen=True, slots=True)
class Region:
    """What applies to orders for which nothing was ever promised, in days after the order; and to how many days of a
    first delay a customer agrees who was told of it and says nothing.
    """

    days_without_promise: int
    days_with_sellers_credit: int
    silent_days: int
    source: str


REGIONS = {
    "US": Region(30, 50, 30, "16 CFR 435.2(a)(1), (a)(2), (b)"),
    # Neither directive nor act gives the seller longer because it lends the price. Neither says what silence means:
    # whoever asks in the cases in which the US rule asks keeps on the safe side of both.
    "EU": Region(30, 30, 30, "Directive 2011/83/EU, article 18(1)"),
    "UK": Region(30, 30, 30, "Consumer Rights Act 2015, section 28(3)"),
}

REFUND_WORKING_DAYS = 7
# The deadline of a line for which none applies: its customer agreed to wait however long it takes.
NO_DEADLINE = 2_932_896  # 9999-12-31, which every database and calendar can hold
MONDAY = 4  # the epoch, 1970-01-01, was a Thursday; so day number 4 was the first Monday


@dataclass(frozen=True, slots=True)
class Clocks:
    """What deadlines follow from, one row a backordered line; days, NONE where there is none."""

    placed_on: np.ndarray  # the shop's date of the order
    current_promise: np.ndarray
    credit_applied: np.ndarray  # bool: the buyer applied for the seller's credit
    eta: np.ndarray
    needed_on: np.ndarray
    card_until: np.ndarray
    authorised_until: np.ndarray
    last_date: np.ndarray  # the customer's own
    notice_delivered: np.ndarray | bool = False  # of the slip as it stands
    consent_due: np.ndarray | int = NONE  # the end of the earlier promise, while a notice that needs consent is open
    lapsed_on: np.ndarray | int = NONE  # when the order for this line lapsed for want of consent, or of any word
    has_no_end: np.ndarray | bool = False  # its customer agreed to wait however long it takes


@dataclass(frozen=True, slots=True)
class Told:
    """The last that a customer was told of a line that slips, and what they said to it, one row a backordered line."""

    earlier_promise: np.ndarray  # by when they could expect it before; NONE: nothing was told
    new_date: np.ndarray  # NONE: that there is no date
    is_open: np.ndarray  # bool: it needs consent, and nobody answered
    has_no_end: np.ndarray  # bool: they agreed to wait however long it takes

    def of(self, rows):
        """Of these rows alone."""
        return Told(self.earlier_promise[rows], self.new_date[rows], self.is_open[rows], self.has_no_end[rows])


def as_told(clocks, told, *, region, today):
    """The same clocks, by what customers were told of the slip as it stands now."""
    promise = promised_by(clocks, region)
    said = known(told.earlier_promise)
    dated = known(told.new_date)
    delivered = said & np.where(
        dated, known(clocks.eta) & (clocks.eta <= told.new_date), told.earlier_promise == promise
    )
    asked = said & told.is_open & ~told.has_no_end
    lapsed = asked & (told.earlier_promise < today)
    clocks = replace(
        clocks,
        notice_delivered=delivered,
        consent_due=np.where(asked & ~lapsed, told.earlier_promise, NONE),
        has_no_end=told.has_no_end,
    )
    # Nobody named a day, and by the one that the law gives nobody said anything: as if consent was asked for in vain.
    forgotten = ~known(clocks.current_promise) & slips(clocks, region) & (promise < today)
    return replace(clocks, lapsed_on=np.where(lapsed, told.earlier_promise, np.where(forgotten, promise, NONE)))


def rule_of(region):
    """The rules of a region: by its name, or as they stand in this shop."""
    return region if isinstance(region, Region) else REGIONS[region]


def promised_by(clocks, region):
    """P: the current promise; where nothing was ever stated, so many days after the order as the region says."""
    rule = rule_of(region)
    unstated = clocks.placed_on + np.where(
        clocks.credit_applied, rule.days_with_sellers_credit, rule.days_without_promise
    )
    return np.where(known(clocks.current_promise), clocks.current_promise, unstated)


def promise_of(current_promise, *, placed_on, credit_applied, region):
    """P of one line, as dates."""
    rule = rule_of(region)
    days = rule.days_with_sellers_credit if credit_applied else rule.days_without_promise
    return current_promise or placed_on + timedelta(days=days)


def slips(clocks, region):
    """Where goods come after they were promised, or on no day, and nobody was told, nor agreed to wait for ever."""
    promise = promised_by(clocks, region)
    late = ~known(clocks.eta) | (clocks.eta > promise)
    return late & ~(np.zeros(len(promise), bool) | clocks.notice_delivered | clocks.has_no_end)


def deadline(clocks, region):
    """The earliest deadline of each line, and its kind as a number into DEADLINE_KINDS."""
    day, kind = None, None
    for number, days in enumerate(_by_kind(clocks, region)):
        if day is None:
            day, kind = days, np.full(len(days), number)
            continue
        earlier = days < day
        day = np.where(earlier, days, day)
        kind[earlier] = number
    none = day == NEVER
    kind[none] = PROMISE
    return np.where(none, NO_DEADLINE, day), kind


def all_deadlines(clocks, region):
    """Every deadline that applies to each line, as (day, kind name), the earliest first."""
    by_kind = [days.tolist() for days in _by_kind(clocks, region)]
    found = (
        sorted((day, number) for number, day in enumerate(days) if day != NEVER) for days in zip(*by_kind, strict=True)
    )
    return [[(day, DEADLINE_KINDS[number]) for day, number in of_line] for of_line in found]


def working_days_after(day, count):
    """The day so many working days (Monday to Friday) after a day."""
    weekday = (day - MONDAY) % 7
    # From a Saturday or Sunday the count begins as from the Friday before.
    weekend = np.maximum(weekday - 4, 0)
    start, weekday = day - weekend, weekday - weekend
    return start + count + 2 * ((weekday + count) // 5)


def _by_kind(clocks, region):
    """The deadlines of each kind, NEVER where it does not apply, in the order of DEADLINE_KINDS."""
    rows = len(clocks.placed_on)
    promise = promised_by(clocks, region)
    untold = slips(clocks, region)
    lapsed = np.broadcast_to(clocks.lapsed_on, rows)
    yield np.where(untold, promise - 1, NEVER)
    # What lapsed with its promise is to be paid back; that promise is not to be kept any more.
    over = known(lapsed) & (promise <= lapsed)
    yield np.where(untold | clocks.has_no_end | over, NEVER, promise)
    yield _or_never(clocks.consent_due, rows)
    yield np.where(known(lapsed), working_days_after(lapsed, REFUND_WORKING_DAYS), NEVER)
    for until in (clocks.authorised_until, clocks.card_until):
        yield np.where(known(until) & known(clocks.needed_on) & (until < clocks.needed_on), until, NEVER)
    yield _or_never(clocks.last_date, rows)


def _or_never(days, rows):
    days = np.broadcast_to(days, rows)
    return np.where(known(days), days, NEVER)
