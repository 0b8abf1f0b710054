"""Holds whose units left, were cancelled or cut by a file, or whose line is of another SKU by it: they end, as they
would by the desk's own acts.

A file speaks of lines and says neither of which part nor from which shelf units left: what is picked is taken to have
left first.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Table, insert, literal, or_, select, update

from dashboard import clock, models
from dashboard.database import db, instant_number
from dashboard.domain.holds import (
    ORDER_ENDED,
    OTHER_SKU,
    UNITS_CANCELLED,
    UNITS_SHIPPED,
    HoldEnd,
    ended_by_cut,
    ended_by_leaving,
)
from dashboard.domain.order_lines import HeldUnits
from dashboard.intake.staging import CHANGED, LINES

HOLDS: Table = models.Hold.__table__

_CHANGES: Table = models.IntakeChange.__table__
_ORDER_LINES: Table = models.OrderLine.__table__
_WHOLE_LINE = 1


@dataclass(frozen=True, slots=True)
class ShrinkingLine:
    """A line with live holds of which fewer units will be open, or more will have left, or that is of another SKU."""

    line_id: int
    shipped: int  # more than until now
    open: int  # from now on
    has_ended: bool  # by its order, whatever the quantities
    is_cut: bool  # fewer ordered, or more cancelled
    is_other_sku: bool  # what is held for it is not what was ordered any more


def lines_that_shrink() -> list[ShrinkingLine]:
    """Of the lines that were worked out; asked before they are written."""
    before = _ORDER_LINES
    is_held = select(HOLDS.c.id).where(HOLDS.c.line_id == before.c.id, HOLDS.c.ended_at.is_(None)).exists()
    rows = (
        select(
            before.c.id,
            LINES.c.done - before.c.qty_shipped,
            LINES.c.open,
            LINES.c.open < LINES.c.qty - LINES.c.done - LINES.c.cancelled,
            or_(LINES.c.qty < before.c.qty, LINES.c.cancelled > before.c.qty_cancelled),
            LINES.c.sku_id != before.c.sku_id,
        )
        .join(before, before.c.id == LINES.c.line_id)
        .where(
            LINES.c.state == CHANGED,
            or_(
                LINES.c.done > before.c.qty_shipped,
                LINES.c.open < before.c.qty_open,
                LINES.c.sku_id != before.c.sku_id,
            ),
            is_held,
        )
        .order_by(before.c.id)
    )
    return [
        ShrinkingLine(line_id, max(0, shipped), left, bool(has_ended), bool(is_cut), bool(is_other_sku))
        for line_id, shipped, left, has_ended, is_cut, is_other_sku in db.session.execute(rows)
    ]


def left_from(lines: list[ShrinkingLine]) -> dict[int, dict[int, int]]:
    """By line and part: the held units that are taken to have left."""
    held = _live_holds([line.line_id for line in lines])
    left: dict[int, dict[int, int]] = defaultdict(Counter)
    for line in lines:
        for end in ended_by_leaving(held[line.line_id], line.shipped):
            left[line.line_id][end.hold.part] += end.qty
    return left


def end_holds(lines: list[ShrinkingLine], left: Mapping[int, Mapping[int, int]], *, load_id: int | None) -> None:
    """End what these lines hold no longer; how it stood is kept for whoever undoes the load. `left` has what is left of
    each part of those that are divided.
    """
    held = _live_holds([line.line_id for line in lines])
    now = clock.now()
    for line in lines:
        shipped = [(end, UNITS_SHIPPED) for end in ended_by_leaving(held[line.line_id], line.shipped)]
        rest = _without(held[line.line_id], [end for end, _ in shipped])
        stays = left.get(line.line_id, {_WHOLE_LINE: line.open})
        if line.has_ended or line.is_other_sku:
            stays = dict.fromkeys(stays, 0)
        cut = [(end, _why(line)) for end in ended_by_cut(rest, stays)]
        ended: dict[int, list[tuple[int, str]]] = defaultdict(list)
        for end, reason in (*shipped, *cut):
            ended[end.hold.id].append((end.qty, reason))
        for hold in held[line.line_id]:
            if hold.id in ended:
                _end(hold, ended[hold.id], at=now, load_id=load_id)


def _why(line: ShrinkingLine) -> str:
    if line.has_ended:
        return ORDER_ENDED
    if line.is_other_sku:
        return OTHER_SKU
    return UNITS_CANCELLED if line.is_cut else UNITS_SHIPPED


def _live_holds(line_ids: list[int]) -> dict[int, list[HeldUnits]]:
    """By line."""
    found: dict[int, list[HeldUnits]] = defaultdict(list)
    if not line_ids:
        return found
    columns = ("line_id", "id", "part", "kind", "qty", "location_id", "purchase_order_line_id")
    live = (
        select(*(HOLDS.c[name] for name in columns))
        .where(HOLDS.c.line_id.in_(line_ids), HOLDS.c.ended_at.is_(None))
        .order_by(HOLDS.c.line_id, HOLDS.c.id)
    )
    for line_id, *hold in db.session.execute(live):
        found[line_id].append(HeldUnits(*hold))
    return found


def _without(holds: list[HeldUnits], ends: list[HoldEnd]) -> list[HeldUnits]:
    gone = {end.hold.id: end.qty for end in ends}
    rest = (replace(one, qty=one.qty - gone.get(one.id, 0)) for one in holds)
    return [one for one in rest if one.qty]


def _end(hold: HeldUnits, ends: list[tuple[int, str]], *, at: datetime, load_id: int | None) -> None:
    """So many units of a hold end, for one reason or two; each row tells one story, so that what ends beside others is
    a row of its own.
    """
    rest = hold.qty - sum(qty for qty, _ in ends)
    own, others = (None, ends) if rest else (ends[0], ends[1:])
    changes: dict[str, Any] = {"qty": rest} if own is None else {"qty": own[0], "ended_at": at, "end_reason": own[1]}
    if load_id is not None:
        _keep_before(hold, changes, load_id)
    db.session.execute(update(HOLDS).where(HOLDS.c.id == hold.id).values(**changes))
    kept = ("line_id", "part", "location_id", "purchase_order_line_id", "kind", "reason", "made_at", "made_by")
    for qty, reason in others:
        ended = {"qty": qty, "ended_at": at, "end_reason": reason, "load_id": load_id}
        same = select(
            *(HOLDS.c[name] for name in kept), *(literal(value, HOLDS.c[name].type) for name, value in ended.items())
        )
        db.session.execute(insert(HOLDS).from_select([*kept, *ended], same.where(HOLDS.c.id == hold.id)))


def _keep_before(hold: HeldUnits, changes: dict[str, Any], load_id: int) -> None:
    """As whole numbers, texts and nulls: the way in which every changed row is kept."""
    before = {"qty": hold.qty, "ended_at": None, "end_reason": None}
    after = {**before, **changes}
    if after["ended_at"] is not None:
        after["ended_at"] = instant_number(after["ended_at"])
    kept = {"load_id": load_id, "table_name": HOLDS.name, "row_id": hold.id}
    db.session.execute(insert(_CHANGES).values(**kept, before=json.dumps(before), after=json.dumps(after)))
