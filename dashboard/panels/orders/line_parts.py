"""The parts of a divided line, and the split that could be undone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dashboard.models import LinePart, Reservation, ShipmentSplit, Waiting


@dataclass(frozen=True, slots=True)
class PartOfLine:
    """A part of a line: its units, its date, and what its own parcel costs."""

    part: int
    qty: int
    qty_shipped: int
    qty_cancelled: int
    qty_here: int
    eta: date | None  # of those that wait
    extra_shipping: int | None  # micro-units
    extra_shipping_charged: bool | None

    @property
    def qty_waiting(self) -> int:
        return self.qty - self.qty_shipped - self.qty_cancelled - self.qty_here


def parts_of(session: Session, line_id: int) -> list[PartOfLine]:
    """Every part of a line by number; none where it is not divided."""
    here = (
        select(Reservation.part, func.sum(Reservation.qty).label("qty"))
        .where(Reservation.line_id == line_id)
        .group_by(Reservation.part)
        .subquery()
    )
    rows = session.execute(
        select(
            LinePart.part,
            LinePart.qty,
            LinePart.qty_shipped,
            LinePart.qty_cancelled,
            func.coalesce(here.c.qty, 0).label("qty_here"),
            Waiting.eta,
            LinePart.extra_shipping,
            LinePart.extra_shipping_charged,
        )
        .outerjoin(here, here.c.part == LinePart.part)
        .outerjoin(Waiting, (Waiting.line_id == LinePart.line_id) & (Waiting.part == LinePart.part))
        .where(LinePart.line_id == line_id)
        .order_by(LinePart.part)
    )
    return [PartOfLine(*row) for row in rows]


def last_split(session: Session, line_id: int) -> int | None:
    """The id of the split of a line that is undone first; None where there is none."""
    return session.scalar(
        select(func.max(ShipmentSplit.id)).where(ShipmentSplit.line_id == line_id, ShipmentSplit.undone_at.is_(None))
    )
