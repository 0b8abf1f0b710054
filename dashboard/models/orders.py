"""What customers ordered: orders, lines, the parts of a divided line, tags."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dashboard.database import Base, Day, Instant, Key, LoadId, Micros, Name, PrimaryKey, Quantity
from dashboard.models.customers import Customer
from dashboard.models.skus import Sku

ORDER_STATUSES = ("open", "cancelled", "closed")


class Order(Base):
    """A customer's order. `placed_at` is the place in line of everything in it and never moves."""

    __tablename__ = "orders"

    id: Mapped[PrimaryKey]
    number: Mapped[Name] = mapped_column(unique=True)
    customer_id: Mapped[int] = mapped_column(Key, ForeignKey("customers.id"))
    placed_at: Mapped[datetime] = mapped_column(Instant)
    placed_on: Mapped[date] = mapped_column(Day, doc="The shop's date of placed_at; a copy for counting by day.")
    currency: Mapped[str | None] = mapped_column(String(3))
    channel: Mapped[str | None] = mapped_column(String)
    payment_method_id: Mapped[int | None] = mapped_column(Key, ForeignKey("payment_methods.id"))
    priority: Mapped[int | None] = mapped_column(SmallInteger, doc="Priority class as typed; empty: the tier's.")
    priority_reason: Mapped[str | None] = mapped_column(String)
    ship_complete: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    promised_date: Mapped[date | None] = mapped_column(Day, doc="As last stated for the whole order.")
    last_date: Mapped[date | None] = mapped_column(Day, doc="The customer's own last date.")
    not_before: Mapped[date | None] = mapped_column(Day)
    status: Mapped[str] = mapped_column(String(10), default="open", server_default="open")
    location_id: Mapped[int | None] = mapped_column(Key, ForeignKey("locations.id"), doc="Usually served from.")
    may_split: Mapped[bool] = mapped_column(default=True, server_default=text("true"))
    credit_applied: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    shipping_amount: Mapped[Micros | None]
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    load_id: Mapped[LoadId]

    customer: Mapped[Customer] = relationship(lazy="raise")
    lines: Mapped[list[OrderLine]] = relationship(back_populates="order", order_by="OrderLine.line_no", lazy="raise")

    __table_args__ = (
        CheckConstraint("status IN ('open', 'cancelled', 'closed')", name="status"),
        CheckConstraint("priority >= 0", name="priority"),
        CheckConstraint("shipping_amount >= 0", name="shipping"),
        Index(None, "customer_id"),
        # The place in line as the queue reads it: priority class comes from elsewhere, the rest is this order.
        Index(None, "placed_at", "number"),
        Index(None, "placed_on"),
    )
    __mapper_args__ = {"version_id_col": version}


