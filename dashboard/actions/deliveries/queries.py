"""What the form of a delivery shows: the purchase order, what is open of each line, where it may stand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dashboard.actions.receipts.queries import locations_for
from dashboard.models import (
    Delivery,
    DeliveryLine,
    Location,
    PurchaseOrder,
    PurchaseOrderLine,
    ReceiptLine,
    Sku,
    Supplier,
)
from dashboard.models.purchase_orders import STATED_DATE

VERSION_LETTERS = 24


@dataclass(frozen=True, slots=True)
class AwaitedRow:
    """A line of the purchase order."""

    id: int
    line_no: int
    sku_id: int
    sku: str
    product: str
    qty: int
    qty_received: int
    qty_open: int
    stated: date | None
    version: int


@dataclass(frozen=True, slots=True)
class ReceivableOrder:
    """A purchase order that a van may come for."""

    id: int
    number: str
    supplier: str
    status: str
    lines: tuple[AwaitedRow, ...]  # what is open first, each by number
    locations: tuple[str, ...]  # where most of its first product lies first

    @property
    def version(self) -> str:
        return version_of([(line.line_no, line.version) for line in self.lines])

    @property
    def qty_open(self) -> int:
        return sum(line.qty_open for line in self.lines)


@dataclass(frozen=True, slots=True)
class DeliveredRow:
    """What a delivery brought of a SKU."""

    sku: str
    is_ordered: bool
    qty: int
    qty_stocked: int
    qty_rejected: int
    is_reversed: bool


@dataclass(frozen=True, slots=True)
class ReversibleDelivery:
    """A delivery that may be taken back."""

    id: int
    number: str
    purchase_order: str
    location: str
    came_at: datetime
    reversed_at: datetime | None
    lines: tuple[DeliveredRow, ...]

    @property
    def version(self) -> str:
        """Another one once it is reversed, or a receipt of it is."""
        return version_of(
            [(0, int(self.reversed_at is not None)), *enumerate((int(one.is_reversed) for one in self.lines), start=1)]
        )

    @property
    def qty(self) -> int:
        return sum(line.qty_stocked for line in self.lines if not line.is_reversed)


def version_of(parts: list[tuple[int, int]]) -> str:
    """The state of several rows as one short word."""
    return sha256(repr(sorted(parts)).encode()).hexdigest()[:VERSION_LETTERS]


def find_order(session: Session, number: str) -> ReceivableOrder | None:
    """The purchase order of that number with all its lines."""
    order = PurchaseOrder
    row = session.execute(
        select(order.id, order.number, func.coalesce(Supplier.name, Supplier.code), order.status)
        .join(Supplier, Supplier.id == order.supplier_id)
        .where(order.number == number)
    ).first()
    if row is None:
        return None
    lines = awaited_rows(session, row.id)
    return ReceivableOrder(*row, lines, locations_for(session, lines[0].sku_id if lines else 0))


def awaited_rows(session: Session, order_id: int) -> tuple[AwaitedRow, ...]:
    """The lines of a purchase order: what is open first, each by number."""
    line = PurchaseOrderLine
    rows = session.execute(
        select(
            line.id,
            line.line_no,
            line.sku_id,
            Sku.code,
            func.coalesce(Sku.name, Sku.code),
            line.qty,
            line.qty_received,
            line.qty_open,
            STATED_DATE,
            line.version,
        )
        .join(PurchaseOrder, PurchaseOrder.id == line.purchase_order_id)
        .join(Sku, Sku.id == line.sku_id)
        .where(line.purchase_order_id == order_id)
        .order_by(line.qty_open == 0, line.line_no)
    )
    return tuple(AwaitedRow(*row) for row in rows)


def find_delivery(session: Session, number: str) -> ReversibleDelivery | None:
    """The delivery of that number."""
    row = session.execute(
        select(
            Delivery.id,
            Delivery.number,
            PurchaseOrder.number,
            Location.code,
            Delivery.came_at,
            Delivery.reversed_at,
        )
        .join(PurchaseOrder, PurchaseOrder.id == Delivery.purchase_order_id)
        .join(Location, Location.id == Delivery.location_id)
        .where(Delivery.number == number)
    ).first()
    return None if row is None else ReversibleDelivery(*row, _delivered(session, row.id))


def _delivered(session: Session, delivery_id: int) -> tuple[DeliveredRow, ...]:
    line = DeliveryLine
    rows = session.execute(
        select(
            line.sku,
            line.purchase_order_line_id.is_not(None),
            line.qty,
            line.qty_stocked,
            line.qty_rejected,
            ReceiptLine.reversed_at.is_not(None),
        )
        .outerjoin(ReceiptLine, ReceiptLine.id == line.receipt_line_id)
        .where(line.delivery_id == delivery_id)
        .order_by(line.id)
    )
    return tuple(DeliveredRow(row[0], bool(row[1]), *row[2:5], bool(row[5])) for row in rows)
