"""What history teaches, stored narrow so that planning and panels read it cheaply."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Float, ForeignKey, Index, Integer, SmallInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from dashboard.database import Base, Day, Instant, Key, Name, PrimaryKey, Quantity

DEMAND_KINDS = ("smooth", "erratic", "intermittent", "lumpy")
FORECAST_METHODS = ("naive", "average", "smoothing", "trend", "sba", "tsb", "seasonal")


class LatenessCount(Base):
    """How many observed receipts of a supplier came so many days after the first promise (negative: before)."""

    __tablename__ = "lateness_counts"

    supplier_id: Mapped[int] = mapped_column(Key, ForeignKey("suppliers.id"), primary_key=True)
    lateness_days: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    receipts: Mapped[Quantity]

    __table_args__ = (CheckConstraint("receipts > 0", name="positive"), {"sqlite_with_rowid": False})


WHOLE_HOUSE = 0  # in the place of a supplier's key: what holds for all without a receipt of their own


class LatenessOutlook(Base):
    """Of what a supplier has not delivered so many days after it was due: by which day after that half of it comes,
    and nine of ten. A row holds up to the next one of its supplier; see dashboard/domain/likely_dates.py.
    """

    __tablename__ = "lateness_outlooks"

    # Without a foreign key, because the row of the whole house names no supplier.
    supplier_id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False, doc="0: the whole house.")
    moved: Mapped[int] = mapped_column(
        SmallInteger, primary_key=True, autoincrement=False, doc="1: measured from a date that was moved later."
    )
    at_least_days: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    half_by_days: Mapped[int | None] = mapped_column(Integer, doc="Empty where too few were ever so late.")
    nine_by_days: Mapped[int | None] = mapped_column(Integer)

    __table_args__ = (
        CheckConstraint("(half_by_days IS NULL) = (nine_by_days IS NULL)", name="both"),
        CheckConstraint("half_by_days <= nine_by_days", name="in_order"),
        CheckConstraint("moved IN (0, 1)", name="moved"),
        {"sqlite_with_rowid": False},
    )


class LatenessShift(Base):
    """By how many days a supplier's SKU is usually later than its supplier, where that is not nothing."""

    __tablename__ = "lateness_shifts"

    supplier_id: Mapped[int] = mapped_column(Key, ForeignKey("suppliers.id"), primary_key=True)
    sku_id: Mapped[int] = mapped_column(Key, ForeignKey("skus.id"), primary_key=True)
    days: Mapped[int] = mapped_column(Integer)

    __table_args__ = (
        CheckConstraint("days <> 0", name="days"),
        Index(None, "sku_id"),
        {"sqlite_with_rowid": False},
    )


class ShownDate(Base):
    """What the desk said of a line of a purchase order from a day on, until the next row of it says otherwise."""

    __tablename__ = "shown_dates"

    purchase_order_line_id: Mapped[int] = mapped_column(
        Key, ForeignKey("purchase_order_lines.id", ondelete="CASCADE"), primary_key=True
    )
    shown_on: Mapped[date] = mapped_column(Day, primary_key=True)
    eta: Mapped[date | None] = mapped_column(Day)
    late_eta: Mapped[date | None] = mapped_column(Day)
    likely_eta: Mapped[date | None] = mapped_column(Day)
    likely_late_eta: Mapped[date | None] = mapped_column(Day)

    __table_args__ = ({"sqlite_with_rowid": False},)


class KeptDates(Base):
    """How many dates said of a supplier's goods the calendar has judged, and how many of them held."""

    __tablename__ = "kept_dates"

    origin: Mapped[int] = mapped_column(
        SmallInteger, primary_key=True, autoincrement=False, doc="0: replayed from history, 1: shown."
    )
    rule: Mapped[int] = mapped_column(
        SmallInteger, primary_key=True, autoincrement=False, doc="0: the plain rule, 1: the likely one."
    )
    occasion: Mapped[int] = mapped_column(
        SmallInteger, primary_key=True, autoincrement=False, doc="0: said when ordered, 1: while it was open."
    )
    supplier_id: Mapped[int] = mapped_column(Key, ForeignKey("suppliers.id"), primary_key=True)
    judged: Mapped[Quantity] = mapped_column(doc="Dates whose late day is over.")
    held: Mapped[Quantity] = mapped_column(doc="Of these, late dates by which the goods were there.")
    eta_held: Mapped[Quantity] = mapped_column(doc="And of the dates for which they were announced.")
    loss_tenths: Mapped[int] = mapped_column(BigInteger, doc="Quantile loss of both dates, in tenths of a day.")
    as_of: Mapped[date] = mapped_column(Day)

    __table_args__ = (
        CheckConstraint("judged > 0 AND held >= 0 AND held <= judged", name="held_within_judged"),
        CheckConstraint("eta_held >= 0 AND eta_held <= held", name="eta_within_held"),
        CheckConstraint("origin IN (0, 1) AND rule IN (0, 1) AND occasion IN (0, 1)", name="kinds"),
        {"sqlite_with_rowid": False},
    )


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


