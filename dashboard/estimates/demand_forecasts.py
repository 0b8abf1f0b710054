"""What SKUs are likely to sell: weekly demand in, forecasts and how well they did out."""

from __future__ import annotations

from functools import cache, lru_cache

import numpy as np
from sqlalchemy import case, delete, func, insert, literal, select, type_coerce
from sqlalchemy.types import Integer

from dashboard import models
from dashboard.bulk import Rows, columns, number, run, staged
from dashboard.database import day_of
from dashboard.domain.demand_forecasts import KINDS, LEAST_WEEKS, METHODS, STRETCH_DAYS, WEEKS, Judgement, forecast
from dashboard.estimates.spikes import DAYS_KEPT

DAYS = 7 * WEEKS


def forecast_demand(connection, today) -> Judgement:
    """Writes a forecast for every SKU that ever sold, and how each method did; as of today."""
    (ids,) = columns(connection, _skus_query())
    rows = Rows(ids)
    weekly = read_weekly(connection, rows, today)
    sells = np.flatnonzero(np.nansum(weekly, axis=1) > 0) if weekly.shape[1] >= LEAST_WEEKS else np.zeros(0, np.int64)
    found, judged = forecast(weekly[sells])
    events = np.zeros(rows.count, np.int64)
    sku_id, extra = columns(connection, _events_query(today))
    events[rows.of(sku_id)] = extra
    connection.execute(delete(models.DemandForecast))
    with staged(
        connection,
        "estimates_of_forecasts",
        sku_id=ids[sells],
        kind=found.kind,
        method=found.method,
        units=found.units,
        low_units=found.low,
        high_units=found.high,
        event_units=events[sells],
    ) as cell:
        run(connection, _forecasts_insert(cell, today))
    connection.execute(delete(models.ForecastRecord))
    some = np.flatnonzero(judged.forecasts.ravel() > 0)
    if len(some):
        connection.execute(insert(models.ForecastRecord), [_record(judged, place, today) for place in some.tolist()])
    return judged


def read_weekly(connection, sku_rows, today):
    """Units ordered of each SKU in each of the last weeks to yesterday, the oldest first: SKUs by weeks, as many weeks
    as the shop's history has. NaN for weeks on which a SKU could not be bought; where it could on some days of a
    week, the rate of these.
    """
    sku_id, day, units = columns(connection, _ordered_query(today - DAYS, today))
    weeks = (today - int(day.min(initial=today)) + 6) // 7
    weekly = np.zeros((sku_rows.count, weeks))
    if not weeks:
        return weekly
    # Week 0 is the oldest; yesterday is the last day of the last one.
    np.add.at(weekly, (sku_rows.of(sku_id), weeks - 1 - (today - 1 - day) // 7), units)
    if (today - int(day.min())) % 7 and weeks > LEAST_WEEKS:
        weekly = weekly[:, 1:]  # the shop's first week was not a whole one
        weeks -= 1
    ended, ended_on, on_hand = columns(connection, _denied_days_query(today - DAYS, today))
    if len(ended):
        row = sku_rows.of(ended)
        could = np.full((sku_rows.count, weeks), 7)
        could[np.unique(row)] = 0
        week = weeks - 1 - (today - 1 - ended_on) // 7
        sold = (on_hand > 0) & (week >= 0)
        np.add.at(could, (row[sold], week[sold]), 1)
        # What sold on a day that ended empty was bought on it: such a week counts as a day at least.
        could = np.where((could == 0) & (weekly > 0), 1, could)
        weekly = np.where(could > 0, weekly * 7 / np.maximum(could, 1), np.nan)
    return weekly


def _record(judged, place, today):
    kind, method = divmod(place, len(METHODS))
    return {
        "kind": KINDS[kind],
        "method": METHODS[method],
        "as_of": day_of(today),
        "forecasts": int(judged.forecasts[kind, method]),
        "units": float(judged.units[kind, method]),
        "missed_units": float(judged.missed[kind, method]),
        "squared": float(judged.squared[kind, method]),
        "covered": int(judged.covered[kind, method]),
        "chosen": bool(judged.chosen[kind] == method),
    }


# What is asked of the database: kept, so that it is put into SQL once, those of a day as long as it lasts.


@cache
def _skus_query():
    return select(number(models.Sku.id))


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
def _denied_days_query(first, after):
    stock = models.StockDay
    day = type_coerce(stock.day, Integer)
    return (
        select(number(stock.sku_id), number(stock.day), number(stock.on_hand))
        .join(models.Sku, models.Sku.id == stock.sku_id)
        .where(models.Sku.backorder_policy == "deny", day >= first, day < after)
    )


@lru_cache(maxsize=DAYS_KEPT)
def _events_query(today):
    event = models.DemandEvent
    starts, ends = (type_coerce(column, Integer) for column in (event.starts_on, event.ends_on))
    return (
        select(number(event.sku_id), number(func.sum(event.extra_units), 0))
        .where(ends >= today, starts < today + STRETCH_DAYS)
        .group_by(event.sku_id)
    )


@lru_cache(maxsize=DAYS_KEPT)
def _forecasts_insert(cell, today):
    words = {
        name: case(dict(enumerate(said)), value=cell.c[name]) for name, said in (("kind", KINDS), ("method", METHODS))
    }
    source = dict(cell.c) | words | {"as_of": literal(today)}
    return insert(models.DemandForecast.__table__).from_select(list(source), select(*source.values()))
