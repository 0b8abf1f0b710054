"""What planning derives from the facts. Only `dashboard.planning` writes these tables."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Computed, ForeignKey, Index, Integer, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from dashboard.database import Base, Day, Instant, Key, Micros, Name, Quantity

ETA_BASES = ("not-ordered", "late", "late-estimate", "quoted", "po", "dropship")
CAUSES = ("planned", "not-ordered", "supplier-late", "demand-spike", "low-stock", "unknown")
DEADLINE_KINDS = (
    "delay-notice",
    "promise",
    "consent",
    "refund",
    "authorisation",
    "card",
    "last-date",
)
PAYMENT_STATES = ("good", "dies", "dead", "unknown")

# From the least chance of a cancel to the largest, in percent; see dashboard/domain/cancellation_risk.py.
RISK_BANDS = ("0-5", "5-10", "10-20", "20-35", "35+", "unscored")

# The filters that sums are kept for, each with the column of `waiting` whose value they repeat as text: keys as decimal
# digits ('' where none), yes and no for what is true or false. The tags of a line stand in `line_tags`: it counts
# under each of them.
SUM_DIMENSIONS = {
    "supplier": "supplier_id",
    "channel": "channel",
    "location": "location_id",
    "tier": "tier",
    "cause": "cause",
    "planned": "planned",
    "dated": "dated",
    "tag": "",
}
# The filters by days that sums are kept for, each with the column of `waiting` whose day they repeat as 2026-03-01,
# empty where it is not known: text of days lies in the order of the days.
DAY_DIMENSIONS = {"placed": "placed_on", "eta": "eta", "deadline": "deadline"}


# Stands for a day that is not known, where such rows come last.
AFTER_ALL_DAYS = 2_147_483_647


def _one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


class LinePlan(Base):
    """A line's part that has something reserved, with the open quantity that bounds it."""

    __tablename__ = "line_plans"

    line_id: Mapped[int] = mapped_column(Key, ForeignKey("order_lines.id"), primary_key=True)
    part: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    qty_open: Mapped[Quantity]
    qty_reserved: Mapped[Quantity]
    digest: Mapped[int] = mapped_column(BigInteger, doc="Fingerprint of this row and its reservations.")

    __table_args__ = (
        CheckConstraint("qty_reserved > 0 AND qty_reserved <= qty_open", name="reserved_within_open"),
        {"sqlite_with_rowid": False},
    )


class Reservation(Base):
    """Units of a line's part held from on-hand stock at a location; `held` says which hold keeps them, if any."""

    __tablename__ = "reservations"

    line_id: Mapped[int] = mapped_column(Key, ForeignKey("order_lines.id"), primary_key=True)
    part: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    location_id: Mapped[int] = mapped_column(Key, ForeignKey("locations.id"), primary_key=True)
    held: Mapped[str] = mapped_column(String(8), primary_key=True, default="", server_default="")
    sku_id: Mapped[int] = mapped_column(Key, ForeignKey("skus.id"))
    qty: Mapped[Quantity]

    __table_args__ = (
        CheckConstraint("qty > 0", name="qty"),
        CheckConstraint(_one_of("held", ("", "picked", "fixed", "told", "dealt")), name="held"),
        Index(None, "sku_id", "location_id"),
        {"sqlite_with_rowid": False},
    )


class Peg(Base):
    """Units of a line's part tied, softly, to one incoming purchase-order line, with the day they should come."""

    __tablename__ = "pegs"

    line_id: Mapped[int] = mapped_column(Key, ForeignKey("order_lines.id"), primary_key=True)
    part: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    purchase_order_line_id: Mapped[int] = mapped_column(Key, ForeignKey("purchase_order_lines.id"), primary_key=True)
    sku_id: Mapped[int] = mapped_column(Key, ForeignKey("skus.id"))
    qty: Mapped[Quantity]
    eta: Mapped[date | None] = mapped_column(Day)
    late_eta: Mapped[date | None] = mapped_column(Day)

    __table_args__ = (
        CheckConstraint("qty > 0", name="qty"),
        Index(None, "purchase_order_line_id"),
        Index(None, "sku_id"),
        {"sqlite_with_rowid": False},
    )


# What the pages of cancellation risk are sorted by.
_RISK = ("cancel_risk", "currency", "value_at_risk", "order_number", "line_no", "part", "line_id")


