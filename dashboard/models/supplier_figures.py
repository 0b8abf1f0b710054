"""What each supplier kept of what it said, and what it still owes: as a whole, and of each of its SKUs."""

from __future__ import annotations

from datetime import date

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from dashboard.database import Base, Day, Key, Quantity

ALL_SKUS = 0  # in the place of a SKU's key: the supplier as a whole


class SupplierFigures(Base):
    """Lead times and punctuality, learnt from history; and what is open, kept by whoever changes it.

    Days are whole numbers of a fraction of a day, so that both databases hold, compare and page by the same.
    """

    __tablename__ = "supplier_figures"

    supplier_id: Mapped[int] = mapped_column(Key, ForeignKey("suppliers.id"), primary_key=True)
    # Without a foreign key, because the row of the supplier as a whole names no SKU.
    sku_id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False, doc="0: all that it delivers.")

    observations: Mapped[Quantity] = mapped_column(doc="Receipts of the last 730 days.")
    mean_micros: Mapped[int | None] = mapped_column(BigInteger, doc="Mean lead time, in millionths of a day.")
    sd_micros: Mapped[int | None] = mapped_column(BigInteger, doc="Its spread (n − 1); none of a single receipt.")
    p50_tenths: Mapped[int | None] = mapped_column(Integer, doc="The median, in tenths of a day.")
    p90_tenths: Mapped[int | None] = mapped_column(Integer, doc="Nine of ten took no longer, in tenths of a day.")
    quoted_days: Mapped[int | None] = mapped_column(Integer, doc="As the supplier quotes it; a copy.")
    units_due: Mapped[Quantity] = mapped_column(doc="First promised for one of the 365 days to yesterday.")
    units_on_time: Mapped[Quantity] = mapped_column(doc="Of these, what came by the first promised day.")
    carried: Mapped[bool] = mapped_column(doc="Among what the supplier sells, by its terms; true of the supplier.")

    open_units: Mapped[Quantity] = mapped_column(doc="Ordered, not received.")
    overdue_units: Mapped[Quantity] = mapped_column(doc="Of these, what should have come before today.")
    waiting_lines: Mapped[Quantity] = mapped_column(doc="Order lines that wait for it.")

    __table_args__ = (
        CheckConstraint("observations >= 0", name="observations"),
        CheckConstraint("(observations > 0) = (p50_tenths IS NOT NULL)", name="observed"),
        CheckConstraint("units_on_time >= 0 AND units_on_time <= units_due", name="on_time_within_due"),
        CheckConstraint("overdue_units >= 0 AND overdue_units <= open_units", name="overdue_within_open"),
        CheckConstraint("waiting_lines >= 0", name="waiting_lines"),
        Index("ix_supplier_figures_sku", "sku_id", "supplier_id"),
        {"sqlite_with_rowid": False},
    )


class SupplierMonth(Base):
    """Units that a supplier had first promised for days of a month, and those that came by then."""

    __tablename__ = "supplier_months"

    supplier_id: Mapped[int] = mapped_column(Key, ForeignKey("suppliers.id"), primary_key=True)
    month: Mapped[date] = mapped_column(Day, primary_key=True, doc="Its first day.")
    units_due: Mapped[Quantity]
    units_on_time: Mapped[Quantity]

    __table_args__ = (
        CheckConstraint("units_due > 0", name="due"),
        CheckConstraint("units_on_time >= 0 AND units_on_time <= units_due", name="on_time_within_due"),
        {"sqlite_with_rowid": False},
    )
