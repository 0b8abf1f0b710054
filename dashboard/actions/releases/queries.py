"""What the form of a release shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dashboard.models import Hold, Location, Order, OrderLine, PurchaseOrder, PurchaseOrderLine, Sku, User


@dataclass(frozen=True, slots=True)
class ShownHold:
    """A hold, or a tie, with its line."""

    id: int
    qty: int
    kind: str
    location: str | None
    purchase_order: str | None  # of a tie
    reason: str | None
    made_at: datetime
    made_by: str | None
    order: str
    line_no: int
    product: str
    version: int  # of the line


def find_hold(session: Session, hold_id: int) -> ShownHold | None:
    """The hold of that id."""
    row = session.execute(
        select(
            Hold.id,
            Hold.qty,
            Hold.kind,
            Location.code,
            PurchaseOrder.number,
            Hold.reason,
            Hold.made_at,
            func.coalesce(User.name, User.email),
            Order.number,
            OrderLine.line_no,
            func.coalesce(Sku.name, Sku.code),
            OrderLine.version,
        )
        .join(OrderLine, OrderLine.id == Hold.line_id)
        .join(Order, Order.id == OrderLine.order_id)
        .join(Sku, Sku.id == OrderLine.sku_id)
        .outerjoin(Location, Location.id == Hold.location_id)
        .outerjoin(PurchaseOrderLine, PurchaseOrderLine.id == Hold.purchase_order_line_id)
        .outerjoin(PurchaseOrder, PurchaseOrder.id == PurchaseOrderLine.purchase_order_id)
        .outerjoin(User, User.id == Hold.made_by)
        .where(Hold.id == hold_id)
    ).first()
    return None if row is None else ShownHold(*row)
