"""The one clock of each line: the earliest thing that goes wrong for it, and of what kind.

The rules are data by region. They inform, they are no legal advice.
"""

from dataclasses import dataclass

import numpy as np

from dashboard.domain.columns import NEVER, NONE, known

# In the order in which ties are broken.
DEADLINE_KINDS = ("delay-notice", "promise", "consent", "refund", "authorisation", "card", "last-date")
DELAY_NOTICE, PROMISE, CONSENT, REFUND, AUTHORISATION, CARD, LAST_DATE = range(7)


@dataclass(frozen=True, slots=True)
class Region:
    """What applies to orders for which nothing was ever promised, in days after the order."""

    days_without_promise: int
    days_with_sellers_credit: int
    source: str


REGIONS = {
    "US": Region(30, 50, "16 CFR 435.2(a)(1), (a)(2)"),
    # Neither directive nor act gives the seller longer because it lends the price.
    "EU": Region(30, 30, "Directive 2011/83/EU, article 18(1)"),
    "UK": Region(30, 30, "Consumer Rights Act 2015, section 28(3)"),
}

REFUND_WORKING_DAYS = 7
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
    lapsed_on: np.ndarray | int = NONE  # when the order for this line lapsed for want of consent


def promised_by(clocks, region):
    """P: the current promise; where nothing was ever stated, so many days after the order as the region says."""
    rule = REGIONS[region]
    unstated = clocks.placed_on + np.where(
        clocks.credit_applied, rule.days_with_sellers_credit, rule.days_without_promise
    )
    return np.where(known(clocks.current_promise), clocks.current_promise, unstated)


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
    return day, kind


def all_deadlines(clocks, region):
    """Every deadline that applies to one line, as (day, kind name), the earliest first; `clocks` has one row."""
    found = [(int(days[0]), number) for number, days in enumerate(_by_kind(clocks, region)) if days[0] != NEVER]
    return [(day, DEADLINE_KINDS[number]) for day, number in sorted(found)]


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
    slips = (~known(clocks.eta) | (clocks.eta > promise)) & ~np.broadcast_to(clocks.notice_delivered, rows)
    yield np.where(slips, promise - 1, NEVER)
    yield np.where(slips, NEVER, promise)
    yield _or_never(clocks.consent_due, rows)
    lapsed = np.broadcast_to(clocks.lapsed_on, rows)
    yield np.where(known(lapsed), working_days_after(lapsed, REFUND_WORKING_DAYS), NEVER)
    for until in (clocks.authorised_until, clocks.card_until):
        yield np.where(known(until) & known(clocks.needed_on) & (until < clocks.needed_on), until, NEVER)
    yield _or_never(clocks.last_date, rows)


def _or_never(days, rows):
    days = np.broadcast_to(days, rows)
    return np.where(known(days), days, NEVER)
