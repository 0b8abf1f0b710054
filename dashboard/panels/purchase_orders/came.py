"""What vans brought for a purchase order, with what was damaged or never ordered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dashboard.models import Delivery, DeliveryLine, Location, ReceiptLine, User


@dataclass(frozen=True, slots=True)
class CameUnits:
    """Units of one SKU in a delivery."""

    sku: str
    is_ordered: bool
    qty: int
    qty_stocked: int
    qty_rejected: int
    is_reversed: bool  # its receipt was taken back by itself

    @property
    def aside(self) -> int:
        return self.qty - self.qty_stocked - self.qty_rejected


@dataclass(frozen=True, slots=True)
class CameDelivery:
    """One van."""

    number: str
    location: str
    came_at: datetime
    taken_by: str | None
    remark: str | None
    reversed_at: datetime | None
    units: tuple[CameUnits, ...]


def deliveries_of(session: Session, order_id: int) -> tuple[CameDelivery, ...]:
    """The deliveries of a purchase order, the newest first."""
    row, line = Delivery, DeliveryLine
    found: dict[int, list[CameUnits]] = {}
    for delivery_id, *units in session.execute(
        select(
            line.delivery_id,
            line.sku,
            line.purchase_order_line_id.is_not(None),
            line.qty,
            line.qty_stocked,
            line.qty_rejected,
            ReceiptLine.reversed_at.is_not(None),
        )
        .join(row, row.id == line.delivery_id)
        .outerjoin(ReceiptLine, ReceiptLine.id == line.receipt_line_id)
        .where(row.purchase_order_id == order_id)
        .order_by(line.id)
    ):
        found.setdefault(delivery_id, []).append(CameUnits(*units))
    rows = session.execute(
        select(
            row.id,
            row.number,
            Location.code,
            row.came_at,
            func.coalesce(User.name, User.email),
            row.remark,
            row.reversed_at,
        )
        .join(Location, Location.id == row.location_id)
        .outerjoin(User, User.id == row.taken_by)
        .where(row.purchase_order_id == order_id)
        .order_by(row.id.desc())
    )
    return tuple(CameDelivery(*particulars, tuple(found.get(key, ()))) for key, *particulars in rows)
