"""What history teaches, stored narrow so that planning and panels read it cheaply."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, Float, ForeignKey, Integer
from sqlalchemy.orm import Mapped, mapped_column

from dashboard.database import Base, Day, Key, Quantity


class LatenessCount(Base):
    """How many observed receipts of a supplier came so many days after the first promise (negative: before)."""

    __tablename__ = "lateness_counts"

    supplier_id: Mapped[int] = mapped_column(Key, ForeignKey("suppliers.id"), primary_key=True)
    lateness_days: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    receipts: Mapped[Quantity]

    __table_args__ = (CheckConstraint("receipts > 0", name="positive"), {"sqlite_with_rowid": False})


class LeadTimeCount(Base):
    """How many observed receipts of a supplier's SKU took so many calendar days from order to receipt."""

    __tablename__ = "lead_time_counts"

    supplier_id: Mapped[int] = mapped_column(Key, ForeignKey("suppliers.id"), primary_key=True)
    sku_id: Mapped[int] = mapped_column(Key, ForeignKey("skus.id"), primary_key=True)
    lead_days: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    receipts: Mapped[Quantity]

    __table_args__ = (CheckConstraint("receipts > 0", name="positive"), {"sqlite_with_rowid": False})


class DemandEstimate(Base):
    """Units ordered a day over the 90 whole days before `as_of`, counted over days when the SKU could be bought."""

    __tablename__ = "demand_estimates"

    sku_id: Mapped[int] = mapped_column(Key, ForeignKey("skus.id"), primary_key=True)
    as_of: Mapped[date] = mapped_column(Day)
    units: Mapped[Quantity]
    selling_days: Mapped[int]
    demand_per_day: Mapped[float | None] = mapped_column(Float)
    demand_sd: Mapped[float | None] = mapped_column(Float)
    safety_stock: Mapped[Quantity | None] = mapped_column(doc="Computed: what demand and lead time ask for.")
    shelf_emptied_on: Mapped[date | None] = mapped_column(
        Day, doc="By the stock history, else the day of the SKU's oldest backordered line."
    )
    emptied_in_history: Mapped[bool] = mapped_column(doc="Whether the stock history says when the shelf emptied.")
    spike: Mapped[bool] = mapped_column(doc="Demand stood out on the 14 days before the shelf emptied.")


class CancelRisk(Base):
    """The chance that a waiting line is cancelled by its customer within 14 days, with the model that says so."""

    __tablename__ = "cancel_risks"

    line_id: Mapped[int] = mapped_column(Key, ForeignKey("order_lines.id"), primary_key=True)
    chance: Mapped[float | None] = mapped_column(Float)
    reasons: Mapped[str]
    model: Mapped[str]
    scored_on: Mapped[date] = mapped_column(Day)

    __table_args__ = (CheckConstraint("chance >= 0 AND chance <= 1", name="chance"),)