class Waiting(Base):
    """One backordered part of a line, with every column that lists filter and sort by.

    `digest` is a 64-bit fingerprint of the derived content, so that a full re-plan finds the difference by reading
    one column. `dated` is 0 where there is no ETA: undated lines stand first within a day. It has
    no foreign keys: what writes a row joins those that it names, each of a million rows would look them up again, and
    whatever takes the table's place (planning/written_aside.py) would have to lock the others too.
    """

    __tablename__ = "waiting"

    line_id: Mapped[int] = mapped_column(Key, primary_key=True)
    part: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    digest: Mapped[int] = mapped_column(BigInteger)

    order_id: Mapped[int] = mapped_column(Key)
    order_number: Mapped[Name]
    line_no: Mapped[int]
    customer_id: Mapped[int] = mapped_column(Key)
    sku_id: Mapped[int] = mapped_column(Key)
    sku: Mapped[Name]
    supplier_id: Mapped[int | None] = mapped_column(Key)
    purchase_order_id: Mapped[int | None] = mapped_column(Key)
    location_id: Mapped[int | None] = mapped_column(Key, doc="The order's usual one.")
    channel: Mapped[Name] = mapped_column(doc="Empty where not known.")
    tier: Mapped[Name] = mapped_column(doc="Empty where not known.")
    currency: Mapped[Name] = mapped_column(doc="Empty where not known.")
    planned: Mapped[bool] = mapped_column(doc="Sold knowingly ahead of supply, else unforeseen.")
    cause: Mapped[str] = mapped_column(String(16))

    priority_class: Mapped[int] = mapped_column(SmallInteger)
    placed_at: Mapped[datetime] = mapped_column(Instant, doc="Place in line.")
    placed_on: Mapped[date] = mapped_column(Day)
    passed_over: Mapped[bool] = mapped_column(doc="Ship-complete, and not all of the order could be held at once.")

    qty_open: Mapped[Quantity]
    qty_reserved: Mapped[Quantity]
    qty_backordered: Mapped[Quantity]
    priced: Mapped[bool] = mapped_column(doc="False where the unit price is not known; value is then 0.")
    value: Mapped[Micros] = mapped_column(doc="Backordered units × unit price.")

    first_promise: Mapped[date | None] = mapped_column(Day)
    current_promise: Mapped[date | None] = mapped_column(Day)
    dated: Mapped[int] = mapped_column(SmallInteger)
    eta: Mapped[date | None] = mapped_column(Day)
    late_eta: Mapped[date | None] = mapped_column(Day)
    # The database fills this in: a page that continues after a row compares columns that are never empty.
    eta_order: Mapped[int] = mapped_column(
        Integer, Computed("coalesce(eta, 0)", persisted=True), doc="The ETA's day number; 0, so first, where none."
    )
    eta_basis: Mapped[str] = mapped_column(String(16))
    deadline: Mapped[date] = mapped_column(Day)
    deadline_kind: Mapped[str] = mapped_column(String(16))
    payment_state: Mapped[str] = mapped_column(String(8))
    last_good_day: Mapped[date | None] = mapped_column(Day, doc="Last day on which the means of payment is good.")
    last_good_order: Mapped[int] = mapped_column(
        Integer,
        Computed(f"coalesce(last_good_day, {AFTER_ALL_DAYS})", persisted=True),
        doc="The last good day's number; after all days, so last, where none is known.",
    )
    needed_order: Mapped[int] = mapped_column(
        Integer,
        Computed("coalesce(late_eta, eta, 0)", persisted=True),
        doc="The number of the day on which it must be chargeable; 0, so first, where it has no date yet.",
    )
    cancel_risk: Mapped[int | None] = mapped_column(
        Integer, doc="The chance of a cancel within 14 days, in ten-thousandths; NULL where nothing scores the line."
    )
    risk_order: Mapped[int] = mapped_column(
        Integer, Computed("coalesce(cancel_risk, -1)", persisted=True), doc="The same; below all where there is none."
    )
    value_at_risk: Mapped[Micros] = mapped_column(
        server_default="0", doc="Value × chance, half up; 0 where either is not known."
    )
    likely_eta: Mapped[date | None] = mapped_column(Day, doc="By what receipts say of its supply; empty: no date yet.")
    likely_late_eta: Mapped[date | None] = mapped_column(Day)

    __table_args__ = (
        CheckConstraint("qty_backordered > 0", name="backordered"),
        CheckConstraint("qty_reserved >= 0", name="reserved"),
        CheckConstraint("qty_reserved + qty_backordered = qty_open", name="units_conserved"),
        CheckConstraint("value >= 0", name="value"),
        CheckConstraint("cancel_risk >= 0 AND cancel_risk <= 10000", name="cancel_risk"),
        CheckConstraint("value_at_risk >= 0 AND value_at_risk <= value", name="value_at_risk"),
        CheckConstraint("(dated = 0) = (eta IS NULL)", name="dated"),
        CheckConstraint(_one_of("cause", CAUSES), name="cause"),
        CheckConstraint(_one_of("eta_basis", ETA_BASES), name="eta_basis"),
        CheckConstraint(_one_of("deadline_kind", DEADLINE_KINDS), name="deadline_kind"),
        CheckConstraint(_one_of("payment_state", PAYMENT_STATES), name="payment_state"),
        # The worklist, and the orders in which a list can be read. Each ends in the queue's own order.
        Index(
            "ix_waiting_deadline",
            "deadline",
            "dated",
            "priority_class",
            "placed_at",
            "order_number",
            "line_no",
            "part",
        ),
        Index("ix_waiting_age", "placed_at", "order_number", "line_no", "part"),
        Index("ix_waiting_order", "order_number", "line_no", "part"),
        Index("ix_waiting_value", "currency", "value", "order_number", "line_no", "part"),
        Index("ix_waiting_eta", "eta_order", "order_number", "line_no", "part"),
        Index("ix_waiting_kind", "deadline_kind", "deadline", "order_number", "line_no", "part"),
        Index("ix_waiting_sku", "sku", "order_number", "line_no", "part"),
        Index("ix_waiting_backordered", "qty_backordered", "order_number", "line_no", "part"),
        Index("ix_waiting_last_good", "last_good_order", "order_number", "line_no", "part"),
        Index("ix_waiting_payment", "payment_state", "last_good_order", "order_number", "line_no", "part"),
        Index("ix_waiting_needed", "needed_order", "order_number", "line_no", "part"),
        Index("ix_waiting_risk", "risk_order", "order_number", "line_no", "part"),
        Index("ix_waiting_value_at_risk", "currency", "value_at_risk", "order_number", "line_no", "part"),
        # The queue of one SKU.
        Index("ix_waiting_queue", "sku_id", "priority_class", "placed_at", "order_number", "line_no", "part"),
        # All that panels count and filter by, SKU by SKU: what no kept sum answers is counted here, in less than half
        # of the table's pages. No generated column: SQLite takes a look at the table for each.
        Index(
            "ix_waiting_counted",
            "sku_id",
            "placed_on",
            "currency",
            "order_id",
            "customer_id",
            "qty_backordered",
            "value",
            "cancel_risk",
            "value_at_risk",
            "payment_state",
            "last_good_day",
            "supplier_id",
            "location_id",
            "channel",
            "tier",
            "cause",
            "planned",
            "dated",
            "placed_at",
            "eta",
            "deadline",
            "order_number",
            "line_no",
            "part",
            "line_id",
        ),
        # Who is about to leave, of a supplier or an ETA: their lines are many, and seldom those that are likeliest to
        # leave, so that they are sorted in the index itself.
        Index("ix_waiting_supplier", "supplier_id", "deadline", *_RISK),
        Index("ix_waiting_eta_risk", "eta", *_RISK),
        Index("ix_waiting_customer", "customer_id"),
        # Without it, the undo of a load would read all that waits for each order that it removes.
        Index("ix_waiting_of_order", "order_id"),
        {"sqlite_with_rowid": False},
    )


