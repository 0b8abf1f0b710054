"""Whom the shop can trust: how long each supplier takes and how much comes when promised, learnt from history.

A row for each supplier as a whole, and one for each SKU that it carries, delivered, owed or has on order. What is
open is kept beside that by planning (dashboard/planning/supply_figures.py); each writes its own columns.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import cache, lru_cache

import numpy as np
from sqlalchemy import and_, delete, func, insert, literal, select, type_coerce, update
from sqlalchemy.types import Integer

from dashboard import models
from dashboard.bulk import columns, flag, number, run, staged, upsert_of
from dashboard.domain.columns import NONE, known
from dashboard.domain.lead_times import PROMISED_DAYS, LeadTimes, Observations, lead_times, on_time
from dashboard.models.purchase_orders import PROMISING_STATUSES
from dashboard.models.supplier_figures import ALL_SKUS

DAYS_KEPT = 8  # statements that name days are kept for so many

# Any number that no other advisory lock of the desk uses.
FIGURES_LOCK = 7_305_122


@dataclass(frozen=True, slots=True)
class Learnt:
    """One row a supplier (SKU 0) and a supplier's SKU, sorted by both; NONE where not known."""

    supplier_id: np.ndarray
    sku_id: np.ndarray
    observations: np.ndarray
    mean_micros: np.ndarray
    sd_micros: np.ndarray
    p50_tenths: np.ndarray
    p90_tenths: np.ndarray
    quoted_days: np.ndarray
    units_due: np.ndarray
    units_on_time: np.ndarray
    carried: np.ndarray

    def of(self, rows):
        return Learnt(*(getattr(self, field.name)[rows] for field in fields(self)))


@dataclass(frozen=True, slots=True)
class Months:
    """One row a supplier and month (by its first day) for which something was promised."""

    supplier_id: np.ndarray
    month: np.ndarray
    units_due: np.ndarray
    units_on_time: np.ndarray


@dataclass(frozen=True, slots=True)
class _Promised:
    """One row a purchase-order line that was promised for a day that has passed."""

    supplier_id: np.ndarray
    sku_id: np.ndarray
    first_promise: np.ndarray
    due: np.ndarray
    on_time: np.ndarray


class _Keys:
    """Supplier and SKU as one number, which sorts by both."""

    def __init__(self, *sku_ids):
        self.span = 1 + max((int(ids.max(initial=0)) for ids in sku_ids), default=0)

    def of(self, supplier_id, sku_id):
        return supplier_id * self.span + sku_id

    def apart(self, keys):
        return keys // self.span, keys % self.span


def learn_supplier_figures(connection, today) -> None:
    """Writes what history says of every supplier as of today; who calls has counted the receipts."""
    figures, months = learnt(connection, today)
    stored = Learnt(*columns(connection, _stored_query()))
    _write(connection, figures.of(_changed(figures, stored)))
    _write_months(connection, months)


