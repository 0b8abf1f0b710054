"""What the form of a tie offers: the purchase orders that bring the SKU."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Integer, func, select, type_coerce
from sqlalchemy.orm import Session

from dashboard.actions.order_queries import ShownLine
from dashboard.models import PurchaseOrder, PurchaseOrderLine, Supplier
from dashboard.models.plans import AFTER_ALL_DAYS
from dashboard.models.purchase_orders import STATED_DATE, SUPPLYING_STATUSES


@dataclass(frozen=True, slots=True)
class OfferedSupply:
    """A line of a purchase order that is still to come."""

    id: int
    purchase_order: str
    line_no: int
    supplier: str
    open: int
    stated: date | None  # the supplier's own date


def orders_that_bring(session: Session, sku_ids: Collection[int]) -> tuple[str, ...]:
    """The numbers of purchase orders from which any of these SKUs is still to come, soonest first."""
    row, order = PurchaseOrderLine, PurchaseOrder
    first = func.min(func.coalesce(type_coerce(STATED_DATE, Integer), AFTER_ALL_DAYS))
    return tuple(
        session.scalars(
            select(order.number)
            .join(row, row.purchase_order_id == order.id)
            .where(row.sku_id.in_(sku_ids), row.qty_open > 0, order.status.in_(SUPPLYING_STATUSES))
            .group_by(order.number)
            .order_by(first, order.number)
        )
    )


def supply_of(session: Session, line: ShownLine) -> tuple[OfferedSupply, ...]:
    """The open purchase-order lines of the line's SKU, soonest first."""
    row, order = PurchaseOrderLine, PurchaseOrder
    found = session.execute(
        select(
            row.id, order.number, row.line_no, func.coalesce(Supplier.name, Supplier.code), row.qty_open, STATED_DATE
        )
        .join(order, order.id == row.purchase_order_id)
        .join(Supplier, Supplier.id == order.supplier_id)
        .where(row.sku_id == line.sku_id, row.qty_open > 0, order.status.in_(SUPPLYING_STATUSES))
        .order_by(order.number, row.line_no)
    )  # fmt: skip
    offered = [OfferedSupply(*one) for one in found]
    return tuple(sorted(offered, key=lambda one: (one.stated or date.max, one.purchase_order, one.line_no)))
