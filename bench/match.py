"""The baseline: the least that dealing out a million lines can cost, in memory, with numpy.

Rows lie in memory as columns. Lines are sorted by SKU, priority class, place and line number, supply by SKU and date;
stock is dealt and supply pegged by running totals; each line gets its latest date. No holds, no ship-complete orders,
no locations, nothing read or written: what planning costs beyond this is the price of its features, of the database,
and of being stored.
"""

from __future__ import annotations

import numpy as np


def match(lines, stock, supply):
    """Units reserved and latest day of each line; pegs as (line, supply, units).

    `lines` are the columns sku, priority class, place, line number, quantity; `stock` is units by SKU; `supply` the
    columns sku, day, quantity.
    """
    sku, priority, place, line_no, qty = lines
    queue = np.lexsort((line_no, place, priority, sku))
    sku, qty = sku[queue], qty[queue]
    reserved = np.clip(stock[sku] - _before(sku, qty), 0, qty)
    rest = qty - reserved

    supply_sku, day, given = supply
    by = np.lexsort((day, supply_sku))
    supply_sku, day, given = supply_sku[by], day[by], given[by]

    # Each SKU gets its own stretch of one ruler, as long as the larger of demand and supply.
    wanted_of = np.bincount(sku, rest, len(stock)).astype(np.int64)
    given_of = np.bincount(supply_sku, given, len(stock)).astype(np.int64)
    length = np.maximum(wanted_of, given_of)
    origin = np.cumsum(length) - length
    end = origin + np.minimum(wanted_of, given_of)
    wanted_to = origin[sku] + _before(sku, rest) + rest
    given_to = origin[supply_sku] + _before(supply_sku, given) + given
    marks = np.unique(np.concatenate((origin, np.minimum(wanted_to, end[sku]), np.minimum(given_to, end[supply_sku]))))
    units = np.diff(marks)
    marks = marks[1:]
    line = np.minimum(np.searchsorted(wanted_to, marks), len(sku) - 1)
    inside = (marks > origin[sku[line]]) & (marks <= end[sku[line]])
    line, units, marks = line[inside], units[inside], marks[inside]
    source = np.searchsorted(given_to, marks)

    latest = np.full(len(sku), -1)
    firsts = np.flatnonzero(np.diff(line, prepend=-1))
    latest[line[firsts]] = np.maximum.reduceat(day[source], firsts)
    return queue, reserved, latest, (queue[line], by[source], units)


def _before(group, amounts):
    """Running totals within sorted groups, each row's own not counted."""
    before = np.cumsum(amounts) - amounts
    first = np.flatnonzero(np.diff(group, prepend=-1))
    return before - np.repeat(before[first], np.diff(np.append(first, len(group))))
