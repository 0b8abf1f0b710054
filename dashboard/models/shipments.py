"""What left, and what was cancelled."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, String, UniqueConstraint
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
