"""What the form of a sending shows: the draft, and all its lines."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dashboard.models import PurchaseOrder, PurchaseOrderLine, Sku, Supplier


@dataclass(frozen=True, slots=True)
class DraftedLine:
    """A line of a draft."""

    line_no: int
    sku: str
    product: str
    qty: int
    unit_cost: int | None
    currency: str | None

    @property
    def cost(self) -> int | None:
        return None if self.unit_cost is None else self.qty * self.unit_cost


@dataclass(frozen=True, slots=True)
class DraftedOrder:
    """A purchase order that may be sent."""

    id: int
    number: str
    status: str
    supplier: str
    email: str | None
    version: int
    lines: tuple[DraftedLine, ...]

    @property
    def qty(self) -> int:
        return sum(line.qty for line in self.lines)


def find_order(session: Session, number: str) -> DraftedOrder | None:
    """The purchase order of that number."""
    order, line = PurchaseOrder, PurchaseOrderLine
    row = session.execute(
        select(
            order.id,
            order.number,
            order.status,
            func.coalesce(Supplier.name, Supplier.code),
            Supplier.email,
            order.version,
        )
        .join(Supplier, Supplier.id == order.supplier_id)
        .where(order.number == number)
    ).first()
    if row is None:
        return None
    lines = session.execute(
        select(line.line_no, Sku.code, func.coalesce(Sku.name, Sku.code), line.qty, line.unit_cost, Sku.currency)
        .join(Sku, Sku.id == line.sku_id)
        .where(line.purchase_order_id == row.id)
        .order_by(line.line_no)
    )
    return DraftedOrder(*row, tuple(DraftedLine(*one) for one in lines))