class AgingDay(Base):
    """Parts of lines, orders, units and value waiting since a day: for all ('' dimension) or one value of a filter.

    Orders are additive over days, because all lines of an order share its day and currency.
    """

    __tablename__ = "aging_days"

    dimension: Mapped[Name] = mapped_column(primary_key=True)
    value_of: Mapped[Name] = mapped_column(primary_key=True, doc="The filter's value; empty for all.")
    currency: Mapped[Name] = mapped_column(primary_key=True)
    placed_on: Mapped[date] = mapped_column(Day, primary_key=True)
    lines: Mapped[Quantity]
    orders: Mapped[Quantity]
    units: Mapped[Quantity]
    value: Mapped[Micros]

    __table_args__ = (
        CheckConstraint("lines > 0 AND orders > 0 AND units > 0 AND value >= 0", name="positive"),
        {"sqlite_with_rowid": False},
    )


class AgingCustomers(Base):
    """Distinct customers waiting in a bucket of age, which are not additive over days; as of a shop day."""

    __tablename__ = "aging_customers"

    dimension: Mapped[Name] = mapped_column(primary_key=True)
    value_of: Mapped[Name] = mapped_column(primary_key=True)
    currency: Mapped[Name] = mapped_column(primary_key=True)
    bucket: Mapped[Name] = mapped_column(primary_key=True, doc="0-7 … 61+, or empty for all ages together.")
    as_of: Mapped[date] = mapped_column(Day)
    customers: Mapped[Quantity]

    __table_args__ = (CheckConstraint("customers > 0", name="positive"), {"sqlite_with_rowid": False})


