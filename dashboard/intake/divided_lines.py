"""Divided lines: a file speaks of the line, and its parts follow."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Table, delete, select, update

from dashboard import models
from dashboard.currencies import coin_of
from dashboard.database import db
from dashboard.domain.line_amounts import shares
from dashboard.domain.line_parts import follow_line
from dashboard.domain.order_lines import PartUnits

ORDER_LINES: Table = models.OrderLine.__table__
LINE_PARTS: Table = models.LinePart.__table__
ORDERS: Table = models.Order.__table__
MONEY = ("tax_amount", "shipping_amount")  # what a part is worth besides its goods


def let_parts_follow(lines: Any, left_from: Mapping[int, Mapping[int, int]]) -> dict[int, dict[int, int]]:
    """Bring the parts of those of the lines (a select of their ids) that are divided to what the lines say now; what is
    left of each part, by line. `left_from` has the units that are known to have left, by line and part.
    """
    rows = db.session.execute(
        select(
            *(LINE_PARTS.c[name] for name in ("line_id", "part", "qty", "qty_shipped", "qty_cancelled")),
            *(LINE_PARTS.c[name] for name in MONEY),
            *(ORDER_LINES.c[name].label(f"line_{name}") for name in ("qty", "qty_shipped", "qty_cancelled")),
            ORDER_LINES.c.tax_amount.label("line_tax"),
            ORDERS.c.currency,
        )
        .join(ORDER_LINES, ORDER_LINES.c.id == LINE_PARTS.c.line_id)
        .join(ORDERS, ORDERS.c.id == ORDER_LINES.c.order_id)
        .where(LINE_PARTS.c.line_id.in_(lines))
        .order_by(LINE_PARTS.c.line_id, LINE_PARTS.c.part)
    ).all()
    parts: dict[int, list[PartUnits]] = defaultdict(list)
    for row in rows:
        parts[row.line_id].append(PartUnits(row.part, row.qty, row.qty_shipped, row.qty_cancelled))
    wanted = {row.line_id: (row.line_qty, row.line_qty_shipped, row.line_qty_cancelled) for row in rows}
    written: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        written[row.line_id].append(row)
    left = {}
    for line_id, before in parts.items():
        qty, shipped, cancelled = wanted[line_id]
        after = follow_line(before, qty=qty, shipped=shipped, cancelled=cancelled, left_from=left_from.get(line_id, {}))
        _write(line_id, before, after)
        _share_out(line_id, after, written[line_id])
        left[line_id] = dict.fromkeys((part.part for part in before), 0) | {part.part: part.left for part in after}
    return left


def _share_out(line_id: int, parts: tuple[PartUnits, ...], before: list[Any]) -> None:
    """The parts are worth what their line is: its tax as it says now, of its shipping what they had together."""
    coin, units = coin_of(before[0].currency), [part.qty for part in parts]
    for name, total in (("tax_amount", before[0].line_tax), ("shipping_amount", None)):
        had = [getattr(row, name) for row in before]
        if any(value is None for value in had):
            continue  # nobody wrote what the parts are worth, so they are worth their share
        kept = sum(had) if name == "shipping_amount" else total
        if len(had) == len(parts) and sum(had) == kept:
            continue
        given = [None] * len(parts) if kept is None else shares(kept, units, coin=coin)
        for part, value in zip(parts, given, strict=True):
            there = LINE_PARTS.c.line_id == line_id, LINE_PARTS.c.part == part.part
            db.session.execute(update(LINE_PARTS).where(*there).values({name: value}))


def _write(line_id: int, before: list[PartUnits], after: tuple[PartUnits, ...]) -> None:
    now = {part.part: part for part in after}
    for part in before:
        there = LINE_PARTS.c.line_id == line_id, LINE_PARTS.c.part == part.part
        will_be = now.get(part.part)
        if will_be is None:
            db.session.execute(delete(LINE_PARTS).where(*there))
        elif will_be != part:
            db.session.execute(
                update(LINE_PARTS)
                .where(*there)
                .values(qty=will_be.qty, qty_shipped=will_be.shipped, qty_cancelled=will_be.cancelled)
            )
