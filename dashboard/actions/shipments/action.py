"""What is reserved of a line, or of an order, leaves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from dashboard import audit, models, planning
from dashboard.actions.clashes import refuse_if_changed
from dashboard.actions.numbers import save_numbered
from dashboard.actions.order_lines import (
    LoadedOrder,
    close_units,
    end_holds,
    load_still,
    touch,
)
from dashboard.actions.outcomes import Outcome, consequences, of_others, sent_before
from dashboard.actions.shelves import moment_after_count
from dashboard.database import transaction
from dashboard.domain.holds import UNITS_SHIPPED, ended_at
from dashboard.domain.quantity_cuts import PartUnitsGone
from dashboard.domain.shipments import Leaving, OrderRules, ship, shipped_in_words
from dashboard.planning.release import take_out


@dataclass(frozen=True, slots=True)
class Parcel:
    """Units of a line that leave a location."""

    location: str
    line_no: int
    qty: int


@dataclass(frozen=True, slots=True)
class ShipmentOutcome(Outcome):
    """What a shipment does to others, and what leaves from where."""

    parcels: tuple[Parcel, ...] = ()


@planning.repeated
def ship_reserved(
    order_id: int,
    line_no: int | None = None,
    *,
    qty: int | None = None,
    carrier: str | None = None,
    tracking: str | None = None,
    version: str | None = None,
    submission: str | None = None,
    actor: Any,
) -> Outcome:
    """Send what is reserved of a line (or `qty` of it), or of all lines of an order: one shipment a location."""
    with transaction() as session:
        order = load_still(session, order_id, line_no)
        lines = order.lines if line_no is None else (order.line(line_no),)
        if repeated := sent_before(submission):
            return repeated
        changed = order.row if line_no is None else lines[0].row
        refuse_if_changed(version, changed.version, order.subject, *(line.subject for line in lines))
        what = f"order {order.row.number}" if line_no is None else lines[0].units.name
        leaving = ship(
            [line.units for line in lines],
            what=what,
            qty=qty,
            order=order.units,
            rules=OrderRules(order.row.ship_complete, order.row.may_split, order.row.location_id),
        )
        skus = sorted({order.line(one.line.line_no).row.sku_id for one in leaving})
        numbers = _write_shipments(session, order, leaving, carrier=carrier, tracking=tracking)
        _take_from_shelves(session, order, leaving)
        for line in lines:
            mine = [one for one in leaving if one.line is line.units]
            if mine:
                _close(session, order, line.row.line_no, mine, actor=actor)
        touch(order.row)

        did = consequences(session, of_others(planning.replan(skus), [one.line.line_id for one in leaving]))
        open_after = sum(line.row.qty_open for line in lines)
        notice = shipped_in_words(leaving, numbers, what=what, open_after=open_after)
        of_lines = Counter[str]()
        for one in leaving:
            of_lines[str(one.line.line_no)] += one.qty
        act = audit.record(
            "goods-shipped",
            order.subject if line_no is None else lines[0].subject,
            before={"qty_open": open_after + sum(of_lines.values())},
            after={"qty_open": open_after, "shipments": numbers, "lines": dict(of_lines)},
            actor=actor,
        )
        audit.record_submission(submission, act, notice)
        parcels = tuple(
            Parcel(one.units.location, one.line.line_no, sum(two.qty for two in leaving if _together(one, two)))
            for place, one in enumerate(leaving)
            if not any(_together(one, two) for two in leaving[:place])
        )
        return ShipmentOutcome(notice, tuple(skus), did, made=" ".join(numbers), parcels=parcels)


def _together(one: Leaving, other: Leaving) -> bool:
    """Whether these are units of one line from one place, held for different reasons."""
    return (one.line.line_id, one.units.location_id) == (other.line.line_id, other.units.location_id)


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
