"""Whether demand stood out before a shelf emptied."""

from __future__ import annotations

from functools import cache, lru_cache

import numpy as np
from sqlalchemy import func, select, type_coerce, update
from sqlalchemy.types import Integer

from dashboard import models
from dashboard.bulk import Among, Rows, columns, number, run, staged
from dashboard.domain.allocation import total
from dashboard.domain.causes import SPIKE_DAYS, USUAL_DAYS, is_spike

DAYS_KEPT = 8  # statements that name days are kept for so many
DAYS_ROUNDED = 64
FEW_SKUS = 1_000  # each of which is looked up; of more, what was ordered of all is read


def judge_spikes(connection, sku_ids, emptied_on):
    """Whether demand for each SKU stood out on the 14 days before the day its shelf emptied."""
    if not len(sku_ids):
        return np.zeros(0, bool)
    window = SPIKE_DAYS + USUAL_DAYS
    # Rounded, so that a statement is met again; days outside fall out below.
    first = (int(emptied_on.min()) - window) // DAYS_ROUNDED * DAYS_ROUNDED
    after = -(-int(emptied_on.max()) // DAYS_ROUNDED) * DAYS_ROUNDED
    if len(sku_ids) <= FEW_SKUS:
        sku_id, day, units = columns(connection, _ordered_of_skus_query(first, after), skus=sku_ids)
    else:
        with staged(connection, "estimates_of_spikes", sku_id=sku_ids) as asked:
            sku_id, day, units = columns(connection, _ordered_of_many_query(asked, first, after))
    row = Rows(sku_ids).of(sku_id)
    days_before = emptied_on[row] - day
    inside = (days_before > 0) & (days_before <= window)
    row, days_before, units = row[inside], days_before[inside], units[inside]
    recent = days_before <= SPIKE_DAYS
    recent_units = total(row[recent], units[recent], len(sku_ids))
    usual_units = total(row[~recent], units[~recent], len(sku_ids))
    usual_squares = total(row[~recent], units[~recent] ** 2, len(sku_ids))
    sums = (column.tolist() for column in (recent_units, usual_units, usual_squares))
    return np.array([is_spike(*one) for one in zip(*sums, strict=True)], bool)


def keep_spikes(connection, spikes):
    """Stores what was judged for shelves whose day follows from the plan rather than from stock history."""
    if not len(spikes.sku_id):
        return
    with staged(
        connection,
        "estimates_judged",
        sku_id=spikes.sku_id,
        emptied_on=spikes.emptied_on,
        spike=spikes.spike.astype(np.int64),
    ) as judged:
        run(connection, _judged_update(judged))


@lru_cache(maxsize=DAYS_KEPT)
def _ordered_of_skus_query(first, after):
    return _ordered_of(first, after).where(Among(models.OrderLine.sku_id, "skus"))


@lru_cache(maxsize=DAYS_KEPT)
def _ordered_of_many_query(asked, first, after):
    # Said so, SQLite goes from the SKUs to their lines; as a join it would read every line there ever was.
    return _ordered_of(first, after).where(models.OrderLine.sku_id.in_(select(asked.c.sku_id)))


def _ordered_of(first, after):
    line, order = models.OrderLine, models.Order
    placed_on = type_coerce(order.placed_on, Integer)
    return (
        select(number(line.sku_id), number(order.placed_on), number(func.sum(line.qty), 0))
        .join(order, order.id == line.order_id)
        .where(placed_on >= first, placed_on < after)
        .group_by(line.sku_id, order.placed_on)
    )


@cache
def _judged_update(judged):
    estimate = models.DemandEstimate.__table__
    return (
        update(estimate)
        .where(estimate.c.sku_id == judged.c.sku_id)
        .values(shelf_emptied_on=judged.c.emptied_on, spike=judged.c.spike == 1)
    )
