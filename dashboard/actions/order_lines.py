"""Orders and their lines as acts load and change them: under lock, with every copy of their quantities kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from dashboard import clock, models, planning
from dashboard.actions.offer_ends import end_with_units
from dashboard.domain.cancellations import free_instant
from dashboard.domain.holds import UNITS_CANCELLED, HoldEnd, ended_by_cut
from dashboard.domain.order_lines import OPEN, HeldUnits, LineUnits, PartUnits, ReservedUnits, reserved_of_open
from dashboard.domain.quantity_cuts import PartUnitsGone
from dashboard.domain.shipment_splits import HeldMove

WHOLE_LINE = 1  # the part that an undivided line is


@dataclass(frozen=True, slots=True)
class LoadedLine:
    """A line's row, and its units as rules see them."""

    row: models.OrderLine
    units: LineUnits

    @property
    def subject(self) -> str:
        """How the history names it."""
        return f"order-line {self.units.order}/{self.units.line_no}"


@dataclass(frozen=True, slots=True)
class LoadedOrder:
    """An order's row with all its lines, by number."""

    row: models.Order
    lines: tuple[LoadedLine, ...]

    @property
    def subject(self) -> str:
        """How the history names it."""
        return f"order {self.row.number}"

    @property
    def subjects(self) -> tuple[str, ...]:
        """The order and all its lines."""
        return self.subject, *(line.subject for line in self.lines)

    @property
    def units(self) -> tuple[LineUnits, ...]:
        return tuple(line.units for line in self.lines)

    def line(self, line_no: int) -> LoadedLine:
        return next(line for line in self.lines if line.row.line_no == line_no)

    @property
    def open_skus(self) -> set[int]:
        return {line.row.sku_id for line in self.lines if line.row.qty_open}


def load_still(session: Session, order_id: int, line_no: int | None = None) -> LoadedOrder:
    """An order with what nobody else changes until the transaction ends: the order itself, and the SKU of that line, or
    without a line those of all its open ones.
    """
    kept = _skus(session, order_id, line_no)
    planning.keep_still(kept)
    session.scalar(select(models.Order.version).where(models.Order.id == order_id).with_for_update(key_share=True))
    now = _skus(session, order_id, line_no)
    if not now <= kept:
        raise planning.Collision(np.array(sorted(now)))  # a file has brought the order other SKUs since
    return load(session, order_id)


def load(session: Session, order_id: int) -> LoadedOrder:
    """An order as it stands, for looking at; `load_still` is for changing it."""
    order = session.get_one(models.Order, order_id, populate_existing=True)
    rows = session.execute(
        select(models.OrderLine, models.Supplier.dropship)
        .outerjoin(models.Supplier, models.Supplier.id == models.OrderLine.supplier_id)
        .where(models.OrderLine.order_id == order_id)
        .order_by(models.OrderLine.line_no)
        .execution_options(populate_existing=True)
    ).all()
    ids = [row.id for row, _ in rows]
    parts, reserved, holds = _parts(session, ids), _reserved(session, ids), _holds(session, ids)
    lines = []
    for row, dropship in rows:
        of_line = tuple(parts[row.id]) or (PartUnits(WHOLE_LINE, row.qty, row.qty_shipped, row.qty_cancelled),)
        units = LineUnits(
            line_id=row.id,
            order=order.number,
            line_no=row.line_no,
            status=order.status,
            dropship=bool(dropship),
            parts=of_line,
            reserved=reserved_of_open(reserved[row.id], of_line if order.status == OPEN else ()),
            holds=tuple(holds[row.id]),
        )
        lines.append(LoadedLine(row, units))
    return LoadedOrder(order, tuple(lines))


def cancel_units(
    session: Session, line: LoadedLine, gone: Sequence[PartUnitsGone], *, reason: str, actor: Any
) -> list[HoldEnd]:
    """Units of a line that nobody wants any more: a cancellation each part, the line's copies, and the holds that end
    with them, which come back.
    """
    row = models.Cancellation
    for one in gone:
        taken = session.scalars(select(row.cancelled_at).where(row.line_id == line.row.id, row.part == one.part))
        session.add(
            row(
                line_id=line.row.id,
                part=one.part,
                qty=one.qty,
                cancelled_at=free_instant(clock.now(), taken),
                reason=reason,
            )
        )
    less = {one.part: one.qty for one in gone}
    ends = ended_by_cut(line.units.holds, {part.part: part.left - less.get(part.part, 0) for part in line.units.parts})
    end_holds(session, ends, actor=actor, reason=UNITS_CANCELLED)
    close_units(session, line, cancelled=gone)
    return ends


