"""The sums that panels read: aging by day, customers by bucket, means of payment by state and day, risk by band.

For all that waits, for each value of each filter in `SUM_DIMENSIONS`, and for each day of those in `DAY_DIMENSIONS`:
a page adds up the days that are asked for. Aging is summed by day of order, so that
nothing of it moves at midnight but the customers in each bucket. Lines, units and value are additive: what changed is
subtracted as it was and added as it is. Distinct orders and customers are not: for these all rows of the customers
whose lines changed are counted, before and after.
"""

from __future__ import annotations

import numpy as np
from sqlalchemy import Integer, or_, select, type_coerce, update

from dashboard import models
from dashboard.bulk import Words, columns, number
from dashboard.database import day_of
from dashboard.domain.aging import BUCKET_KEYS, BUCKETS, bucket_places
from dashboard.domain.cancellation_risk import RISK_BANDS, bands_of, value_at_risk
from dashboard.domain.columns import known
from dashboard.domain.expiring_payments import PAYMENT_STATES
from dashboard.models.plans import DAY_DIMENSIONS
from dashboard.planning import sums
from dashboard.planning.counted import Counted, Tags, counted, keys_of_parts, read_tags, stored
from dashboard.planning.derive import Plan
from dashboard.planning.sums import Spread, Sums, distinct

ALL = sums.ALL
NO_DAY = 0  # the day in `payment_days` of what has no last good day


def _by_day(rows, dimension, values, today):
    keys = (dimension, values, rows.currency, rows.placed_on)
    return [distinct(keys, rows.order_id, (rows.units, rows.value))]


def _by_bucket(rows, dimension, values, today):
    """One bucket after the last: all ages."""
    currency, customer = rows.currency, rows.customer_id
    bucket = bucket_places(rows.placed_on, today).astype(np.int8)
    tables = []
    for ages in (bucket, np.full(len(bucket), len(BUCKETS), np.int8)):
        *keys, _, customers = distinct((dimension, values, currency, ages), customer, ())
        tables.append([*keys, customers])
    return tables


def _of_ages(rows):
    return (rows.placed_on,), (rows.units, rows.value)


def _of_means(rows):
    last_good = rows.last_good_day
    return (rows.payment_state, np.where(known(last_good), last_good, NO_DAY)), (rows.units, rows.value)


def _of_risk(rows):
    chance, value = rows.cancel_risk, rows.value
    return (bands_of(chance).astype(np.int8),), (rows.units, value, value_at_risk(value, chance))


AGING_DAYS = Sums(models.AgingDay, ("placed_on",), ("lines", "orders", "units", "value"), say=(None,), group=_by_day)
AGING_CUSTOMERS = Sums(
    models.AgingCustomers,
    ("bucket",),
    ("customers",),
    say=((*BUCKET_KEYS, ALL).__getitem__,),
    group=_by_bucket,
)
WAITING_DAYS = Sums(
    models.WaitingDay,
    ("placed_on",),
    ("lines", "units", "value"),
    say=(None,),
    by_values=False,
    by_days=("eta", "deadline"),  # by day of the order alone, `AGING_DAYS` is sorted
    measure=_of_ages,
)
PAYMENT_DAYS = Sums(
    models.PaymentDay,
    ("state", "last_good_day"),
    ("lines", "units", "value"),
    say=(PAYMENT_STATES.__getitem__, None),
    by_days=tuple(DAY_DIMENSIONS),
    measure=_of_means,
)
RISK = Sums(
    models.RiskBand,
    ("band",),
    ("lines", "units", "value", "value_at_risk"),
    say=(RISK_BANDS.__getitem__,),
    by_days=tuple(DAY_DIMENSIONS),
    measure=_of_risk,
)

ADDITIVE = (WAITING_DAYS, PAYMENT_DAYS, RISK)
OF_CUSTOMERS = (AGING_DAYS, AGING_CUSTOMERS)
EVERY_SUMS = (*OF_CUSTOMERS, *ADDITIVE)

# What only additive sums count of a row.
NOT_AGING = ("eta", "deadline", "payment_state", "last_good_day", "cancel_risk")


def sum_all(connection, plan: Plan, words: Words, *, day: int) -> None:
    """Puts the sums of a whole plan, as of a day, in the place of whatever is stored."""
    rows = counted(plan)
    spread = Spread(rows, read_tags(connection, words, rows.line_id))
    for table in EVERY_SUMS:
        cells = sums.said(table, sums.sum_up(table, spread, day), words)
        sums.add(connection, table, cells, anew=True, **_constants(table, day))


