"""What the form of a receipt shows: the ordered line, what came of it so far, and where it may stand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dashboard.actions.shelves import FIRST_LOCATION
from dashboard.models import (
    Location,
    PurchaseOrder,
    PurchaseOrderLine,
    Receipt,
    ReceiptLine,
    Sku,
    Stock,
    Supplier,
)
from dashboard.models.purchase_orders import STATED_DATE


@dataclass(frozen=True, slots=True)
class PastReceipt:
    """What came of a line once before."""

    number: str
    qty: int
    received_at: datetime
    location: str | None  # None: it came with a file, and the count has it
    reversed_at: datetime | None


@dataclass(frozen=True, slots=True)
class ReceivableLine:
    """A line of a purchase order that goods may come in for."""

    id: int
    number: str
    line_no: int
    sku_id: int
    sku: str
    product: str
    supplier: str
    status: str
    qty: int
    qty_received: int
    qty_open: int
    stated: date | None
    version: int
    locations: tuple[str, ...]  # where it lies most first
    receipts: tuple[PastReceipt, ...]  # newest first

    @property
    def subject(self) -> str:
        return f"{self.number}/{self.line_no}"


@dataclass(frozen=True, slots=True)
class ReversibleReceipt:
    """A line of a receipt that may be taken back."""

    id: int
    number: str
    qty: int
    received_at: datetime
    location: str | None
    reversed_at: datetime | None
    purchase_order: str
    line_no: int
    sku: str
    product: str
    version: int  # of the purchase-order line


def find_line(session: Session, number: str, line_no: int) -> ReceivableLine | None:
    """The line of a purchase order, by the numbers that people know it by."""
    line, order = PurchaseOrderLine, PurchaseOrder
    row = session.execute(
        select(
            line.id, order.number, line.line_no, line.sku_id, Sku.code, func.coalesce(Sku.name, Sku.code),
            func.coalesce(Supplier.name, Supplier.code), order.status, line.qty, line.qty_received, line.qty_open,
            STATED_DATE, line.version,
        )
        .join(order, order.id == line.purchase_order_id)
        .join(Sku, Sku.id == line.sku_id)
        .join(Supplier, Supplier.id == order.supplier_id)
        .where(order.number == number, line.line_no == line_no)
    ).first()  # fmt: skip
    if row is None:
        return None
    return ReceivableLine(*row, locations_for(session, row[3]), _receipts_of(session, row[0]))


def locations_for(session: Session, sku_id: int) -> tuple[str, ...]:
    """Every location of the shop: first where most of the SKU lies, the others by name."""
    here = func.coalesce(Stock.on_hand, -1)
    known = session.scalars(
        select(Location.code)
        .outerjoin(Stock, (Stock.location_id == Location.id) & (Stock.sku_id == sku_id))
        .order_by(here.desc(), Location.code)
    )
    return tuple(known) or (FIRST_LOCATION,)


def _receipts_of(session: Session, line_id: int) -> tuple[PastReceipt, ...]:
    rows = session.execute(
        select(Receipt.number, ReceiptLine.qty, ReceiptLine.received_at, Location.code, ReceiptLine.reversed_at)
        .join(Receipt, Receipt.id == ReceiptLine.receipt_id)
        .outerjoin(Location, Location.id == ReceiptLine.location_id)
        .where(ReceiptLine.purchase_order_line_id == line_id)
        .order_by(ReceiptLine.received_at.desc(), ReceiptLine.id.desc())
    )
    return tuple(PastReceipt(*row) for row in rows)


def find_receipt(session: Session, number: str) -> ReversibleReceipt | None:
    """A receipt of the desk's own, which has one line."""
    line, order = PurchaseOrderLine, PurchaseOrder
    row = session.execute(
        select(
            ReceiptLine.id, Receipt.number, ReceiptLine.qty, ReceiptLine.received_at, Location.code,
            ReceiptLine.reversed_at, order.number, line.line_no, Sku.code, func.coalesce(Sku.name, Sku.code),
            line.version,
        )
        .join(Receipt, Receipt.id == ReceiptLine.receipt_id)
        .join(line, line.id == ReceiptLine.purchase_order_line_id)
        .join(order, order.id == line.purchase_order_id)
        .join(Sku, Sku.id == line.sku_id)
        .join(Location, Location.id == ReceiptLine.location_id)
        .where(Receipt.number == number)
        .order_by(ReceiptLine.id)
        .limit(1)
    ).first()  # fmt: skip
    return None if row is None else ReversibleReceipt(*row)