def close_units(
    session: Session,
    line: LoadedLine,
    *,
    shipped: Sequence[PartUnitsGone] = (),
    cancelled: Sequence[PartUnitsGone] = (),
) -> None:
    """Units that are open no more: the copies of the line, and of its parts where it is divided, change together."""
    row = line.row
    row.qty_shipped += sum(one.qty for one in shipped)
    row.qty_cancelled += sum(one.qty for one in cancelled)
    row.qty_open = row.qty - row.qty_shipped - row.qty_cancelled
    parts = session.scalars(select(models.LinePart).where(models.LinePart.line_id == row.id))
    divided = {part.part: part for part in parts}
    if divided:
        for one in shipped:
            divided[one.part].qty_shipped += one.qty
        for one in cancelled:
            divided[one.part].qty_cancelled += one.qty
    session.flush()
    end_with_units(session, row, cancelled=cancelled)


def end_holds(session: Session, ends: Iterable[HoldEnd], *, actor: Any, reason: str) -> None:
    """Units of holds end; where only some do, those are a row of their own, so that each row tells one story."""
    for end in ends:
        hold = session.get_one(models.Hold, end.hold.id)
        if end.qty < hold.qty:
            hold.qty -= end.qty
            hold = models.Hold(
                line_id=hold.line_id,
                part=hold.part,
                location_id=hold.location_id,
                purchase_order_line_id=hold.purchase_order_line_id,
                qty=end.qty,
                kind=hold.kind,
                reason=hold.reason,
                made_at=hold.made_at,
                made_by=hold.made_by,
            )
            session.add(hold)
        hold.ended_at, hold.ended_by, hold.end_reason = clock.now(), getattr(actor, "id", actor), reason
    session.flush()


def move_holds(session: Session, moves: Iterable[HeldMove]) -> None:
    """Units of holds belong to another part; where only some do, those are a row of their own."""
    for move in moves:
        hold = session.get_one(models.Hold, move.hold.id)
        if move.qty < hold.qty:
            hold.qty -= move.qty
            session.add(
                models.Hold(
                    line_id=hold.line_id,
                    part=move.to_part,
                    location_id=hold.location_id,
                    purchase_order_line_id=hold.purchase_order_line_id,
                    qty=move.qty,
                    kind=hold.kind,
                    reason=hold.reason,
                    made_at=hold.made_at,
                    made_by=hold.made_by,
                )
            )
        else:
            hold.part = move.to_part
    session.flush()


def touch(*rows: models.Order | models.OrderLine) -> None:
    """New versions, though no column of the rows themselves changes: forms that were opened before are told so."""
    for row in rows:
        flag_modified(row, "qty" if isinstance(row, models.OrderLine) else "status")


def _skus(session: Session, order_id: int, line_no: int | None) -> set[int]:
    line = models.OrderLine
    query = select(line.sku_id).where(line.order_id == order_id)
    return set(session.scalars(query.where(line.qty_open > 0 if line_no is None else line.line_no == line_no)))


def _parts(session: Session, ids: list[int]) -> dict[int, list[PartUnits]]:
    part = models.LinePart
    found = defaultdict(list)
    for line_id, *units in session.execute(
        select(part.line_id, part.part, part.qty, part.qty_shipped, part.qty_cancelled)
        .where(part.line_id.in_(ids))
        .order_by(part.line_id, part.part)
    ):
        found[line_id].append(PartUnits(*units))
    return found


def _reserved(session: Session, ids: list[int]) -> dict[int, list[ReservedUnits]]:
    one, place = models.Reservation, models.Location
    found = defaultdict(list)
    for line_id, *units in session.execute(
        select(one.line_id, one.part, one.location_id, place.code, one.held, one.qty)
        .join(place, place.id == one.location_id)
        .where(one.line_id.in_(ids))
        .order_by(one.line_id, one.part, place.code, one.held)
    ):
        found[line_id].append(ReservedUnits(*units))
    return found


def _holds(session: Session, ids: list[int]) -> dict[int, list[HeldUnits]]:
    hold = models.Hold
    found = defaultdict(list)
    for line_id, *units in session.execute(
        select(hold.line_id, hold.id, hold.part, hold.kind, hold.qty, hold.location_id, hold.purchase_order_line_id)
        .where(hold.line_id.in_(ids), hold.ended_at.is_(None))
        .order_by(hold.line_id, hold.id)
    ):
        found[line_id].append(HeldUnits(*units))
    return found