class Changes:
    """What a difference changes for sums. Asked for before it is written, added when it is written."""

    def __init__(self, connection, plan: Plan, difference, words: Words) -> None:
        self._connection, self._words = connection, words
        gone = difference.no_longer_waiting
        own = plan.waiting.line_id[difference.waiting], plan.waiting.part[difference.waiting]
        keys = np.union1d(keys_of_parts(*gone), keys_of_parts(*own))
        self._was = self._now = counted(plan, difference.waiting)
        if len(keys):
            was = stored(connection, words, line_id=np.union1d(gone[0], own[0]))
            self._was = was.of(np.isin(was.key, keys))

    @property
    def is_empty(self):
        return not len(self._was.units) and not len(self._now.units)

    def add(self, *, day: int) -> None:
        """Adds them to the stored sums, which are of that day. Sums are changed by one transaction at a time, from here
        to its end: what others changed of the same customers before is among their rows, and what they change later
        waits for us.
        """
        was, now = _without_alike(self._was, self._now)
        customers = np.union1d(was.customer_id, now.customer_id)
        after = now.of(slice(0, 0))
        if len(customers):
            after = stored(self._connection, self._words, customer_id=customers)
        before = after.of(~np.isin(after.key, np.union1d(was.key, now.key))).and_also(was)
        lines = np.concatenate((self._was.line_id, self._now.line_id, after.line_id))
        tags = read_tags(self._connection, self._words, lines)
        _exchange(self._connection, (self._was, tags), (self._now, tags), self._words)
        if len(customers):
            _count_again(self._connection, OF_CUSTOMERS, (before, tags, day), (after, tags, day), self._words)


def turn_day(connection, before_day: int, after_day: int) -> None:
    """Counts the customers anew whose lines come into another bucket of age by the change of the day."""
    words = Words()
    crossing = _crossing_customers(connection, before_day, after_day)
    rows = stored(connection, words, customer_id=crossing)
    tags = read_tags(connection, words, rows.line_id)
    connection.execute(update(models.AgingCustomers).values(as_of=day_of(after_day)))
    _count_again(connection, (AGING_CUSTOMERS,), (rows, tags, before_day), (rows, tags, after_day), words)


def count_under_other_tags(connection, words: Words, before: Tags, after: Tags, *, day: int) -> None:
    """Counts lines under the tags that they have now, who stood among the sums under those that they had."""
    lines = np.union1d(before.line_id, after.line_id)
    own = stored(connection, words, line_id=lines)
    rows = stored(connection, words, customer_id=np.unique(own.customer_id))
    others = read_tags(connection, words, np.setdiff1d(rows.line_id, lines))
    was, now = before.and_also(others), after.and_also(others)
    _exchange(connection, (own, before), (own, after), words)
    _count_again(connection, OF_CUSTOMERS, (rows, was, day), (rows, now, day), words)


def must_hold(table: Sums, rows: Counted, tags: Tags, words: Words, today: int):
    """What a table must hold for these rows: {key: sums}."""
    width = len(table.all_keys)
    cells = sums.said(table, sums.sum_up(table, Spread(rows, tags), today), words)
    return {row[:width]: row[width:] for row in zip(*cells, strict=True)}


def _exchange(connection, was, now, words):
    """Takes rows, with their tags, off the additive sums and adds others to them: in one go, where no line has other
    tags than it had.
    """
    (rows_then, tags_then), (rows_now, tags_now) = was, now
    if tags_then is tags_now:
        spread = Spread(rows_then.and_also(rows_now), tags_now)
        weights = np.repeat([-1, 1], [len(rows_then.units), len(rows_now.units)])
        for table in ADDITIVE:
            more = sums.changes_only(table, sums.sum_up(table, spread, NO_DAY, weights))
            sums.add(connection, table, sums.said(table, more, words), anew=False)
    else:
        _count_again(connection, ADDITIVE, (*was, NO_DAY), (*now, NO_DAY), words)


def _count_again(connection, tables, before, after, words):
    """Adds what one set of rows, with their tags and a day, sums to more than another one."""
    (was, tags_then, before_day), (now, tags_now, after_day) = before, after
    spread_then, spread_now = Spread(was, tags_then), Spread(now, tags_now)
    for table in tables:
        more = sums.difference(
            table, sums.sum_up(table, spread_then, before_day), sums.sum_up(table, spread_now, after_day)
        )
        sums.add(connection, table, sums.said(table, more, words), anew=False, **_constants(table, after_day))


def _constants(table, day):
    return {"as_of": day_of(day)} if table is AGING_CUSTOMERS else {}


def _without_alike(was: Counted, now: Counted) -> tuple[Counted, Counted]:
    """Rows that changed for the sums of customers: those whose columns are not all as they were."""
    keys, before, after = np.intersect1d(was.key, now.key, assume_unique=True, return_indices=True)
    alike = np.ones(len(keys), bool)
    for name in Counted.__slots__:
        if name not in NOT_AGING:
            alike &= getattr(was, name)[before] == getattr(now, name)[after]
    return was.of(~np.isin(was.key, keys[alike])), now.of(~np.isin(now.key, keys[alike]))


def _crossing_customers(connection, yesterday: int, today: int):
    """The customers with a line that the change of the day brings into another bucket."""
    row = models.Waiting
    placed_on = type_coerce(row.placed_on, Integer)
    first, last = sorted((yesterday, today))  # a desk that is pinned to an older day goes back
    starts = [bucket.first for bucket in BUCKETS if bucket.first]
    crosses = or_(*(placed_on.between(first - start + 1, last - start) for start in starts))
    (customers,) = columns(connection, select(number(row.customer_id)).where(crosses).distinct())
    return np.unique(customers)
