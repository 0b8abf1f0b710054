"""What the form of a tie offers: the purchase orders that bring the SKU."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dashboard.actions.order_queries import ShownLine
from dashboard.models import PurchaseOrder, PurchaseOrderLine, Supplier
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
