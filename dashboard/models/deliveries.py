"""What suppliers' vans brought for purchase orders, with what was damaged or never ordered."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from dashboard.database import Base, Instant, Key, Name, PrimaryKey, Quantity


class Delivery(Base):
    """What came at once for a purchase order. Its receipts are the supply; this says what came beside them."""

    __tablename__ = "deliveries"

    id: Mapped[PrimaryKey]
    number: Mapped[Name] = mapped_column(unique=True)
    purchase_order_id: Mapped[int] = mapped_column(Key, ForeignKey("purchase_orders.id"))
    location_id: Mapped[int] = mapped_column(Key, ForeignKey("locations.id"))
    came_at: Mapped[datetime] = mapped_column(Instant)
    taken_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    remark: Mapped[str | None] = mapped_column(String)
    reversed_at: Mapped[datetime | None] = mapped_column(Instant)
    reversed_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    __table_args__ = (Index(None, "purchase_order_id"),)


class DeliveryLine(Base):
    """Units of one SKU in a delivery: what went on the shelf (of a line of the order: under a receipt), what was
    rejected. A line of no purchase-order line came though nobody ordered it.
    """

    __tablename__ = "delivery_lines"

    id: Mapped[PrimaryKey]
    delivery_id: Mapped[int] = mapped_column(Key, ForeignKey("deliveries.id"))
    purchase_order_line_id: Mapped[int | None] = mapped_column(Key, ForeignKey("purchase_order_lines.id"))
    receipt_line_id: Mapped[int | None] = mapped_column(Key, ForeignKey("receipt_lines.id"))
    sku_id: Mapped[int | None] = mapped_column(Key, ForeignKey("skus.id"), doc="Empty: the desk does not know it.")
    sku: Mapped[Name] = mapped_column(doc="As its label says.")
    qty: Mapped[Quantity] = mapped_column(doc="All that came.")
    qty_stocked: Mapped[Quantity]
    qty_rejected: Mapped[Quantity]

    __table_args__ = (
        CheckConstraint("qty > 0", name="qty"),
        CheckConstraint(
            "qty_stocked >= 0 AND qty_rejected >= 0 AND qty_stocked + qty_rejected <= qty", name="parts_of_qty"
        ),
        CheckConstraint(
            "purchase_order_line_id IS NULL OR qty_stocked + qty_rejected = qty", name="ordered_is_stocked_or_rejected"
        ),
        CheckConstraint(
            "(receipt_line_id IS NOT NULL) = (purchase_order_line_id IS NOT NULL AND qty_stocked > 0)",
            name="ordered_and_stocked_has_its_receipt",
        ),
        Index(None, "delivery_id"),
        Index(None, "purchase_order_line_id"),
        Index(None, "receipt_line_id"),
    )
