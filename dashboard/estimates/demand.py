"""How fast each SKU sells, and what its reorder point rests on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
from sqlalchemy import case, delete, func, insert, literal, select, type_coerce
from sqlalchemy.types import Integer

from dashboard import models
from dashboard.bulk import Rows, columns, gather, number, run, staged, text
from dashboard.domain.columns import NONE, known
from dashboard.domain.fast_movers import (
    DEMAND_DAYS,
    NINETY_FIVE_PERCENT,
    demand,
    is_within_lead_time,
    safety_stock,
)
from dashboard.domain.lead_times import lead_time, observed_lead_time
from dashboard.estimates.spikes import DAYS_KEPT, judge_spikes
from dashboard.estimates.terms import NOBODY, read_terms

NOT_KNOWN = -1.0  # in a column of rates or spreads, none of which is below zero


@dataclass(frozen=True, slots=True)
class _Demand:
    """Of each SKU, over the 90 whole days before today."""

    units: np.ndarray
    selling_days: np.ndarray
    units_on_selling_days: np.ndarray
    squares_on_selling_days: np.ndarray
    per_day: np.ndarray  # NOT_KNOWN, as is the next, without a selling day
    sd: np.ndarray


@dataclass(frozen=True, slots=True)
class _Supply:
    """From whom each SKU is bought, how long that takes, and what it asks for; NONE where it is not known."""

    supplier_id: np.ndarray
    lead_receipts: np.ndarray
    lead_days: np.ndarray
    min_order_qty: np.ndarray
    pack_size: np.ndarray
    extra_units: np.ndarray
    safety_stock: np.ndarray


def learn_demand(connection, today):
    """Writes the demand, the lead time, the safety stock and the emptied shelf of every SKU, as of today."""
    (ids,) = columns(connection, _skus_query())
    rows = Rows(ids)
    sold = _demand(connection, rows, today)
    supply = _supply(connection, rows, sold, today)
    by_history = _emptied_by_history(connection, rows, today)
    # A day that followed from the plan is judged anew and kept: who plans part of it meanwhile must not find it gone.
    emptied_on = np.where(known(by_history), by_history, _emptied_by_plan(connection, rows))
    emptied = np.flatnonzero(known(emptied_on))
    spike = np.zeros(len(ids), np.int64)
    spike[emptied] = judge_spikes(connection, ids[emptied], emptied_on[emptied])
    connection.execute(delete(models.DemandEstimate))
    with staged(
        connection,
        "estimates_of_demand",
        sku_id=ids,
        units=sold.units,
        selling_days=sold.selling_days,
        units_on_selling_days=sold.units_on_selling_days,
        squares_on_selling_days=sold.squares_on_selling_days,
        demand_per_day=sold.per_day,
        demand_sd=sold.sd,
        supplier_id=supply.supplier_id,
        lead_receipts=supply.lead_receipts,
        lead_days=supply.lead_days,
        min_order_qty=supply.min_order_qty,
        pack_size=supply.pack_size,
        extra_units=supply.extra_units,
        safety_stock=supply.safety_stock,
        shelf_emptied_on=emptied_on,
        emptied_in_history=known(by_history).astype(np.int64),
        spike=spike,
    ) as cell:
        run(connection, _estimates_insert(cell, today))


def _demand(connection, rows, today):
    """Units ordered, selling days, units a selling day and their spread, over the 90 whole days before today."""
    sku_id, day, units = columns(connection, _ordered_query(today - DEMAND_DAYS, today))
    row = rows.of(sku_id)
    all_units = np.array(_sums(row, units, rows.count), np.int64)

    # A SKU that is not sold on backorder sells only on days that ended with something on the shelf.
    ended, ended_on, on_hand = columns(connection, _denied_days_query())
    ended = rows.of(ended)
    selling_days = np.full(rows.count, DEMAND_DAYS)
    restricted = np.zeros(rows.count, bool)
    restricted[ended] = True
    selling_days[restricted] = 0
    could = (on_hand > 0) & (ended_on >= today - DEMAND_DAYS) & (ended_on < today)
    ended, ended_on = ended[could], ended_on[could]
    np.add.at(selling_days, ended, 1)
    counts = ~restricted[row] | np.isin(row * DEMAND_DAYS + day - today, ended * DEMAND_DAYS + ended_on - today)
    sold = _sums(row[counts], units[counts], rows.count)
    squares = _sums(row[counts], units[counts] ** 2, rows.count)

    rate, spread = np.full(rows.count, NOT_KNOWN), np.full(rows.count, NOT_KNOWN)
    for place, (total, days, own, own_squares) in enumerate(
        zip(all_units.tolist(), selling_days.tolist(), sold, squares, strict=True)
    ):
        _, sd = demand(own, own_squares, days)
        if sd is not None:
            rate[place], spread[place] = total / days, sd
    return _Demand(all_units, selling_days, np.array(sold, np.int64), np.array(squares, np.int64), rate, spread)


def _emptied_by_history(connection, rows, today):
    """The first day of the run of empty days with which each SKU's stock history ends, NONE where it ends otherwise."""
    sku_id, first = columns(connection, _empty_days_query(today))
    emptied_on = np.full(rows.count, NONE)
    emptied_on[rows.of(sku_id)] = first
    return emptied_on


