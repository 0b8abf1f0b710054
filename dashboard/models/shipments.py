"""What left, and what was cancelled."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from dashboard.database import Base, Instant, Key, LoadId, Name, PrimaryKey, Quantity

CUSTOMERS_CANCEL = "customer"  # the only reason that is a customer's cancel


class Shipment(Base):
    """A parcel, or several under one number."""

    __tablename__ = "shipments"

    id: Mapped[PrimaryKey]
    number: Mapped[Name] = mapped_column(unique=True)
    load_id: Mapped[LoadId]


class ShipmentLine(Base):
    """Units of a line's part that left in a shipment."""

    __tablename__ = "shipment_lines"

    id: Mapped[PrimaryKey]
    shipment_id: Mapped[int] = mapped_column(Key, ForeignKey("shipments.id"))
    line_id: Mapped[int] = mapped_column(Key, ForeignKey("order_lines.id"))
    part: Mapped[int] = mapped_column(SmallInteger, default=1, server_default="1")
    location_id: Mapped[int | None] = mapped_column(Key, ForeignKey("locations.id"), doc="Known for the desk's own.")
    qty: Mapped[Quantity]
    shipped_at: Mapped[datetime] = mapped_column(Instant)
    carrier: Mapped[str | None] = mapped_column(String)
    tracking: Mapped[str | None] = mapped_column(String)
    load_id: Mapped[LoadId]

    __table_args__ = (
        UniqueConstraint("shipment_id", "line_id", "part"),
        CheckConstraint("qty > 0", name="qty"),
        Index(None, "line_id"),
        # Looked up in any case, and never sorted by.
        Index("ix_shipment_lines_tracking", text("upper(tracking)")),
    )


class ShipmentSplit(Base):
    """Somebody divided a part of a line: into which parts, for what, and whether it was undone."""

    __tablename__ = "shipment_splits"

    id: Mapped[PrimaryKey]
    line_id: Mapped[int] = mapped_column(Key, ForeignKey("order_lines.id"))
    part: Mapped[int] = mapped_column(SmallInteger, doc="The part that was divided, and stays under its number.")
    first_made: Mapped[int] = mapped_column(SmallInteger, doc="The new parts are numbered from here …")
    last_made: Mapped[int] = mapped_column(SmallInteger, doc="… to here.")
    qty_shipped: Mapped[Quantity] = mapped_column(doc="What had left of the part before.")
    mode: Mapped[str] = mapped_column(String(8), doc="What is here leaves by itself, or it is divided by quantity.")
    made_at: Mapped[datetime] = mapped_column(Instant)
    made_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    undone_at: Mapped[datetime | None] = mapped_column(Instant)
    undone_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    __table_args__ = (
        CheckConstraint("mode IN ('here', 'divide')", name="mode"),
        CheckConstraint("part >= 1 AND first_made > part AND last_made >= first_made", name="parts"),
        CheckConstraint("qty_shipped >= 0", name="shipped"),
        Index(None, "line_id"),
    )


class Cancellation(Base):
    """Units of a line's part that nobody will ship, when, and who wanted it."""

    __tablename__ = "cancellations"

    id: Mapped[PrimaryKey]
    line_id: Mapped[int] = mapped_column(Key, ForeignKey("order_lines.id"))
    part: Mapped[int] = mapped_column(SmallInteger, default=1, server_default="1")
    qty: Mapped[Quantity]
    cancelled_at: Mapped[datetime] = mapped_column(Instant)
    reason: Mapped[str | None] = mapped_column(String)
    load_id: Mapped[LoadId]

    __table_args__ = (
        UniqueConstraint("line_id", "part", "cancelled_at"),
        CheckConstraint("qty > 0", name="qty"),
    )
