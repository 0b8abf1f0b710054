"""What the form of a moved date shows: the ordered line, its dates, and its order's other open lines."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dashboard.models import PurchaseOrder, PurchaseOrderLine, Sku, Supplier
from dashboard.models.purchase_orders import STATED_DATE


@dataclass(frozen=True, slots=True)
class DatedLine:
    """A line of a purchase order whose day may move."""

    id: int
    number: str
    line_no: int
    sku: str
    product: str
    supplier: str
    qty_open: int
    stated: date | None
    first_promise: date | None
    open_lines: int  # of its whole order, with itself
    version: str


def find_line(session: Session, number: str, line_no: int) -> DatedLine | None:
    """The line of a purchase order, by the numbers that people know it by."""
    line, order = PurchaseOrderLine, PurchaseOrder
    row = session.execute(
        select(
            line.id,
            order.number,
            line.line_no,
            Sku.code,
            func.coalesce(Sku.name, Sku.code),
            func.coalesce(Supplier.name, Supplier.code),
            line.qty_open,
            STATED_DATE,
            line.first_promise,
            order.id,
        )
        .join(order, order.id == line.purchase_order_id)
        .join(Sku, Sku.id == line.sku_id)
        .join(Supplier, Supplier.id == order.supplier_id)
        .where(order.number == number, line.line_no == line_no)
    ).first()
    if row is None:
        return None
    open_lines = select(func.count()).where(line.purchase_order_id == row[9], line.qty_open > 0)
    return DatedLine(*row[:9], session.scalar(open_lines) or 0, version_of(session, row[9], line_no))


def version_of(session: Session, order_id: int, line_no: int) -> str:
    """Of the line and of its order: the one's dates stand on the other's."""
    versions = session.execute(
        select(PurchaseOrderLine.version, PurchaseOrder.version)
        .join(PurchaseOrder, PurchaseOrder.id == PurchaseOrderLine.purchase_order_id)
        .where(PurchaseOrder.id == order_id, PurchaseOrderLine.line_no == line_no)
    ).one()
    return ".".join(map(str, versions))
