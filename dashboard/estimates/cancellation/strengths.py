"""What of each open line's chance does not change from day to day, kept beside it so that an act need not ask for tags
and for a customer's past: only what differs is written.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from typing import Any

import numpy as np
from sqlalchemy import Select, and_, delete, func, select

from dashboard import models
from dashboard.bulk import Among, columns, number, run, staged, upsert_of
from dashboard.domain.cancellation_model import constant_points
from dashboard.domain.columns import NONE
from dashboard.estimates.cancellation.asked import Which, read_columns, read_lines
from dashboard.estimates.cancellation.stored import Scoring, scoring
from dashboard.estimates.cancellation.training import asked_columns

# From so many lines on, it is quicker to read all that are open than to list them.
MANY_LINES = 50_000


def refresh_strengths(connection: Any, *, all_lines: bool) -> None:
    """Has every open line's constant points by the model that scores: of all, or of those alone that have none yet."""
    current = scoring(connection)
    if current is None:
        return
    (line_id,) = columns(connection, _open_query(None if all_lines else current.id))
    if len(line_id):
        _write(connection, current, *_points(connection, current, line_id))
    if all_lines:
        run(connection, _closed())


def forget_lines(connection: Any, lines: Collection[int]) -> None:
    """Has the points of lines (ids) worked out anew when estimates are learnt next: their tags changed."""
    ids = list(lines)
    for start in range(0, len(ids), LISTED):
        connection.execute(delete(models.CancelRisk).where(models.CancelRisk.line_id.in_(ids[start : start + LISTED])))


LISTED = 1_000


def forget_lines_of(connection: Any, table: str, rows: Select) -> None:
    """The same of all lines that depend on changed rows (ids) of a table, if any does."""
    line, order = models.OrderLine, models.Order
    by = {
        "customers": order.customer_id,
        "order_lines": line.id,
        "orders": order.id,
        "payment_methods": order.payment_method_id,
        "skus": line.sku_id,
    }
    if table in by:
        lines = select(line.id).join(order, order.id == line.order_id).where(by[table].in_(rows))
        connection.execute(delete(models.CancelRisk).where(models.CancelRisk.line_id.in_(lines)))


def _points(connection: Any, current: Scoring, line_id: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    which = Which.OPEN if len(line_id) > MANY_LINES else Which.LISTED
    lines = read_lines(connection, which, line_id if which is Which.LISTED else None)
    known = read_columns(connection, lines, current.model.money, which)
    asked = asked_columns(current.model.constant, known, len(lines.id))
    points = constant_points(current.model, asked, len(lines.id))
    rows = np.flatnonzero(np.isin(lines.id, line_id))
    return lines.id[rows], points[rows], lines.first_promise[rows]


def _write(connection: Any, current: Scoring, line_id: np.ndarray, points: np.ndarray, promise: np.ndarray) -> None:
    stored_id, stored_points, stored_promise = columns(connection, _stored_query(current.id))
    by = np.argsort(stored_id)
    at = np.minimum(np.searchsorted(stored_id, line_id, sorter=by), max(len(by) - 1, 0))
    differs = np.ones(len(line_id), bool)
    if len(by):
        row = by[at]
        differs = (stored_id[row] != line_id) | (stored_points[row] != points) | (stored_promise[row] != promise)
    rows = np.flatnonzero(differs)
    rows = rows[np.argsort(line_id[rows])]
    if len(rows):
        with staged(
            connection,
            "risk_points",
            line_id=line_id[rows],
            model_id=np.full(len(rows), current.id, np.int64),
            points=points[rows],
            promise=promise[rows],
        ) as staged_rows:
            run(connection, _upsert(connection.dialect.name, staged_rows))


@cache
def _open_query(model_id: int | None) -> Any:
    line, row = models.OrderLine, models.CancelRisk
    query = select(number(line.id)).where(line.qty_open > 0)
    if model_id is None:
        return query
    joined = query.outerjoin(row, and_(row.line_id == line.id, row.model_id == model_id))
    return joined.where(row.line_id.is_(None))


@cache
def _stored_query(model_id: int) -> Any:
    row = models.CancelRisk
    return select(number(row.line_id), number(row.points), number(row.promise)).where(row.model_id == model_id)


@cache
def _upsert(dialect: str, rows: Any) -> Any:
    cell = rows.c
    source = [cell.line_id, cell.model_id, cell.points, func.nullif(cell.promise, NONE)]
    # SQLite cannot tell the clause that follows from that of a join, but for a condition between them.
    query = select(*source).where(cell.line_id > 0)
    statement = upsert_of(dialect, models.CancelRisk.__table__).from_select(
        ["line_id", "model_id", "points", "promise"], query
    )
    return statement.on_conflict_do_update(
        index_elements=["line_id"],
        set_={name: statement.excluded[name] for name in ("model_id", "points", "promise")},
    )


@cache
def _closed() -> Any:
    row, line = models.CancelRisk, models.OrderLine
    return delete(row).where(row.line_id.in_(select(line.id).where(line.qty_open == 0)))


@cache
def points_query(model_id: int, listed: bool) -> Any:
    """Lines with their constant points and first promise, as planning reads them: of all, or of those listed."""
    query = _stored_query(model_id)
    return query.where(Among(models.CancelRisk.line_id, "lines")) if listed else query
