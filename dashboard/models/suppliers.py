"""Whom the shop buys from, and on which terms each SKU."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from dashboard.database import Base, Day, Key, LoadId, Micros, Name, PrimaryKey, Quantity


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


class SupplierCalendar(Base):
    """On which weekdays a supplier does not work, and whether it keeps the public holidays of its country: as somebody
    said it. Of a supplier without a row its country says both.
    """

    __tablename__ = "supplier_calendars"

    supplier_id: Mapped[int] = mapped_column(Key, ForeignKey("suppliers.id"), primary_key=True)
    days_off: Mapped[int] = mapped_column(SmallInteger, doc="Weekdays added up: Monday 1, Tuesday 2, … Sunday 64.")
    keeps_holidays: Mapped[bool]
    version: Mapped[int] = mapped_column(default=1, server_default="1")

    __table_args__ = (CheckConstraint("days_off >= 0 AND days_off < 127", name="works_some_day"),)
    __mapper_args__ = {"version_id_col": version}


class SupplierClosure(Base):
    """Days on which a supplier is closed beside its weekdays and holidays: a summer, a stock-taking."""

    __tablename__ = "supplier_closures"

    id: Mapped[PrimaryKey]
    supplier_id: Mapped[int] = mapped_column(Key, ForeignKey("suppliers.id"))
    first_day: Mapped[date] = mapped_column(Day)
    last_day: Mapped[date] = mapped_column(Day)

    __table_args__ = (
        CheckConstraint("last_day >= first_day", name="ends_after_start"),
        Index(None, "supplier_id"),
    )