def keep_figures(connection) -> None:
    """Figures of suppliers are written by one transaction at a time, until it ends. SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(FIGURES_LOCK)))


def forget_figures(connection, *, skus=(), suppliers=()) -> None:
    """What is held of SKUs and suppliers that are about to be removed (ids), and its part of what a supplier owes."""
    row = models.SupplierFigures
    if skus:
        going = (
            select(row.supplier_id, *(func.sum(getattr(row, name)).label(name) for name in OPEN))
            .where(row.sku_id.in_(skus))
            .group_by(row.supplier_id)
            .subquery()
        )
        less = {name: getattr(row, name) - going.c[name] for name in OPEN}
        connection.execute(
            update(row).where(row.sku_id == ALL_SKUS, row.supplier_id == going.c.supplier_id).values(less)
        )
        connection.execute(delete(row).where(row.sku_id.in_(skus)))
    if suppliers:
        for model in (row, models.SupplierMonth):
            connection.execute(delete(model).where(model.supplier_id.in_(suppliers)))


# What planning keeps of a supplier and of each of its SKUs.
OPEN = ("open_units", "overdue_units", "waiting_lines")


def says_nothing(row):
    """Whether a row of a SKU has nothing to say of it any more: then it goes."""
    return and_(
        row.c.sku_id != ALL_SKUS,
        row.c.carried.is_(False),
        row.c.observations == 0,
        row.c.units_due == 0,
        row.c.open_units == 0,
        row.c.waiting_lines == 0,
    )


def learnt(connection, today) -> tuple[Learnt, Months]:
    """What history says as of a day (its number), by supplier and SKU, and by supplier and month."""
    supplier_id, own_quote = columns(connection, _suppliers_query())
    terms_supplier, terms_sku, terms_quote = columns(connection, _terms_query())
    seen_supplier, seen_sku, days, receipts = columns(connection, _lead_times_query())
    first_month = _month_of(np.array([today - PROMISED_DAYS]))[0]
    promised = _promised(connection, int(first_month), today)
    counted = (promised.first_promise >= today - PROMISED_DAYS) & (promised.due > 0)
    held_supplier, held_sku = columns(connection, _held_query())

    keys = _Keys(terms_sku, seen_sku, promised.sku_id, held_sku)
    terms = keys.of(terms_supplier, terms_sku)
    seen = keys.of(seen_supplier, seen_sku)
    due = keys.of(promised.supplier_id, promised.sku_id)[counted]
    wholes = keys.of(supplier_id, np.full(len(supplier_id), ALL_SKUS))
    all_keys = np.unique(np.concatenate((wholes, terms, seen, due, keys.of(held_supplier, held_sku))))
    of_supplier, of_sku = keys.apart(all_keys)

    observations = Observations.from_counts(
        np.concatenate((seen, keys.of(seen_supplier, np.full(len(seen), ALL_SKUS)))),
        np.concatenate((days, days)),
        np.concatenate((receipts, receipts)),
    )
    of_promise = (
        np.searchsorted(all_keys, due),
        np.searchsorted(all_keys, keys.of(promised.supplier_id[counted], np.full(len(due), ALL_SKUS))),
    )
    units_due, units_on_time = (
        _sums(np.concatenate(of_promise), np.concatenate((units[counted], units[counted])), len(all_keys))
        for units in (promised.due, promised.on_time)
    )

    quoted = _looked_up(supplier_id, own_quote, of_supplier)
    own_terms = np.flatnonzero(known(terms_quote))
    quoted[np.searchsorted(all_keys, terms[own_terms])] = terms_quote[own_terms]
    carried = (of_sku == ALL_SKUS) | np.isin(all_keys, terms)
    took: LeadTimes = lead_times(observations, all_keys)
    figures = Learnt(
        of_supplier,
        of_sku,
        took.observations,
        took.mean_micros,
        took.sd_micros,
        took.p50_tenths,
        took.p90_tenths,
        quoted,
        units_due,
        units_on_time,
        carried.astype(np.int64),
    )
    return figures, _by_month(promised)


def findings(connection, today) -> Iterator[str]:
    """Where what is stored differs from what history says as of a day, as sentences that name the rows."""
    figures, months = learnt(connection, today)
    stored = Learnt(*columns(connection, _stored_query()))
    if len(differing := _changed(figures, stored)):
        rows = figures.of(differing[:1])
        yield (
            f"supplier_figures: {len(differing)} rows differ from what history says (the first is of supplier id "
            f"{rows.supplier_id[0]}, SKU id {rows.sku_id[0]}); run flask plan"
        )
    kept = np.array(columns(connection, _months_query()))
    said = np.array([getattr(months, field.name) for field in fields(months)])
    if not np.array_equal(kept[:, np.lexsort(kept[:2][::-1])], said):
        yield "supplier_months: they differ from what history says; run flask plan"


def _promised(connection, first, today) -> _Promised:
    """Lines that were first promised for a day from `first` to yesterday."""
    supplier_id, sku_id, first_promise, due, received = columns(connection, _promised_query(first, today))
    return _Promised(supplier_id, sku_id, first_promise, due, on_time(due, received))


def _by_month(promised) -> Months:
    some = promised.due > 0
    keys = _Keys(promised.first_promise)  # a month's first day is no later
    months = keys.of(promised.supplier_id, _month_of(promised.first_promise))[some]
    every, of = np.unique(months, return_inverse=True)
    due, came = (_sums(of, units[some], len(every)) for units in (promised.due, promised.on_time))
    supplier_id, month = keys.apart(every)
    return Months(supplier_id, month, due, came)


def _month_of(days):
    """The first day of each day's month, as its number."""
    return days.astype("datetime64[D]").astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)


def _looked_up(ids, values, wanted):
    """The value of each wanted id, NONE where there is no such id."""
    if not len(ids):
        return np.full(len(wanted), NONE)
    by = np.argsort(ids)
    at = by[np.minimum(np.searchsorted(ids, wanted, sorter=by), len(ids) - 1)]
    return np.where(ids[at] == wanted, values[at], NONE)


def _sums(index, amounts, size):
    result = np.zeros(size, np.int64)
    np.add.at(result, index, amounts)
    return result


