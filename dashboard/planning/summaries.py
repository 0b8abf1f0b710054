"""Aging, summed by day of order so that nothing moves at midnight; and the customers in each bucket, as of a day.

For all that waits, and for each value of each filter in `SUM_DIMENSIONS`. Only what changed is summed: all rows of
the customers whose lines changed, as they were and as they are, and the difference is added.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cache, lru_cache

import numpy as np
from sqlalchemy import (
    BigInteger,
    Column,
    Integer,
    MetaData,
    Table,
    and_,
    delete,
    literal,
    or_,
    select,
    tuple_,
    type_coerce,
    update,
)

from dashboard import models
from dashboard.bulk import TEMPORARY, Among, Words, code, columns, flag, number, run, temporary, text, upsert_of
from dashboard.database import Identifier, day_of
from dashboard.domain.aging import BUCKET_KEYS, BUCKETS
from dashboard.domain.causes import CAUSES
from dashboard.domain.columns import known, sorting
from dashboard.models.plans import SUM_DIMENSIONS
from dashboard.planning.derive import Plan

ALL = ""  # the dimension of everything, the value of all, the bucket of all ages
NO_KEY = -1
YES_OR_NO = ("no", "yes")

DAY_KEYS, DAY_SUMS = ("dimension", "value_of", "currency", "placed_on"), ("lines", "orders", "units", "value")
CUSTOMER_KEYS, CUSTOMER_SUMS = ("dimension", "value_of", "currency", "bucket"), ("customers",)


# So many rows are summed for all dimensions in one go; more of them one dimension at a time, as memory asks.
FEW_ROWS = 20_000


@dataclass(frozen=True, slots=True)
class Counted:
    """What is summed of each waiting row; words as numbers, keys NO_KEY where there is none."""

    line_id: np.ndarray
    supplier: np.ndarray
    channel: np.ndarray
    location: np.ndarray
    tier: np.ndarray
    cause: np.ndarray
    planned: np.ndarray
    dated: np.ndarray
    currency: np.ndarray
    placed_on: np.ndarray
    order_id: np.ndarray
    customer_id: np.ndarray
    units: np.ndarray
    value: np.ndarray

    def of(self, rows):
        return Counted(*(getattr(self, field.name)[rows] for field in fields(self)))

    def and_also(self, other):
        """The rows of both, whose words have the same numbers."""
        return Counted(
            *(np.concatenate((getattr(self, field.name), getattr(other, field.name))) for field in fields(self))
        )


def counted(plan: Plan) -> Counted:
    """The rows of a plan that was derived."""
    rows = plan.waiting
    return Counted(
        rows.line_id,
        np.where(known(rows.supplier_id), rows.supplier_id, NO_KEY),
        plan.channel,
        np.where(known(rows.location_id), rows.location_id, NO_KEY),
        plan.tier,
        rows.cause,
        rows.planned,
        known(rows.eta).astype(np.int64),
        plan.currency,
        plan.placed_on,
        plan.order_id,
        plan.customer_id,
        rows.qty_open - rows.qty_reserved,
        rows.value,
    )


@cache
def _stored_query(among):
    row = models.Waiting
    query = select(
        number(row.line_id),
        number(row.supplier_id, NO_KEY),
        text(row.channel),
        number(row.location_id, NO_KEY),
        text(row.tier),
        code(row.cause, CAUSES),
        flag(row.planned),
        number(row.dated),
        text(row.currency),
        number(row.placed_on),
        number(row.order_id),
        number(row.customer_id),
        number(row.qty_backordered),
        number(row.value),
    )
    return query.where(Among(getattr(row, among), among)) if among else query


def stored(connection, words: Words, **listed) -> Counted:
    """The rows of the plan as stored: all, or those whose `customer_id` or `line_id` is listed."""
    found = columns(connection, _stored_query(next(iter(listed), None)), **listed)
    return Counted(*(words.numbers(column) if isinstance(column, list) else column for column in found))


def changed_lines(plan: Plan, difference):
    """The lines with a row that is new, changed or gone."""
    gone, _ = difference.no_longer_waiting
    return np.union1d(plan.waiting.line_id[difference.waiting], gone)


@cache
def _customers_of_lines_query():
    row = models.Waiting
    return select(number(row.customer_id)).where(Among(row.line_id, "lines"))


def changed_customers(connection, plan: Plan, difference):
    """The customers of these lines."""
    gone, _ = difference.no_longer_waiting
    changed = plan.customer_id[difference.waiting]
    if len(gone):
        (former,) = columns(connection, _customers_of_lines_query(), lines=np.unique(gone))
        changed = np.concatenate((changed, former))
    return np.unique(changed)


def crossing_customers(connection, yesterday: int, today: int):
    """The customers with a line that the change from one day to another brings into another bucket."""
    row = models.Waiting
    placed_on = type_coerce(row.placed_on, Integer)
    first, last = sorted((yesterday, today))  # a desk that is pinned to an older day goes back
    starts = [bucket.first for bucket in BUCKETS if bucket.first]
    crosses = or_(*(placed_on.between(first - start + 1, last - start) for start in starts))
    (customers,) = columns(connection, select(number(row.customer_id)).where(crosses).distinct())
    return np.unique(customers)


def write_summaries(
    connection, before: Counted | None, after: Counted, words: Words, *, before_day: int, after_day: int
) -> None:
    """Adds to the stored sums what `after` has more than `before` (rows of the same customers, aged by their days);
    where that is None, puts the sums of `after` in the place of whatever is stored.
    """
    anew = before is None
    if before is None:
        connection.execute(delete(models.AgingDay))
        connection.execute(delete(models.AgingCustomers))
        before = after.of(slice(0, 0))
    elif before_day != after_day:
        connection.execute(update(models.AgingCustomers).values(as_of=day_of(after_day)))
    days = _difference(_by_day(before), _by_day(after))
    _add(connection, models.AgingDay, DAY_KEYS, DAY_SUMS, _said(days, words), anew)
    customers = _difference(_by_bucket(before, before_day), _by_bucket(after, after_day))
    cells = _said(customers, words)
    _add(connection, models.AgingCustomers, CUSTOMER_KEYS, CUSTOMER_SUMS, cells, anew, as_of=day_of(after_day))


def sums_by_day(rows: Counted, words):
    """What `aging_days` must hold for these rows: {key: sums}."""
    return _named(_by_day(rows), words)


def sums_by_bucket(rows: Counted, words, today):
    """What `aging_customers` must hold for these rows: {key: sums}."""
    return _named(_by_bucket(rows, today), words)


def _dimensions(rows):
    """The number of a dimension, 0 for everything, and its values; by rows, or for the few of them all at once: then
    each row comes as often as there are dimensions.
    """
    values = [np.full(len(rows.units), NO_KEY), *(getattr(rows, name) for name in SUM_DIMENSIONS)]
    if len(rows.units) > FEW_ROWS:
        yield from ((rows, np.full(len(one), place), one) for place, one in enumerate(values))
    else:
        each = np.tile(np.arange(len(rows.units)), len(values))
        yield rows.of(each), np.repeat(np.arange(len(values)), len(rows.units)), np.concatenate(values)


def _by_day(rows):
    """Columns dimension, value, currency, day; lines, orders, units, value."""
    found = [
        _grouped((dimension, values, each.currency, each.placed_on), each.order_id, (each.units, each.value))
        for each, dimension, values in _dimensions(rows)
    ]
    return _stacked(found)


def _by_bucket(rows, today):
    """Columns dimension, value, currency, bucket (one after the last: all ages); customers."""
    starts = np.array([bucket.first for bucket in BUCKETS])
    found = []
    for each, dimension, values in _dimensions(rows):
        bucket = np.searchsorted(starts, np.maximum(today - each.placed_on, 0), side="right") - 1
        for ages in (bucket, np.full(len(bucket), len(BUCKETS))):
            *keys, _, customers = _grouped((dimension, values, each.currency, ages), each.customer_id, ())
            found.append((*keys, customers))
    return _stacked(found)


def _grouped(keys, distinct, amounts):
    """Sums by keys: the keys, how many rows, how many distinct values, and the sum of each amount."""
    by = sorting(*keys, distinct)
    keys = [key[by] for key in keys]
    distinct = distinct[by]
    new = np.zeros(len(by), bool)
    new[:1] = True
    for key in keys:
        new[1:] |= key[1:] != key[:-1]
    other = new.copy()
    other[1:] |= distinct[1:] != distinct[:-1]
    firsts = np.flatnonzero(new)
    if not len(firsts):
        return [np.zeros(0, np.int64)] * (len(keys) + 2 + len(amounts))
    return [
        *(key[firsts] for key in keys),
        np.diff(firsts, append=len(by)),
        np.add.reduceat(other.astype(np.int64), firsts),
        *(np.add.reduceat(amount[by], firsts) for amount in amounts),
    ]


def _stacked(tables):
    return [np.concatenate(column) for column in zip(*tables, strict=True)]


def _difference(before, after):
    """Rows of `after` less those of `before` with the same first four columns; rows of nothing left out."""
    keys = [np.concatenate((after[column], before[column])) for column in range(4)]
    sums = [np.concatenate((after[column], -before[column])) for column in range(4, len(before))]
    by = sorting(*keys)
    keys = [key[by] for key in keys]
    new = np.zeros(len(by), bool)
    new[:1] = True
    for key in keys:
        new[1:] |= key[1:] != key[:-1]
    firsts = np.flatnonzero(new)
    if not len(firsts):
        return [*keys, *sums]
    sums = [np.add.reduceat(amount[by], firsts) for amount in sums]
    changed = np.any([amount != 0 for amount in sums], axis=0)
    return [*(key[firsts][changed] for key in keys), *(amount[changed] for amount in sums)]


def _named(table, words):
    return {row[:4]: row[4:] for row in zip(*_said(table, words), strict=True)}


def _said(table, words):
    """A table of sums as the database holds it: dimension, value and currency (and bucket) as text."""
    dimension, value, currency, last, *sums = (column.tolist() for column in table)
    names = [ALL, *SUM_DIMENSIONS]
    said = {
        "channel": words.words.__getitem__,
        "tier": words.words.__getitem__,
        "cause": CAUSES.__getitem__,
        "planned": YES_OR_NO.__getitem__,
        "dated": YES_OR_NO.__getitem__,
    }
    sayers = [said.get(name, _key_as_text) for name in names]
    if len(sums) == len(CUSTOMER_SUMS):
        last = [(*BUCKET_KEYS, ALL)[bucket] for bucket in last]
    return [
        [names[place] for place in dimension],
        [sayers[place](one) for place, one in zip(dimension, value, strict=True)],
        [words.words[place] for place in currency],
        last,
        *sums,
    ]


def _key_as_text(key):
    return "" if key == NO_KEY else str(key)


def _add(connection, model, keys, sums, cells, anew, **constants):
    """Adds sums to the stored rows of their keys; rows of nothing go, new ones come; with `anew` all are new."""
    if not cells[0]:
        return
    more, also = _sums_table(keys, sums), tuple(constants.items())
    with temporary(connection, more, len(cells[0])):
        _fill_sums(connection, more, cells)
        if not anew:
            run(connection, _emptied(model.__table__, more, keys, sums))
            run(connection, _increase(model.__table__, more, keys, sums, also))
        run(connection, _insertion(connection.dialect.name, model.__table__, more, keys, sums, also))


@lru_cache
def _emptied(stored_row, more, keys, sums):
    """Looked for from the few rows that come: the other way round, all that is stored would be read."""
    row = stored_row.alias()
    emptied = (
        select(*(more.c[key] for key in keys))
        .join(row, _same(row, more, keys))
        .where(row.c[sums[0]] + more.c[sums[0]] == 0)
    )
    return delete(stored_row).where(tuple_(*(stored_row.c[key] for key in keys)).in_(emptied))


@lru_cache
def _increase(stored_row, more, keys, sums, constants):
    increased = {name: stored_row.c[name] + more.c[name] for name in sums} | dict(constants)
    return update(stored_row).where(_same(stored_row, more, keys)).values(increased)


@lru_cache
def _insertion(dialect, stored_row, more, keys, sums, constants):
    """A row that was not there has nothing negative and no zero among its counts; any other that looks so has just been
    updated, and conflicts. Asking whether it is there would cost PostgreSQL a pass for each.
    """
    names = [*keys, *sums]
    could_be_new = and_(*(more.c[name] >= 0 if name == "value" else more.c[name] > 0 for name in sums))
    fresh = select(
        *(more.c[name] for name in names),
        *(literal(value, stored_row.c[name].type) for name, value in constants),
    ).where(could_be_new)
    every = [*names, *(name for name, _ in constants)]
    return upsert_of(dialect, stored_row).from_select(every, fresh).on_conflict_do_nothing()


def _same(stored_row, more, keys):
    return and_(*(stored_row.c[key] == more.c[key] for key in keys))


def _fill_sums(connection, table, cells):
    driver = connection.connection.driver_connection
    if connection.dialect.name == "postgresql":
        with driver.cursor() as cursor, cursor.copy(f"COPY {table.name} FROM STDIN") as copy:
            for row in zip(*cells, strict=True):
                copy.write_row(row)
    else:
        driver.executemany(f"INSERT INTO {table.name} VALUES ({', '.join('?' * len(cells))})", zip(*cells, strict=True))


@cache
def _sums_table(keys, sums):
    """One table object for all its lives, so that statements with it are put into SQL once."""
    numbers = ("placed_on", *sums)
    return Table(
        "plan_sums_by_day" if "placed_on" in keys else "plan_sums_by_bucket",
        MetaData(),
        *(
            Column(name, BigInteger if name in numbers else Identifier, primary_key=name in keys)
            for name in (*keys, *sums)
        ),
        **TEMPORARY,
    )
