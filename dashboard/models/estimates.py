"""What history teaches, stored narrow so that planning and panels read it cheaply."""

from __future__ import annotations

from datetime import date

from sqlalchemy import BigInteger, CheckConstraint, Float, ForeignKey, Index, Integer, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from dashboard.database import Base, Day, Key, Name, Quantity


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


class ServiceLevel(Base):
    """How sure the shop wants to be that SKUs of a class do not run out: z of the normal distribution (1.6449 is 95 %).

    A class without a row has the usual one; the merchant edits the rows.
    """

    __tablename__ = "service_levels"

    sku_class: Mapped[Name] = mapped_column(primary_key=True)
    z: Mapped[float] = mapped_column(Float)

    __table_args__ = (CheckConstraint("z >= 0", name="z"),)


class DemandEstimate(Base):
    """Units ordered a day over the 90 whole days before `as_of`, counted over days when the SKU could be bought; and
    what else of the past and of the calendar its reorder point rests on.

    Sums and counts are kept beside what follows from them, so that every figure can be had without rounding.
    """

    __tablename__ = "demand_estimates"

    sku_id: Mapped[int] = mapped_column(Key, ForeignKey("skus.id"), primary_key=True)
    as_of: Mapped[date] = mapped_column(Day)
    units: Mapped[Quantity]
    selling_days: Mapped[int]
    units_on_selling_days: Mapped[Quantity]
    squares_on_selling_days: Mapped[int] = mapped_column(BigInteger, doc="Of the units of each such day, summed.")
    demand_per_day: Mapped[float | None] = mapped_column(Float)
    demand_sd: Mapped[float | None] = mapped_column(Float)
    # Without a foreign key: when a supplier is removed, all is learnt anew in the same transaction.
    supplier_id: Mapped[int | None] = mapped_column(BigInteger, doc="The preferred one.")
    lead_receipts: Mapped[Quantity] = mapped_column(doc="Whose lead time this is the mean of; 0: it is as quoted.")
    lead_days: Mapped[int | None] = mapped_column(BigInteger, doc="Of all those receipts together; or as quoted.")
    min_order_qty: Mapped[Quantity | None]
    pack_size: Mapped[Quantity | None]
    extra_units: Mapped[Quantity] = mapped_column(doc="That known events add within the lead time.")
    safety_stock: Mapped[Quantity | None] = mapped_column(doc="Computed: what demand and lead time ask for.")
    shelf_emptied_on: Mapped[date | None] = mapped_column(
        Day, doc="By the stock history, else the day of the SKU's oldest backordered line."
    )
    emptied_in_history: Mapped[bool] = mapped_column(doc="Whether the stock history says when the shelf emptied.")
    spike: Mapped[bool] = mapped_column(doc="Demand stood out on the 14 days before the shelf emptied.")


class SkuFigure(Base):
    """How one SKU stands: what is there, what comes, what waits, how fast it sells, and what to order.

    `dashboard.planning` writes it with the plan. The columns that end in `order` say the same as a figure that may be
    unknown or broken, as a whole number that lists are sorted by: in millionths, unknown at the end where it matters
    least.
    """

    __tablename__ = "sku_figures"

    sku_id: Mapped[int] = mapped_column(Key, ForeignKey("skus.id"), primary_key=True)
    digest: Mapped[int] = mapped_column(BigInteger, doc="Fingerprint of the row: what differs is found by it.")
    sku: Mapped[Name]
    sku_class: Mapped[Name] = mapped_column(doc="Empty where not known.")
    supplier_id: Mapped[int | None] = mapped_column(BigInteger, doc="The preferred one, as in `demand_estimates`.")
    on_hand: Mapped[Quantity | None] = mapped_column(doc="At all locations; empty where nothing was ever counted.")
    reserved: Mapped[Quantity]
    available: Mapped[Quantity]
    incoming: Mapped[Quantity] = mapped_column(doc="Open units of purchase orders that supply.")
    backordered: Mapped[Quantity]
    units: Mapped[Quantity] = mapped_column(doc="Ordered over the 90 days; demand a day is these ÷ selling days.")
    selling_days: Mapped[int]
    demand_sd: Mapped[float | None] = mapped_column(Float)
    demand_order: Mapped[int] = mapped_column(BigInteger)
    cover_order: Mapped[int] = mapped_column(BigInteger, doc="Days for which what is available lasts.")
    lead_receipts: Mapped[Quantity]
    lead_days: Mapped[int | None] = mapped_column(BigInteger)
    lead_order: Mapped[int] = mapped_column(BigInteger)
    extra_units: Mapped[Quantity]
    safety_stock: Mapped[Quantity | None] = mapped_column(doc="Typed, else computed.")
    reorder_point: Mapped[Quantity | None] = mapped_column(doc="Typed, else computed.")
    point_order: Mapped[Quantity]
    position: Mapped[Quantity] = mapped_column(doc="On hand + incoming − reserved − backordered.")
    suggested_order: Mapped[Quantity]
    status: Mapped[str] = mapped_column(String(8))
    status_order: Mapped[int] = mapped_column(SmallInteger, doc="The most pressing is 0.")

    __table_args__ = (
        CheckConstraint("status IN ('out', 'below', 'soon', 'ok', 'idle')", name="status"),
        CheckConstraint("suggested_order >= 0", name="suggested_order"),
        # The orders in which the list can be read.
        Index("ix_sku_figures_status", "status_order", "cover_order", "sku"),
        Index("ix_sku_figures_sku", "sku"),
        Index("ix_sku_figures_available", "available", "sku"),
        Index("ix_sku_figures_incoming", "incoming", "sku"),
        Index("ix_sku_figures_backordered", "backordered", "sku"),
        Index("ix_sku_figures_demand", "demand_order", "sku"),
        Index("ix_sku_figures_cover", "cover_order", "sku"),
        Index("ix_sku_figures_lead", "lead_order", "sku"),
        Index("ix_sku_figures_point", "point_order", "sku"),
        Index("ix_sku_figures_suggested", "suggested_order", "sku"),
        # What the panel counts: of all, of one supplier's, of one class.
        Index("ix_sku_figures_counted", "status", "suggested_order"),
        Index("ix_sku_figures_of_supplier", "supplier_id", "status", "suggested_order"),
        Index("ix_sku_figures_of_class", "sku_class", "status", "suggested_order"),
    )


class CancelRisk(Base):
    """The chance that a waiting line is cancelled by its customer within 14 days, with the model that says so."""

    __tablename__ = "cancel_risks"

    line_id: Mapped[int] = mapped_column(Key, ForeignKey("order_lines.id"), primary_key=True)
    chance: Mapped[float | None] = mapped_column(Float)
    reasons: Mapped[str]
    model: Mapped[str]
    scored_on: Mapped[date] = mapped_column(Day)

    __table_args__ = (CheckConstraint("chance >= 0 AND chance <= 1", name="chance"),)