def _emptied_by_plan(connection, rows):
    """The day for which demand was last judged without stock history, NONE where it was not."""
    sku_id, judged_for = columns(connection, _judged_query())
    emptied_on = np.full(rows.count, NONE)
    emptied_on[rows.of(sku_id)] = judged_for
    return emptied_on


def _supply(connection, rows, sold, today):
    """Each SKU's preferred supplier and its lead time; and what the SKU should keep against the spread of that and of
    its demand.
    """
    (supplier_ids,) = columns(connection, _suppliers_query())
    supplier_rows = Rows(supplier_ids)
    quoted, preferred = read_terms(connection, supplier_rows, rows)
    supplier_id, sku_id, days, receipts = columns(connection, _lead_times_query())
    supplier, sku = supplier_rows.of(supplier_id), rows.of(sku_id)
    of_supplier = list(
        zip(*(_sums(supplier, amount * receipts, len(supplier_ids)) for amount in (1, days, days**2)), strict=True)
    )
    own = supplier == preferred[sku]
    of_sku = zip(*(_sums(sku[own], (amount * receipts)[own], rows.count) for amount in (1, days, days**2)), strict=True)
    quoted_days = quoted.of(preferred, np.arange(rows.count)).tolist()
    lead_receipts, lead_days = np.zeros(rows.count, np.int64), np.full(rows.count, NONE)
    safety = np.full(rows.count, NONE)
    for place, (seen, supplier, quote, per_day, sd, z) in enumerate(
        zip(
            of_sku,
            preferred.tolist(),
            quoted_days,
            sold.per_day.tolist(),
            sold.sd.tolist(),
            _service_levels(connection, rows),
            strict=True,
        )
    ):
        if supplier == NOBODY:
            continue
        observed = {"of_sku": seen, "of_supplier": of_supplier[supplier]}
        lead, lead_sd = lead_time(**observed, quoted=None if quote == NONE else quote)
        if lead is None:
            continue
        lead_receipts[place], lead_days[place], _ = observed_lead_time(**observed) or (0, quote, 0)
        if per_day != NOT_KNOWN:
            safety[place] = safety_stock(demand_per_day=per_day, demand_sd=sd, lead_days=lead, lead_sd=lead_sd, z=z)
    return _Supply(
        gather(supplier_ids, preferred, NONE),
        lead_receipts,
        lead_days,
        *_order_terms(connection, rows, supplier_rows, preferred),
        _extra_units(connection, rows, lead_days / np.maximum(lead_receipts, 1), today),
        safety,
    )


def _service_levels(connection, rows):
    """z of each SKU: that of its class, else the usual one."""
    levels = dict(iter(connection.execute(select(models.ServiceLevel.sku_class, models.ServiceLevel.z))))
    result = [NINETY_FIVE_PERCENT] * rows.count
    if levels:
        sku_id, classes = columns(connection, _classes_query())
        for place, sku_class in zip(rows.of(sku_id).tolist(), classes, strict=True):
            result[place] = levels.get(sku_class, NINETY_FIVE_PERCENT)
    return result


def _order_terms(connection, rows, supplier_rows, preferred):
    """The least and the pack that the preferred supplier sells of each SKU."""
    supplier_id, sku_id, least, pack = columns(connection, _order_terms_query())
    sku = rows.of(sku_id)
    own = supplier_rows.of(supplier_id) == preferred[sku]
    result = np.full((2, rows.count), NONE)
    result[:, sku[own]] = least[own], pack[own]
    return result