class OrderLine(Base):
    """One SKU of an order. Quantities shipped, cancelled and open are copies that `flask check` proves."""

    __tablename__ = "order_lines"

    id: Mapped[PrimaryKey]
    order_id: Mapped[int] = mapped_column(Key, ForeignKey("orders.id"))
    line_no: Mapped[int]
    sku_id: Mapped[int] = mapped_column(Key, ForeignKey("skus.id"))
    qty: Mapped[Quantity] = mapped_column(doc="Ordered.")
    qty_shipped: Mapped[Quantity] = mapped_column(default=0, server_default="0")
    qty_cancelled: Mapped[Quantity] = mapped_column(default=0, server_default="0")
    qty_open: Mapped[Quantity] = mapped_column(doc="Ordered − shipped − cancelled; 0 once the order has ended.")
    unit_price: Mapped[Micros | None]
    promised_date: Mapped[date | None] = mapped_column(Day, doc="As last stated for this line alone.")
    first_promise: Mapped[date | None] = mapped_column(Day, doc="First told; never overwritten.")
    current_promise: Mapped[date | None] = mapped_column(Day, doc="Last stated or told.")
    supplier_id: Mapped[int | None] = mapped_column(Key, ForeignKey("suppliers.id"), doc="Named for this line.")
    tags: Mapped[str | None] = mapped_column(String, doc="As given: key:value words, separated by blanks.")
    tax_amount: Mapped[Micros | None]
    discount_amount: Mapped[Micros | None]
    staff_cause: Mapped[str | None] = mapped_column(String(16), doc="Set by staff; wins over the derived cause.")
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    load_id: Mapped[LoadId]

    order: Mapped[Order] = relationship(back_populates="lines", lazy="raise")
    sku: Mapped[Sku] = relationship(lazy="raise")

    __table_args__ = (
        UniqueConstraint("order_id", "line_no"),
        CheckConstraint("qty > 0", name="qty"),
        CheckConstraint("qty_shipped >= 0", name="shipped"),
        CheckConstraint("qty_cancelled >= 0", name="cancelled"),
        CheckConstraint("qty_shipped + qty_cancelled <= qty", name="shipped_and_cancelled_within_ordered"),
        CheckConstraint("qty_open = 0 OR qty_open = qty - qty_shipped - qty_cancelled", name="open"),
        CheckConstraint("unit_price >= 0", name="unit_price"),
        CheckConstraint(
            "staff_cause IN ('planned', 'not-ordered', 'supplier-late', 'demand-spike', 'low-stock', 'unknown')",
            name="staff_cause",
        ),
        Index(None, "sku_id"),
        # All that planning reads of an open line, so that it need not pass over the closed ones.
        Index(
            "ix_order_lines_open",
            "order_id",
            "line_no",
            "sku_id",
            "qty_open",
            "unit_price",
            "current_promise",
            "supplier_id",
            "staff_cause",
            "id",
            sqlite_where=text("qty_open > 0"),
            postgresql_where=text("qty_open > 0"),
        ),
        # The same for one SKU, as planning reads it after a fact.
        Index(
            "ix_order_lines_open_of_sku",
            "sku_id",
            "order_id",
            "line_no",
            "qty_open",
            "unit_price",
            "current_promise",
            "supplier_id",
            "staff_cause",
            "id",
            sqlite_where=text("qty_open > 0"),
            postgresql_where=text("qty_open > 0"),
        ),
    )
    __mapper_args__ = {"version_id_col": version}


class LinePart(Base):
    """A part of a line that was split. A line without rows here is one undivided part, number 1.

    Parts sum to the line; holds, pegs, dates and shipments belong to a part. The place in line stays the order's.
    """

    __tablename__ = "line_parts"

    line_id: Mapped[int] = mapped_column(Key, ForeignKey("order_lines.id"), primary_key=True)
    part: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    qty: Mapped[Quantity]
    qty_shipped: Mapped[Quantity] = mapped_column(default=0, server_default="0")
    qty_cancelled: Mapped[Quantity] = mapped_column(default=0, server_default="0")
    tax_amount: Mapped[Micros | None]
    shipping_amount: Mapped[Micros | None] = mapped_column(doc="This part's share of the order's shipping.")
    extra_shipping: Mapped[Micros | None] = mapped_column(doc="Cost of the further parcel.")
    extra_shipping_charged: Mapped[bool | None] = mapped_column(doc="Charged to the customer, else absorbed.")
    split_at: Mapped[datetime] = mapped_column(Instant)
    split_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    __table_args__ = (
        CheckConstraint("part >= 1", name="part"),
        CheckConstraint("qty > 0", name="qty"),
        CheckConstraint("qty_shipped >= 0 AND qty_cancelled >= 0", name="not_negative"),
        CheckConstraint("qty_shipped + qty_cancelled <= qty", name="shipped_and_cancelled_within_part"),
    )


class LineTag(Base):
    """One `key:value` word of a line's tags, for filtering."""

    __tablename__ = "line_tags"

    line_id: Mapped[int] = mapped_column(Key, ForeignKey("order_lines.id"), primary_key=True)
    tag: Mapped[Name] = mapped_column(primary_key=True)

    __table_args__ = (Index(None, "tag", "line_id"), {"sqlite_with_rowid": False})
