"""Goods that leave: the shipment, the shelf, the line and its holds, and what the gateway is asked to capture."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from dashboard import models
from dashboard.actions.numbers import save_numbered
from dashboard.actions.order_lines import LoadedOrder, close_units, end_holds
from dashboard.actions.shelves import moment_after_count
from dashboard.domain.holds import UNITS_SHIPPED, ended_at
from dashboard.domain.quantity_cuts import PartUnitsGone
from dashboard.domain.shipments import Leaving
from dashboard.planning.release import take_out


def let_leave(
    session: Session,
    order: LoadedOrder,
    leaving: Sequence[Leaving],
    *,
    carrier: str | None,
    tracking: str | None,
    actor: Any,
) -> list[str]:
    """Units leave the shelves they are reserved on, one shipment a location; the numbers of these come back."""
    numbers = _write_shipments(session, order, leaving, carrier=carrier, tracking=tracking)
    _take_from_shelves(session, order, leaving)
    for line_no in dict.fromkeys(one.line.line_no for one in leaving):
        _close(session, order, line_no, [one for one in leaving if one.line.line_no == line_no], actor=actor)
    return numbers


def _write_shipments(
    session: Session, order: LoadedOrder, leaving: Sequence[Leaving], *, carrier: str | None, tracking: str | None
) -> list[str]:
    """One shipment a location, under a number of the desk's own."""
    numbers = []
    for location_id in dict.fromkeys(one.units.location_id for one in leaving):
        mine = [one for one in leaving if one.units.location_id == location_id]
        shipment = models.Shipment()
        numbers.append(save_numbered(session, shipment, "S"))
        skus = {order.line(one.line.line_no).row.sku_id for one in mine}
        shelves = session.scalars(
            select(models.Stock).where(models.Stock.location_id == location_id, models.Stock.sku_id.in_(skus))
        )
        at = max(moment_after_count(shelf) for shelf in shelves)
        units: Counter[tuple[int, int]] = Counter()
        for one in mine:
            units[one.line.line_id, one.units.part] += one.qty
        session.add_all(
            models.ShipmentLine(
                shipment_id=shipment.id,
                line_id=line_id,
                part=part,
                location_id=location_id,
                qty=qty,
                shipped_at=at,
                carrier=carrier,
                tracking=tracking,
            )
            for (line_id, part), qty in units.items()
        )
    return numbers


def _take_from_shelves(session: Session, order: LoadedOrder, leaving: Sequence[Leaving]) -> None:
    """First from what is reserved, then from the shelf: less is never there than is reserved."""
    session.flush()
    take_out(
        session.connection(),
        [(one.line.line_id, one.units.part, one.units.location_id, one.units.held, one.qty) for one in leaving],
    )
    stock = models.Stock
    gone: Counter[tuple[int, int]] = Counter()
    for one in leaving:
        gone[order.line(one.line.line_no).row.sku_id, one.units.location_id] += one.qty
    for (sku_id, location_id), qty in gone.items():
        session.execute(
            update(stock)
            .where(stock.sku_id == sku_id, stock.location_id == location_id)
            .values(on_hand=stock.on_hand - qty)
        )


def _close(session: Session, order: LoadedOrder, line_no: int, leaving: Sequence[Leaving], *, actor: Any) -> None:
    """Units of a line are open no more, and their holds end."""
    line = order.line(line_no)
    parts: Counter[int] = Counter()
    for one in leaving:
        parts[one.units.part] += one.qty
        if one.units.held:
            ends = ended_at(
                line.units.holds,
                part=one.units.part,
                kind=one.units.held,
                location_id=one.units.location_id,
                qty=one.qty,
            )
            end_holds(session, ends, actor=actor, reason=UNITS_SHIPPED)
    close_units(session, line, shipped=[PartUnitsGone(part, qty) for part, qty in sorted(parts.items())])
