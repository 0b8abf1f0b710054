"""What the shop ordered from suppliers, and what came."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dashboard.database import Base, Day, Instant, Key, LoadId, Micros, Name, PrimaryKey, Quantity
from dashboard.models.suppliers import Supplier

PURCHASE_ORDER_STATUSES = ("draft", "sent", "confirmed", "cancelled", "closed")
SUPPLYING_STATUSES = ("sent", "confirmed")
PROMISING_STATUSES = (*SUPPLYING_STATUSES, "closed")  # whose promises were made to be kept


class PurchaseOrder(Base):
    """An order to a supplier. Only sent and confirmed ones supply anything."""

    __tablename__ = "purchase_orders"

    id: Mapped[PrimaryKey]
    number: Mapped[Name] = mapped_column(unique=True)
    supplier_id: Mapped[int] = mapped_column(Key, ForeignKey("suppliers.id"))
    ordered_at: Mapped[datetime] = mapped_column(Instant)
    ordered_on: Mapped[date] = mapped_column(Day, doc="The shop's date of ordered_at; a copy.")
    promised_date: Mapped[date | None] = mapped_column(Day)
    expected_date: Mapped[date | None] = mapped_column(Day)
    status: Mapped[str] = mapped_column(String(10), default="sent", server_default="sent")
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    load_id: Mapped[LoadId]
    ended_at: Mapped[datetime | None] = mapped_column(
        Instant, doc="When the desk cancelled it; no file that still has it open brings it back."
    )

    supplier: Mapped[Supplier] = relationship(lazy="raise")

    __table_args__ = (
        CheckConstraint("status IN ('draft', 'sent', 'confirmed', 'cancelled', 'closed')", name="status"),
        Index(None, "supplier_id"),
        # A handful among all that were ever sent.
        Index(
            "ix_purchase_orders_drafts",
            "id",
            sqlite_where=text("status = 'draft'"),
            postgresql_where=text("status = 'draft'"),
        ),
    )
    __mapper_args__ = {"version_id_col": version}


class PurchaseOrderLine(Base):
    """One SKU of a purchase order. Quantities received and open are copies that `flask check` proves."""

    __tablename__ = "purchase_order_lines"

    id: Mapped[PrimaryKey]
    purchase_order_id: Mapped[int] = mapped_column(Key, ForeignKey("purchase_orders.id"))
    line_no: Mapped[int]
    sku_id: Mapped[int] = mapped_column(Key, ForeignKey("skus.id"))
    qty: Mapped[Quantity] = mapped_column(doc="Ordered, after reductions.")
    qty_promised: Mapped[Quantity] = mapped_column(
        doc="Ordered when first promised: what punctuality is measured against."
    )
    qty_received: Mapped[Quantity] = mapped_column(default=0, server_default="0")
    qty_open: Mapped[Quantity] = mapped_column(doc="Still to come; 0 while the purchase order supplies nothing.")
    unit_cost: Mapped[Micros | None]
    promised_date: Mapped[date | None] = mapped_column(Day, doc="As last stated for this line alone.")
    expected_date: Mapped[date | None] = mapped_column(Day, doc="As last stated for this line alone.")
    first_promise: Mapped[date | None] = mapped_column(
        Day, doc="First promised date, else first expected date; never overwritten."
    )
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    load_id: Mapped[LoadId]

    purchase_order: Mapped[PurchaseOrder] = relationship(lazy="raise")

    __table_args__ = (
        UniqueConstraint("purchase_order_id", "line_no"),
        CheckConstraint("qty >= 0", name="qty"),
        CheckConstraint("qty_promised >= 0", name="qty_promised"),
        CheckConstraint("qty_received >= 0", name="received"),
        CheckConstraint("qty_open >= 0 AND qty_open <= qty", name="open_within_ordered"),
        CheckConstraint("unit_cost >= 0", name="unit_cost"),
        Index(None, "sku_id"),
        Index(
            "ix_purchase_order_lines_open",
            "id",
            sqlite_where=text("qty_open > 0"),
            postgresql_where=text("qty_open > 0"),
        ),
    )
    __mapper_args__ = {"version_id_col": version}


# What the supplier says now: expected before promised, the line's own before its order's.
STATED_DATE = func.coalesce(
    PurchaseOrderLine.expected_date,
    PurchaseOrder.expected_date,
    PurchaseOrderLine.promised_date,
    PurchaseOrder.promised_date,
)


class Receipt(Base):
    """Goods that came in under one number."""

    __tablename__ = "receipts"

    id: Mapped[PrimaryKey]
    number: Mapped[Name] = mapped_column(unique=True)
    load_id: Mapped[LoadId]


class ReceiptLine(Base):
    """Units of a purchase-order line that reached the shelf."""

    __tablename__ = "receipt_lines"

    id: Mapped[PrimaryKey]
    receipt_id: Mapped[int] = mapped_column(Key, ForeignKey("receipts.id"))
    purchase_order_line_id: Mapped[int] = mapped_column(Key, ForeignKey("purchase_order_lines.id"))
    location_id: Mapped[int | None] = mapped_column(Key, ForeignKey("locations.id"), doc="Known for the desk's own.")
    qty: Mapped[Quantity]
    received_at: Mapped[datetime] = mapped_column(Instant)
    received_on: Mapped[date] = mapped_column(Day, doc="The shop's date of received_at; a copy.")
    observed: Mapped[bool] = mapped_column(
        default=True,
        server_default=text("true"),
        doc="False where the receipt comes before its order: it teaches nothing.",
    )
    reversed_at: Mapped[datetime | None] = mapped_column(Instant)
    reversed_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    load_id: Mapped[LoadId]

    __table_args__ = (
        UniqueConstraint("receipt_id", "purchase_order_line_id"),
        CheckConstraint("qty >= 0", name="qty"),
        Index(None, "purchase_order_line_id"),
        Index(None, "received_on"),
    )


class PurchaseOrderLetter(Base):
    """The letter by which a purchase order went to its supplier, with the file that it carries, as it was then."""

    __tablename__ = "purchase_order_letters"

    message_id: Mapped[int] = mapped_column(Key, ForeignKey("messages.id"), primary_key=True)
    purchase_order_id: Mapped[int] = mapped_column(Key, ForeignKey("purchase_orders.id"))
    file: Mapped[str] = mapped_column(Text)

    __table_args__ = (Index(None, "purchase_order_id"),)


class SupplierReassignment(Base):
    """Units taken from one supplier's order and given to another's: who, when, why, and both ends.

    One row a source; those of one act share the line that they went to.
    """

    __tablename__ = "supplier_reassignments"

    id: Mapped[PrimaryKey]
    from_line_id: Mapped[int | None] = mapped_column(
        Key, ForeignKey("purchase_order_lines.id"), doc="Empty: nobody had ordered them."
    )
    from_status: Mapped[str | None] = mapped_column(
        String(10), doc="Of the purchase order before, where nothing of it was left."
    )
    to_line_id: Mapped[int] = mapped_column(Key, ForeignKey("purchase_order_lines.id"))
    order_line_id: Mapped[int | None] = mapped_column(
        Key, ForeignKey("order_lines.id"), doc="Straight to whose customer they go."
    )
    sku_id: Mapped[int] = mapped_column(Key, ForeignKey("skus.id"))
    from_supplier_id: Mapped[int | None] = mapped_column(Key, ForeignKey("suppliers.id"))
    to_supplier_id: Mapped[int] = mapped_column(Key, ForeignKey("suppliers.id"))
    qty: Mapped[Quantity]
    made_at: Mapped[datetime] = mapped_column(Instant)
    made_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    undone_at: Mapped[datetime | None] = mapped_column(Instant)
    undone_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    __table_args__ = (
        CheckConstraint("qty > 0", name="qty"),
        Index(None, "from_line_id"),
        Index(None, "to_line_id"),
    )
