"""Whom the shop buys from, and on which terms each SKU."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from dashboard.database import Base, Key, LoadId, Micros, Name, PrimaryKey, Quantity


class Supplier(Base):
    """Somebody who delivers goods, to the shop or straight to the customer."""

    __tablename__ = "suppliers"

    id: Mapped[PrimaryKey]
    code: Mapped[Name] = mapped_column(unique=True)
    name: Mapped[str | None] = mapped_column(String)
    email: Mapped[str | None] = mapped_column(String)
    country: Mapped[str | None] = mapped_column(String)
    lead_time_days: Mapped[int | None] = mapped_column(doc="Quoted, calendar days.")
    dropship: Mapped[bool | None] = mapped_column(doc="Ships straight to the customer.")
    active: Mapped[bool | None] = mapped_column(doc="Unknown counts as active.")
    load_id: Mapped[LoadId]

    __table_args__ = (CheckConstraint("lead_time_days >= 0", name="lead_time"),)


class SupplierSku(Base):
    """The terms on which a supplier sells a SKU."""

    __tablename__ = "supplier_skus"

    id: Mapped[PrimaryKey]
    supplier_id: Mapped[int] = mapped_column(Key, ForeignKey("suppliers.id"))
    sku_id: Mapped[int] = mapped_column(Key, ForeignKey("skus.id"))
    unit_cost: Mapped[Micros | None]
    lead_time_days: Mapped[int | None] = mapped_column(doc="Quoted for this SKU, calendar days.")
    min_order_qty: Mapped[Quantity | None]
    pack_size: Mapped[Quantity | None]
    preferred: Mapped[bool | None]
    load_id: Mapped[LoadId]

    __table_args__ = (
        UniqueConstraint("supplier_id", "sku_id"),
        CheckConstraint("unit_cost >= 0", name="cost"),
        CheckConstraint("lead_time_days >= 0", name="lead_time"),
        CheckConstraint("min_order_qty >= 0", name="minimum"),
        CheckConstraint("pack_size >= 0", name="pack"),
        Index(None, "sku_id"),
    )