class WaitingDay(Base):
    """Parts of lines, units and value of orders of a day, whose ETA or deadline is on another day.

    Not the orders: lines of one order have different days, and would count it several times.
    """

    __tablename__ = "waiting_days"

    dimension: Mapped[Name] = mapped_column(primary_key=True, doc="eta or deadline.")
    value_of: Mapped[Name] = mapped_column(primary_key=True, doc="That day; empty where it is not known.")
    currency: Mapped[Name] = mapped_column(primary_key=True)
    placed_on: Mapped[date] = mapped_column(Day, primary_key=True)
    lines: Mapped[Quantity]
    units: Mapped[Quantity]
    value: Mapped[Micros]

    __table_args__ = (
        CheckConstraint("lines > 0 AND units > 0 AND value >= 0", name="positive"),
        {"sqlite_with_rowid": False},
    )


class PaymentDay(Base):
    """Parts of lines, units and value whose means of payment is in a state and good until a day: for all ('' dimension)
    or one value of a filter, or one day of a filter by days.
    """

    __tablename__ = "payment_days"

    dimension: Mapped[Name] = mapped_column(primary_key=True)
    value_of: Mapped[Name] = mapped_column(primary_key=True, doc="The filter's value; empty for all.")
    currency: Mapped[Name] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(String(8), primary_key=True)
    last_good_day: Mapped[date] = mapped_column(
        Day, primary_key=True, doc="1970-01-01, which no card or authorisation ends on, where none is known."
    )
    lines: Mapped[Quantity]
    units: Mapped[Quantity]
    value: Mapped[Micros]

    __table_args__ = (
        CheckConstraint("lines > 0 AND units > 0 AND value >= 0", name="positive"),
        CheckConstraint(_one_of("state", PAYMENT_STATES), name="state"),
        {"sqlite_with_rowid": False},
    )


class RiskBand(Base):
    """Parts of lines, units, value and value at risk in a band of the chance of a cancel: for all ('' dimension) or one
    value of a filter, or one day of a filter by days.
    """

    __tablename__ = "risk_bands"

    dimension: Mapped[Name] = mapped_column(primary_key=True)
    value_of: Mapped[Name] = mapped_column(primary_key=True, doc="The filter's value; empty for all.")
    currency: Mapped[Name] = mapped_column(primary_key=True)
    band: Mapped[str] = mapped_column(String(8), primary_key=True)
    lines: Mapped[Quantity]
    units: Mapped[Quantity]
    value: Mapped[Micros]
    value_at_risk: Mapped[Micros]

    __table_args__ = (
        CheckConstraint("lines > 0 AND units > 0 AND value >= 0 AND value_at_risk >= 0", name="positive"),
        CheckConstraint(_one_of("band", RISK_BANDS), name="band"),
        {"sqlite_with_rowid": False},
    )


class PlanState(Base):
    """The one row that says for which shop day the stored plan was derived, and when."""

    __tablename__ = "plan_state"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    shop_day: Mapped[date] = mapped_column(Day)
    planned_at: Mapped[datetime] = mapped_column(Instant)

    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)
