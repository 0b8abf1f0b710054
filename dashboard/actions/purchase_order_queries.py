"""A purchase order as the acts on it show it and decide upon it: its lines, what came of them, who is tied to them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dashboard.domain.draft_revisions import RevisableLine
from dashboard.domain.purchase_order_cancellations import CancellableLine, CancellableOrder
from dashboard.models import (
    Hold,
    Order,
    OrderLine,
    PurchaseOrder,
    PurchaseOrderLine,
    Sku,
    Supplier,
    SupplierReassignment,
    SupplierSku,
)
from dashboard.models.purchase_orders import STATED_DATE


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A line of a purchase order."""

    id: int
    line_no: int
    sku_id: int
    sku: str
    product: str
    currency: str | None
    qty: int
    received: int
    open: int
    unit_cost: int | None
    stated: date | None
    first_promise: date | None
    minimum: int | None
    pack: int | None
    moved_here: int  # units that a reassignment took from another order
    tied: tuple[tuple[str, int], ...]  # units that wait for it alone, by order


@dataclass(frozen=True, slots=True)
class ShownOrder:
    """A purchase order."""

    id: int
    number: str
    status: str
    supplier: str
    version: int
    lines: tuple[ShownLine, ...]

    @property
    def subject(self) -> str:
        """What the history calls it."""
        return f"purchase-order {self.number}"

    @property
    def subjects(self) -> tuple[str, ...]:
        """It and its lines: what may have been changed."""
        return (self.subject, *(f"purchase-order-line {self.number}/{line.line_no}" for line in self.lines))

    @property
    def skus(self) -> list[int]:
        return sorted({line.sku_id for line in self.lines})

    @property
    def qty(self) -> int:
        return sum(line.qty for line in self.lines)

    @property
    def open(self) -> int:
        return sum(line.open for line in self.lines)

    @property
    def stated(self) -> date | None:
        """The day on which the last of what is open should come; None where one has none."""
        days = [line.stated for line in self.lines if line.open]
        return None if None in days or not days else max(day for day in days if day is not None)

    @property
    def common_day(self) -> date | None:
        """The day on which all that is open should come; None where its lines have several, or one has none."""
        days = {line.stated for line in self.lines if line.open}
        return days.pop() if len(days) == 1 else None

    @property
    def cancellable(self) -> CancellableOrder:
        """As the rules of a cancel see it."""
        return CancellableOrder(
            self.number,
            self.status,
            tuple(
                CancellableLine(
                    line.qty, line.received, line.open, line.first_promise, line.stated, line.moved_here, line.tied
                )
                for line in self.lines
            ),
        )

    @property
    def revisable(self) -> tuple[RevisableLine, ...]:
        """Its lines as the rules of a draft see them."""
        return tuple(
            RevisableLine(line.line_no, line.sku, self.supplier, line.qty, line.moved_here, line.minimum, line.pack)
            for line in self.lines
        )


def order_numbered(session: Session, number: str) -> ShownOrder | None:
    """The purchase order of that number."""
    order_id = session.scalar(select(PurchaseOrder.id).where(PurchaseOrder.number == number))
    return None if order_id is None else read_order(session, order_id)


def read_order(session: Session, order_id: int) -> ShownOrder:
    """The purchase order (id), as it stands."""
    order, line, terms = PurchaseOrder, PurchaseOrderLine, SupplierSku
    head = session.execute(
        select(order.id, order.number, order.status, func.coalesce(Supplier.name, Supplier.code), order.version)
        .join(Supplier, Supplier.id == order.supplier_id)
        .where(order.id == order_id)
    ).one()
    rows = session.execute(
        select(
            line.id,
            line.line_no,
            line.sku_id,
            Sku.code,
            func.coalesce(Sku.name, Sku.code),
            Sku.currency,
            line.qty,
            line.qty_received,
            line.qty_open,
            line.unit_cost,
            STATED_DATE,
            line.first_promise,
            terms.min_order_qty,
            terms.pack_size,
        )
        .join(order, order.id == line.purchase_order_id)
        .join(Sku, Sku.id == line.sku_id)
        .outerjoin(terms, (terms.supplier_id == order.supplier_id) & (terms.sku_id == line.sku_id))
        .where(line.purchase_order_id == order_id)
        .order_by(line.line_no)
    ).all()
    ids = [row[0] for row in rows]
    moved, tied = _moved_to(session, ids), tied_to(session, ids)
    return ShownOrder(*head, tuple(ShownLine(*row, moved.get(row[0], 0), tied.get(row[0], ())) for row in rows))


def skus_of(session: Session, order_id: int) -> list[int]:
    """The SKUs (ids) of a purchase order, which never change by hand but while it is a draft."""
    line = PurchaseOrderLine
    return list(
        session.scalars(select(line.sku_id).where(line.purchase_order_id == order_id).distinct().order_by(line.sku_id))
    )


def _moved_to(session: Session, ids: Sequence[int]) -> dict[int, int]:
    row = SupplierReassignment
    moved = session.execute(
        select(row.to_line_id, func.sum(row.qty))
        .where(row.to_line_id.in_(ids), row.undone_at.is_(None))
        .group_by(row.to_line_id)
    )
    return {line_id: int(qty) for line_id, qty in moved}


def tied_to(session: Session, ids: Sequence[int]) -> dict[int | None, tuple[tuple[str, int], ...]]:
    """The units that are tied to lines of purchase orders, by line: of which order, and how many."""
    found: dict[int | None, list[tuple[str, int]]] = defaultdict(list)
    for line_id, number, qty in session.execute(
        select(Hold.purchase_order_line_id, Order.number, Hold.qty)
        .join(OrderLine, OrderLine.id == Hold.line_id)
        .join(Order, Order.id == OrderLine.order_id)
        .where(Hold.purchase_order_line_id.in_(ids), Hold.ended_at.is_(None), OrderLine.qty_open > 0)
        .order_by(Hold.id)
    ):
        found[line_id].append((number, qty))
    return {line_id: tuple(ties) for line_id, ties in found.items()}
