"""What is sold, where it lies, and what is known to come: SKUs, locations, stock, its past, and events."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from dashboard.database import Base, Day, Instant, Key, LoadId, Micros, Name, PrimaryKey, Quantity

BACKORDER_POLICIES = ("allow", "deny", "planned")


class Sku(Base):
    """One thing that can be ordered."""

    __tablename__ = "skus"

    id: Mapped[PrimaryKey]
    code: Mapped[Name] = mapped_column(unique=True)
    name: Mapped[str | None] = mapped_column(String)
    price: Mapped[Micros | None]
    cost: Mapped[Micros | None]
    currency: Mapped[str | None] = mapped_column(String(3))
    backorder_policy: Mapped[str] = mapped_column(String(8), default="allow", server_default="allow")
    safety_stock: Mapped[Quantity | None] = mapped_column(doc="Typed by the merchant; empty is not zero.")
    reorder_point: Mapped[Quantity | None] = mapped_column(doc="Typed by the merchant; empty is not zero.")
    active: Mapped[bool | None]
    sku_class: Mapped[str | None] = mapped_column(String)
    load_id: Mapped[LoadId]

    __table_args__ = (
        CheckConstraint("backorder_policy IN ('allow', 'deny', 'planned')", name="policy"),
        CheckConstraint("safety_stock >= 0", name="safety_stock"),
        CheckConstraint("reorder_point >= 0", name="reorder_point"),
        CheckConstraint("price >= 0", name="price"),
        CheckConstraint("cost >= 0", name="cost"),
    )


class Location(Base):
    """A place where stock stands."""

    __tablename__ = "locations"

    id: Mapped[PrimaryKey]
    code: Mapped[Name] = mapped_column(unique=True)
    load_id: Mapped[LoadId]


class Stock(Base):
    """What stands of a SKU at a location: as counted, as it is now, and the part held for named lines."""

    __tablename__ = "stock"

    id: Mapped[PrimaryKey]
    sku_id: Mapped[int] = mapped_column(Key, ForeignKey("skus.id"))
    location_id: Mapped[int] = mapped_column(Key, ForeignKey("locations.id"))
    counted: Mapped[Quantity] = mapped_column(doc="On hand as last counted or imported.")
    counted_at: Mapped[datetime] = mapped_column(Instant)
    on_hand: Mapped[Quantity] = mapped_column(doc="Counted, with what the desk posted after the count on top.")
    reserved: Mapped[Quantity] = mapped_column(
        default=0,
        server_default="0",
        doc="Copy of the sum of this place's reservations; written by planning.",
    )
    load_id: Mapped[LoadId]

    __table_args__ = (
        UniqueConstraint("sku_id", "location_id"),
        CheckConstraint("counted >= 0", name="counted"),
        CheckConstraint("on_hand >= 0", name="on_hand"),
        CheckConstraint("reserved >= 0 AND reserved <= on_hand", name="reserved_within_on_hand"),
        Index(None, "location_id"),
    )


class StockDay(Base):
    """What stood on the shelf, all locations, at the end of a shop day."""

    __tablename__ = "stock_days"

    sku_id: Mapped[int] = mapped_column(Key, ForeignKey("skus.id"), primary_key=True)
    day: Mapped[date] = mapped_column(Day, primary_key=True)
    on_hand: Mapped[Quantity]
    load_id: Mapped[LoadId]

    __table_args__ = (CheckConstraint("on_hand >= 0", name="on_hand"), {"sqlite_with_rowid": False})


class DemandEvent(Base):
    """A sale or press day known ahead, with the extra units that it will bring."""

    __tablename__ = "demand_events"

    id: Mapped[PrimaryKey]
    sku_id: Mapped[int] = mapped_column(Key, ForeignKey("skus.id"))
    name: Mapped[Name] = mapped_column(default="", server_default="")
    starts_on: Mapped[date] = mapped_column(Day)
    ends_on: Mapped[date] = mapped_column(Day)
    extra_units: Mapped[Quantity]
    load_id: Mapped[LoadId]

    __table_args__ = (
        UniqueConstraint("sku_id", "starts_on", "name"),
        CheckConstraint("ends_on >= starts_on", name="ends_after_start"),
        CheckConstraint("extra_units >= 0", name="extra_units"),
    )
