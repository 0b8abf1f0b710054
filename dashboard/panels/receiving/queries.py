"""Which purchase order a scanned code means, what should have come by now, and what came last."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import BigInteger, ColumnElement, func, select
from sqlalchemy.orm import Session

from dashboard.models import (
    Delivery,
    DeliveryLine,
    Location,
    PurchaseOrder,
    PurchaseOrderLine,
    Sku,
    Supplier,
    User,
)
from dashboard.models.purchase_orders import STATED_DATE
from dashboard.panels.filters import VALUES_AT_MOST

LISTED = 20
ALTERNATIVES = 20


class DueOrder(NamedTuple):
    """A purchase order of which something is still to come."""

    number: str
    supplier: str
    due: date | None  # the soonest stated day of what is open
    lines: int
    units: int


class DeliveryRow(NamedTuple):
    """A delivery that was taken in."""

    id: int
    number: str
    purchase_order: str
    supplier: str
    location: str
    came_at: datetime
    taken_by: str | None
    remark: str | None
    reversed_at: datetime | None
    stocked: int
    rejected: int
    strange: int  # units that nobody ordered and that stand aside


def is_order(session: Session, code: str) -> bool:
    """Whether a purchase order has this number."""
    return session.scalar(select(PurchaseOrder.id).where(PurchaseOrder.number == code)) is not None


def find_sku(session: Session, code: str) -> str | None:
    """The product of a SKU; None where there is none of that code."""
    return session.scalar(select(func.coalesce(Sku.name, Sku.code)).where(Sku.code == code))


def orders_of_sku(session: Session, code: str) -> tuple[DueOrder, ...]:
    """Purchase orders of which units of a SKU are still to come, soonest first."""
    return _due(session, Sku.code == code, limit=ALTERNATIVES)


def due_orders(session: Session, today: date) -> tuple[DueOrder, ...]:
    """What should have come by today, the longest overdue first."""
    stated = STATED_DATE
    return _due(session, stated <= today, limit=LISTED)


def count_due(session: Session, today: date) -> int:
    """How many purchase orders should have come by today."""
    line, order, stated = PurchaseOrderLine, PurchaseOrder, STATED_DATE
    return (
        session.scalar(
            select(func.count(order.id.distinct()))
            .join(line, line.purchase_order_id == order.id)
            .where(line.qty_open > 0, stated <= today)
        )
        or 0
    )


def _due(session: Session, condition: ColumnElement[bool], *, limit: int) -> tuple[DueOrder, ...]:
    line, order = PurchaseOrderLine, PurchaseOrder
    due = func.min(STATED_DATE)
    rows = session.execute(
        select(
            order.number,
            func.coalesce(Supplier.name, Supplier.code),
            due.label("due"),
            func.count(line.id),
            func.sum(line.qty_open).cast(BigInteger),
        )
        .join(line, line.purchase_order_id == order.id)
        .join(Supplier, Supplier.id == order.supplier_id)
        .join(Sku, Sku.id == line.sku_id)
        .where(line.qty_open > 0, condition)
        .group_by(order.id, order.number, Supplier.name, Supplier.code)
        .order_by(due.is_(None), due, order.number)
        .limit(limit)
    )
    return tuple(DueOrder(*row) for row in rows)


def deliveries(session: Session) -> tuple[DeliveryRow, ...]:
    """What came last, the newest first."""
    row, line = Delivery, DeliveryLine
    newest = select(row.id).order_by(row.id.desc()).limit(LISTED).subquery()
    summed = (
        select(
            line.delivery_id,
            func.sum(line.qty_stocked).cast(BigInteger).label("stocked"),
            func.sum(line.qty_rejected).cast(BigInteger).label("rejected"),
            func.sum(line.qty - line.qty_stocked - line.qty_rejected).cast(BigInteger).label("strange"),
        )
        .join(newest, newest.c.id == line.delivery_id)
        .group_by(line.delivery_id)
        .subquery()
    )
    rows = session.execute(
        select(
            row.id,
            row.number,
            PurchaseOrder.number,
            func.coalesce(Supplier.name, Supplier.code),
            Location.code,
            row.came_at,
            func.coalesce(User.name, User.email),
            row.remark,
            row.reversed_at,
            summed.c.stocked,
            summed.c.rejected,
            summed.c.strange,
        )
        .join(summed, summed.c.delivery_id == row.id)
        .join(PurchaseOrder, PurchaseOrder.id == row.purchase_order_id)
        .join(Supplier, Supplier.id == PurchaseOrder.supplier_id)
        .join(Location, Location.id == row.location_id)
        .outerjoin(User, User.id == row.taken_by)
        .order_by(row.id.desc())
    )
    return tuple(DeliveryRow(*one) for one in rows)


def stocked_skus(session: Session, delivery_ids: list[int]) -> dict[int, tuple[str, ...]]:
    """The SKUs that each delivery put on a shelf, as many as an address takes; none where they are more."""
    line = DeliveryLine
    found: dict[int, list[str]] = {}
    rows = session.execute(
        select(line.delivery_id, line.sku).where(line.delivery_id.in_(delivery_ids), line.qty_stocked > 0)
    )
    for delivery_id, sku in rows:
        found.setdefault(delivery_id, []).append(sku)
    return {key: tuple(sorted(skus)) if len(skus) <= VALUES_AT_MOST else () for key, skus in found.items()}