def _changed(figures, stored):
    """Rows that are not stored so. No stored row is missed: of one that nothing is learnt of any more, just that is."""
    keys = _Keys(figures.sku_id, stored.sku_id)
    key = keys.of(figures.supplier_id, figures.sku_id)
    stored_key = keys.of(stored.supplier_id, stored.sku_id)
    if not len(stored_key):
        return np.arange(len(key))
    by = np.argsort(stored_key)
    at = by[np.minimum(np.searchsorted(stored_key, key, sorter=by), len(stored_key) - 1)]
    same = stored_key[at] == key
    for field in fields(figures):
        same &= getattr(figures, field.name) == getattr(stored, field.name)[at]
    return np.flatnonzero(~same)


def _write(connection, changed):
    keep_figures(connection)
    if len(changed.supplier_id):
        cells = {field.name: getattr(changed, field.name) for field in fields(changed)}
        with staged(connection, "estimates_of_suppliers", **cells) as rows:
            run(connection, _upsert(connection.dialect.name, rows))
    run(connection, _sweep())


def _write_months(connection, months):
    connection.execute(delete(models.SupplierMonth))
    cells = {field.name: getattr(months, field.name) for field in fields(months)}
    with staged(connection, "estimates_of_months", **cells) as rows:
        run(connection, insert(models.SupplierMonth.__table__).from_select(list(cells), select(*rows.c)))


# What is asked of the database: kept, so that it is put into SQL once, those of a day as long as it lasts.


@cache
def _suppliers_query():
    return select(number(models.Supplier.id), number(models.Supplier.lead_time_days))


@cache
def _terms_query():
    terms = models.SupplierSku
    return select(number(terms.supplier_id), number(terms.sku_id), number(terms.lead_time_days))


@cache
def _lead_times_query():
    count = models.LeadTimeCount
    return select(number(count.supplier_id), number(count.sku_id), number(count.lead_days), number(count.receipts))


@cache
def _held_query():
    row = models.SupplierFigures
    return select(number(row.supplier_id), number(row.sku_id))


@cache
def _months_query():
    row = models.SupplierMonth
    return select(number(row.supplier_id), number(row.month), number(row.units_due), number(row.units_on_time))


@cache
def _stored_query():
    row = models.SupplierFigures
    return select(
        *(
            flag(row.carried) if field.name == "carried" else number(getattr(row, field.name))
            for field in fields(Learnt)
        )
    )


@lru_cache(maxsize=DAYS_KEPT)
def _promised_query(first, today):
    """A line that was promised for a day before it was ordered says nothing of anybody."""
    receipt, line, order = models.ReceiptLine, models.PurchaseOrderLine, models.PurchaseOrder
    promised, ordered = (type_coerce(column, Integer) for column in (line.first_promise, order.ordered_on))
    in_time = and_(
        receipt.purchase_order_line_id == line.id,
        receipt.reversed_at.is_(None),
        type_coerce(receipt.received_on, Integer) <= promised,
    )
    return (
        select(
            number(order.supplier_id),
            number(line.sku_id),
            number(line.first_promise),
            number(line.qty_promised),
            number(func.coalesce(func.sum(receipt.qty), 0), 0),
        )
        .select_from(line)
        .join(order, order.id == line.purchase_order_id)
        .outerjoin(receipt, in_time)
        .where(order.status.in_(PROMISING_STATUSES), promised >= first, promised < today, promised >= ordered)
        .group_by(line.id, order.supplier_id, line.sku_id, line.first_promise, line.qty_promised)
    )


@cache
def _upsert(dialect, rows):
    row = models.SupplierFigures.__table__
    optional = ("mean_micros", "sd_micros", "p50_tenths", "p90_tenths", "quoted_days")
    source = {name: func.nullif(cell, NONE) if name in optional else cell for name, cell in rows.c.items()}
    source["carried"] = rows.c.carried == 1
    own = [name for name in source if name not in ("supplier_id", "sku_id")]
    # SQLite cannot tell the clause that follows from that of a join, but for a condition between them.
    query = select(*source.values(), *(literal(0) for _ in OPEN)).where(rows.c.sku_id >= 0)
    statement = upsert_of(dialect, row).from_select([*source, *OPEN], query)
    return statement.on_conflict_do_update(
        index_elements=["supplier_id", "sku_id"], set_={name: statement.excluded[name] for name in own}
    )


@cache
def _sweep():
    row = models.SupplierFigures.__table__
    return delete(row).where(says_nothing(row))