def _extra_units(connection, rows, lead_days, today):
    """What known events add to each SKU's demand within its lead time; nothing where that is not known."""
    sku_id, starts_on, ends_on, extra = columns(connection, _events_query(today))
    sku = rows.of(sku_id)
    counts = is_within_lead_time(starts_on - today, ends_on - today, lead_days[sku])
    return np.array(_sums(sku[counts], extra[counts], rows.count), np.int64)


def _sums(index, amounts, size):
    """Sums by index, as plain numbers."""
    result = np.zeros(size, np.int64)
    np.add.at(result, index, amounts)
    return result.tolist()


# What is asked of the database: kept, so that it is put into SQL once, those of a day as long as it lasts.


@cache
def _skus_query():
    return select(number(models.Sku.id))


@cache
def _suppliers_query():
    return select(number(models.Supplier.id))


@cache
def _lead_times_query():
    count = models.LeadTimeCount
    return select(number(count.supplier_id), number(count.sku_id), number(count.lead_days), number(count.receipts))


@cache
def _classes_query():
    return select(number(models.Sku.id), text(models.Sku.sku_class)).where(models.Sku.sku_class.isnot(None))


@cache
def _order_terms_query():
    terms = models.SupplierSku
    return select(number(terms.supplier_id), number(terms.sku_id), number(terms.min_order_qty), number(terms.pack_size))


@lru_cache(maxsize=DAYS_KEPT)
def _events_query(today):
    event = models.DemandEvent
    return select(
        number(event.sku_id), number(event.starts_on), number(event.ends_on), number(event.extra_units)
    ).where(type_coerce(event.ends_on, Integer) >= today)


@cache
def _judged_query():
    estimate = models.DemandEstimate
    return select(number(estimate.sku_id), number(estimate.shelf_emptied_on)).where(
        estimate.emptied_in_history.is_(False), estimate.shelf_emptied_on.is_not(None)
    )


@cache
def _denied_days_query():
    stock = models.StockDay
    return (
        select(number(stock.sku_id), number(stock.day), number(stock.on_hand))
        .join(models.Sku, models.Sku.id == stock.sku_id)
        .where(models.Sku.backorder_policy == "deny")
    )


@lru_cache(maxsize=DAYS_KEPT)
def _ordered_query(first, after):
    line, order = models.OrderLine, models.Order
    placed_on = type_coerce(order.placed_on, Integer)
    return (
        select(number(line.sku_id), number(order.placed_on), number(func.sum(line.qty), 0))
        .select_from(order)
        .join(line, line.order_id == order.id)
        .where(placed_on >= first, placed_on < after)
        .group_by(line.sku_id, order.placed_on)
    )


@lru_cache(maxsize=DAYS_KEPT)
def _empty_days_query(today):
    stock = models.StockDay
    day = type_coerce(stock.day, Integer)
    filled = (
        select(stock.sku_id, func.max(day).label("day"))
        .where(stock.on_hand > 0, day < today)
        .group_by(stock.sku_id)
        .subquery()
    )
    return (
        select(number(stock.sku_id), number(func.min(day), 0))
        .outerjoin(filled, filled.c.sku_id == stock.sku_id)
        .where(day < today, day > case((filled.c.day.is_(None), NONE), else_=filled.c.day))
        .group_by(stock.sku_id)
    )


@lru_cache(maxsize=DAYS_KEPT)
def _estimates_insert(cell, today):
    source = {
        "sku_id": cell.c.sku_id,
        "as_of": literal(today),
        "units": cell.c.units,
        "selling_days": cell.c.selling_days,
        "units_on_selling_days": cell.c.units_on_selling_days,
        "squares_on_selling_days": cell.c.squares_on_selling_days,
        "demand_per_day": func.nullif(cell.c.demand_per_day, NOT_KNOWN),
        "demand_sd": func.nullif(cell.c.demand_sd, NOT_KNOWN),
        "supplier_id": func.nullif(cell.c.supplier_id, NONE),
        "lead_receipts": cell.c.lead_receipts,
        "lead_days": func.nullif(cell.c.lead_days, NONE),
        "min_order_qty": func.nullif(cell.c.min_order_qty, NONE),
        "pack_size": func.nullif(cell.c.pack_size, NONE),
        "extra_units": cell.c.extra_units,
        "safety_stock": func.nullif(cell.c.safety_stock, NONE),
        "shelf_emptied_on": func.nullif(cell.c.shelf_emptied_on, NONE),
        "emptied_in_history": cell.c.emptied_in_history == 1,
        "spike": cell.c.spike == 1,
    }
    return insert(models.DemandEstimate.__table__).from_select(list(source), select(*source.values()))
