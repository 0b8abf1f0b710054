"""The life of every line, cut into fortnights: where it stood on the first morning, and whether its customer cancelled
it before the fortnight was over.

A morning knows what happened until the evening before and nothing else. A line is in a period if it was backordered on
that morning: if the shelf, as the stock history says it stood the evening before, did not suffice for it in its turn
(by place in line; priorities and holds of the past are not kept). Where no stock history tells, it counts as waiting.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from sqlalchemy import Select, select

from dashboard import models
from dashboard.bulk import Among, columns, number
from dashboard.domain.cancellation_model import Column
from dashboard.domain.cancellation_model import daily_columns as of_day
from dashboard.domain.cancellation_risk import DAYS
from dashboard.domain.columns import NONE, before_in_group, group_starts, known
from dashboard.estimates.cancellation.asked import Ends, Lines

NEVER = 2**31


@dataclass(frozen=True, slots=True)
class Periods:
    """One row a line and fortnight."""

    line: np.ndarray  # row of Lines
    day: np.ndarray  # its first
    cancelled: np.ndarray  # by the customer, on one of its days

    def of(self, rows: np.ndarray) -> Periods:
        return Periods(self.line[rows], self.day[rows], self.cancelled[rows])


@dataclass(frozen=True, slots=True)
class Lives:
    """When each line ended; a row of Lines each."""

    closed_on: np.ndarray  # the day on which nothing of it was open any more; NEVER
    cancelled_on: np.ndarray  # the same, if that was its customer's doing
    is_told: np.ndarray  # False: it ended, and nobody knows when


def lives(lines: Lines, ends: Ends) -> Lives:
    """How each line ended, by the facts that are given."""
    rows = len(lines.id)
    by = np.lexsort((ends.day, ends.line))
    line, day, qty, by_customer = ends.line[by], ends.day[by], ends.qty[by], ends.by_customer[by]
    gone = before_in_group(qty, group_starts(line)) + qty if len(line) else qty
    last = gone >= lines.qty[line]
    closed_on, cancelled_on = np.full(rows, NEVER), np.full(rows, NEVER)
    np.minimum.at(closed_on, line[last], day[last])
    final = by_customer & (day == closed_on[line])
    cancelled_on[line[final]] = day[final]
    return Lives(closed_on, cancelled_on, (closed_on != NEVER) | (lines.is_open == 1))


def periods(connection: Any, lines: Lines, ends: Ends, mornings: list[int], life: Lives) -> Periods:
    """The rows of some mornings. Whoever asks for an outcome takes mornings whose fortnight is over."""
    shelves = _shelves(connection, mornings)
    skus = int(lines.sku_id.max(initial=0)) + 1
    found = []
    for morning in mornings:
        rows = np.flatnonzero((lines.placed_on < morning) & (life.closed_on >= morning) & life.is_told)
        gone_before = ends.day < morning
        gone = np.bincount(ends.line[gone_before], ends.qty[gone_before], len(lines.id))[rows].astype(np.int64)
        waits = _lacks(lines.sku_id[rows], lines.qty[rows] - gone, shelves.get(morning - 1), skus)
        rows = rows[waits]
        found.append(Periods(rows, np.full(len(rows), morning, np.int32), life.cancelled_on[rows] < morning + DAYS))
    if not found:
        return Periods(np.zeros(0, np.int64), np.zeros(0, np.int32), np.zeros(0, bool))
    return Periods(*(np.concatenate([getattr(one, name) for one in found]) for name in ("line", "day", "cancelled")))


def daily_columns(lines: Lines, found: Periods) -> dict[str, Column]:
    """What of each row changes from day to day."""
    line = found.line
    return of_day(lines.placed_on[line], lines.first_promise[line], lines.last_date[line], found.day)


def _lacks(sku: np.ndarray, qty: np.ndarray, shelf: tuple[np.ndarray, np.ndarray] | None, skus: int) -> np.ndarray:
    """Of lines in their turn, which ones the shelf does not suffice for."""
    if shelf is None:
        return np.ones(len(sku), bool)
    on_hand = np.full(skus, NONE)
    listed = shelf[0] < skus
    on_hand[shelf[0][listed]] = shelf[1][listed]
    by = np.argsort(sku, kind="stable")
    served = np.empty(len(sku), np.int64)
    served[by] = before_in_group(qty[by], group_starts(sku[by])) + qty[by]
    return ~known(on_hand[sku]) | (served > on_hand[sku])


def _shelves(connection: Any, mornings: list[int]) -> dict[int, tuple[np.ndarray, np.ndarray]]:
    """What stood on the shelves on the evening before each morning: SKUs and units."""
    evenings = np.array(mornings, np.int64) - 1
    sku, day, on_hand = columns(connection, _shelves_query(), days=evenings)
    found = {}
    for evening in np.unique(day).tolist():
        rows = day == evening
        found[evening] = sku[rows], on_hand[rows]
    return found


@cache
def _shelves_query() -> Select:
    row = models.StockDay
    return select(number(row.sku_id), number(row.day), number(row.on_hand)).where(Among(row.day, "days"))