class DemandForecast(Base):
    """What a SKU is likely to sell over the days after `as_of`, and between which numbers in eight cases of ten."""

    __tablename__ = "demand_forecasts"

    sku_id: Mapped[int] = mapped_column(Key, ForeignKey("skus.id"), primary_key=True)
    as_of: Mapped[date] = mapped_column(Day)
    kind: Mapped[str] = mapped_column(String(12), doc="How its demand comes.")
    method: Mapped[str] = mapped_column(String(12), doc="The one that was best at that kind.")
    units: Mapped[float] = mapped_column(Float, doc="Without what known events add.")
    low_units: Mapped[float] = mapped_column(Float)
    high_units: Mapped[float] = mapped_column(Float)
    event_units: Mapped[Quantity] = mapped_column(doc="That known events add.")

    __table_args__ = (
        CheckConstraint("low_units >= 0 AND low_units <= units AND units <= high_units", name="in_order"),
        CheckConstraint(f"kind IN ({', '.join(map(repr, DEMAND_KINDS))})", name="kind"),
        CheckConstraint(f"method IN ({', '.join(map(repr, FORECAST_METHODS))})", name="method"),
    )


class ForecastRecord(Base):
    """How far one method was off at one kind of demand, when history was replayed."""

    __tablename__ = "forecast_records"

    kind: Mapped[str] = mapped_column(String(12), primary_key=True)
    method: Mapped[str] = mapped_column(String(12), primary_key=True)
    as_of: Mapped[date] = mapped_column(Day)
    forecasts: Mapped[Quantity] = mapped_column(doc="Of SKUs, each for one stretch of days.")
    units: Mapped[float] = mapped_column(Float, doc="Sold over these days.")
    missed_units: Mapped[float] = mapped_column(Float, doc="By which forecasts were off, either way.")
    squared: Mapped[float] = mapped_column(Float, doc="The same squared, ÷ one more than the units of the SKU's year.")
    covered: Mapped[Quantity] = mapped_column(doc="Forecasts whose interval held, of the method chosen before.")
    chosen: Mapped[bool] = mapped_column(doc="The method by which SKUs of this kind are forecast.")

    __table_args__ = (
        CheckConstraint("forecasts > 0 AND covered >= 0 AND covered <= forecasts", name="covered"),
        CheckConstraint(f"kind IN ({', '.join(map(repr, DEMAND_KINDS))})", name="kind"),
        CheckConstraint(f"method IN ({', '.join(map(repr, FORECAST_METHODS))})", name="method"),
    )


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
    unmet: Mapped[Quantity] = mapped_column(doc="Backordered units that are pegged to no supply.")
    unmet_lines: Mapped[Quantity] = mapped_column(doc="Order lines that these are of.")
    to_order: Mapped[int] = mapped_column(SmallInteger, doc="1: it stands in the purchase plan.")

    __table_args__ = (
        CheckConstraint("status IN ('out', 'below', 'soon', 'ok', 'idle')", name="status"),
        CheckConstraint("suggested_order >= 0", name="suggested_order"),
        CheckConstraint("unmet >= 0 AND unmet_lines >= 0", name="unmet"),
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
        # The purchase plan: its usual order; what it comes to by supplier; and all that it is filtered and sorted by,
        # since most SKUs of a large shop may be in it. By the last alone PostgreSQL would rather read the table.
        Index("ix_sku_figures_unmet", "to_order", "unmet", "sku"),
        Index("ix_sku_figures_bought", "to_order", "supplier_id", "suggested_order", "unmet", "unmet_lines"),
        Index(
            "ix_sku_figures_plan",
            "to_order",
            "supplier_id",
            "suggested_order",
            "unmet",
            "unmet_lines",
            "sku",
            "incoming",
            "lead_order",
            "status_order",
            "cover_order",
            "status",
            "sku_class",
            "sku_id",
        ),
    )


class RiskModel(Base):
    """A model of who leaves that was learnt, with what it was learnt from, how it was examined and what became of it.

    The newest whose verdict lets it score does. Rows are never changed.
    """

    __tablename__ = "risk_models"

    id: Mapped[PrimaryKey]
    made_at: Mapped[datetime] = mapped_column(Instant)
    as_of: Mapped[date] = mapped_column(Day, doc="The shop's day; nothing of it or later was learnt from.")
    verdict: Mapped[str] = mapped_column(String(12))
    learnt: Mapped[str | None] = mapped_column(Text, doc="JSON: its points; empty where there was too little history.")
    examined: Mapped[str | None] = mapped_column(Text, doc="JSON: those that were examined, of older fortnights alone.")
    trained_on: Mapped[str] = mapped_column(Text, doc="JSON: periods, lines, cancels, first and last day, rate.")
    examination: Mapped[str] = mapped_column(Text, doc="JSON: its figures on later fortnights, and of the baselines.")
    offers: Mapped[str | None] = mapped_column(
        Text, doc="JSON: by chance, who stayed of those who got an offer and of like ones; empty where no model scores."
    )

    __table_args__ = (
        CheckConstraint("verdict IN ('in-force', 'no-signal', 'worse', 'too-little')", name="verdict"),
        CheckConstraint("(verdict = 'too-little') = (learnt IS NULL)", name="learnt"),
    )


class CancelRisk(Base):
    """What of an open line's chance of a cancel does not change from day to day, by the model that scores."""

    __tablename__ = "cancel_risks"

    line_id: Mapped[int] = mapped_column(Key, ForeignKey("order_lines.id", ondelete="CASCADE"), primary_key=True)
    # Without a foreign key: each of a million rows would look it up, with each model that is learnt.
    model_id: Mapped[int] = mapped_column(Key)
    points: Mapped[int] = mapped_column(BigInteger, doc="Millionths of the logarithm of odds.")
    promise: Mapped[date | None] = mapped_column(Day, doc="First told; from it the days to and past are counted.")

    __table_args__ = ({"sqlite_with_rowid": False},)
