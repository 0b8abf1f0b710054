"""What is known of one order: its lines, what waits of them, and what happened to them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import BigInteger, bindparam, func, select
from sqlalchemy.orm import Session

from dashboard import clock
from dashboard.database import rows_of
from dashboard.models import (
    Cancellation,
    Customer,
    Location,
    Order,
    OrderLine,
    Reservation,
    Shipment,
    ShipmentLine,
    Sku,
    Stock,
    Waiting,
)


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """What is known of an order and its customer."""

    id: int
    number: str
    placed_at: datetime
    placed_on: date
    currency: str | None
    channel: str | None
    status: str
    ship_complete: bool
    may_split: bool
    credit_applied: bool
    not_before: date | None
    last_date: date | None
    priority: int | None  # typed for the order; None: the tier's
    priority_reason: str | None
    location: str | None
    payment_method_id: int | None
    customer_id: int
    customer_code: str
    customer_name: str
    email: str | None
    phone: str | None
    country: str | None
    tier: str | None


@dataclass(frozen=True, slots=True)
class LineFacts:
    """One line of an order as it was bought, shipped and cancelled."""

    id: int
    line_no: int
    sku_id: int
    sku: str
    product: str
    qty: int
    qty_shipped: int
    qty_cancelled: int
    qty_open: int
    unit_price: int | None  # micro-units
    first_promise: date | None
    current_promise: date | None
    tags: str | None


@dataclass(frozen=True, slots=True)
class WaitingPart:
    """A backordered part of a line, as planning derived it."""

    line_id: int
    part: int
    qty_backordered: int
    priority_class: int
    placed_at: datetime
    order_number: str
    line_no: int
    sku_id: int
    passed_over: bool
    current_promise: date | None
    eta: date | None
    late_eta: date | None
    eta_basis: str
    cause: str
    deadline: date
    deadline_kind: str
    payment_state: str
    last_good_day: date | None
    likely_eta: date | None
    likely_late_eta: date | None


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a line."""

    line_id: int
    line_no: int
    product: str
    kind: str  # shipped or cancelled
    qty: int
    at: datetime
    detail: str | None  # carrier and tracking, or the reason

    @property
    def on(self) -> date:
        """The shop's day of it."""
        return clock.shop_day(self.at)


@dataclass(frozen=True, slots=True)
class ShortLine:
    """A line of a ship-complete order for which there is too little on the shelf."""

    line_no: int
    sku: str
    product: str
    wanted: int
    on_shelf: int


# To write these statements takes longer than to answer them, so each is written once.
_ORDER = (
    select(
        Order.id,
        Order.number,
        Order.placed_at,
        Order.placed_on,
        Order.currency,
        Order.channel,
        Order.status,
        Order.ship_complete,
        Order.may_split,
        Order.credit_applied,
        Order.not_before,
        Order.last_date,
        Order.priority,
        Order.priority_reason,
        Location.code,
        Order.payment_method_id,
        Order.customer_id,
        Customer.code,
        func.coalesce(Customer.name, Customer.code),
        Customer.email,
        Customer.phone,
        Customer.country,
        Customer.tier,
    )
    .join(Customer, Customer.id == Order.customer_id)
    .outerjoin(Location, Location.id == Order.location_id)
    .where(Order.number == bindparam("number"))
)
_LINES = (
    select(
        OrderLine.id,
        OrderLine.line_no,
        OrderLine.sku_id,
        Sku.code,
        func.coalesce(Sku.name, Sku.code),
        OrderLine.qty,
        OrderLine.qty_shipped,
        OrderLine.qty_cancelled,
        OrderLine.qty_open,
        OrderLine.unit_price,
        OrderLine.first_promise,
        OrderLine.current_promise,
        OrderLine.tags,
    )
    .join(Sku, Sku.id == OrderLine.sku_id)
    .where(OrderLine.order_id == bindparam("order"))
    .order_by(OrderLine.line_no)
)
_PARTS = (
    select(
        Waiting.line_id,
        Waiting.part,
        Waiting.qty_backordered,
        Waiting.priority_class,
        Waiting.placed_at,
        Waiting.order_number,
        Waiting.line_no,
        Waiting.sku_id,
        Waiting.passed_over,
        Waiting.current_promise,
        Waiting.eta,
        Waiting.late_eta,
        Waiting.eta_basis,
        Waiting.cause,
        Waiting.deadline,
        Waiting.deadline_kind,
        Waiting.payment_state,
        Waiting.last_good_day,
        Waiting.likely_eta,
        Waiting.likely_late_eta,
    )
    .where(Waiting.order_number == bindparam("number"))
    .order_by(Waiting.line_no, Waiting.part)
)
_SHIPPED = (
    select(
        ShipmentLine.line_id,
        ShipmentLine.qty,
        ShipmentLine.shipped_at,
        ShipmentLine.carrier,
        ShipmentLine.tracking,
        Shipment.number,
    )
    .join(Shipment, Shipment.id == ShipmentLine.shipment_id)
    .where(ShipmentLine.line_id.in_(bindparam("lines", expanding=True)))
)
_CANCELLED = select(Cancellation.line_id, Cancellation.qty, Cancellation.cancelled_at, Cancellation.reason).where(
    Cancellation.line_id.in_(bindparam("lines", expanding=True))
)


def find_order(session: Session, order_number: str) -> OrderFacts | None:
    """The order of that number."""
    row = rows_of(session, _ORDER, {"number": order_number}).first()
    return None if row is None else OrderFacts(*row)


def lines_of(session: Session, order_id: int) -> list[LineFacts]:
    """The lines of an order, by number."""
    rows = rows_of(session, _LINES, {"order": order_id})
    return [LineFacts(*row) for row in rows]


def waiting_parts(session: Session, order_number: str) -> list[WaitingPart]:
    """What of an order is backordered, by line and part."""
    rows = rows_of(session, _PARTS, {"number": order_number})
    return [WaitingPart(*row) for row in rows]


def events(session: Session, lines: list[LineFacts]) -> list[Event]:
    """What was shipped and cancelled of these lines, newest first."""
    by_id = {line.id: line for line in lines}
    shipped = rows_of(session, _SHIPPED, {"lines": list(by_id)})
    cancelled = rows_of(session, _CANCELLED, {"lines": list(by_id)})
    found = [
        Event(
            row.line_id,
            by_id[row.line_id].line_no,
            by_id[row.line_id].product,
            "shipped",
            row.qty,
            row.shipped_at,
            " ".join(word for word in (row.carrier, row.tracking) if word) or f"shipment {row.number}",
        )
        for row in shipped
    ]
    found += [
        Event(
            row.line_id,
            by_id[row.line_id].line_no,
            by_id[row.line_id].product,
            "cancelled",
            row.qty,
            row.cancelled_at,
            row.reason,
        )
        for row in cancelled
    ]
    return sorted(found, key=lambda event: (event.at, event.line_no, event.kind), reverse=True)


def short_lines(session: Session, order_id: int) -> list[ShortLine]:
    """Which open lines of a ship-complete order could not be held whole from what lies free on the shelf."""
    on_shelf = func.coalesce(
        select(func.sum(Stock.on_hand - Stock.reserved)).where(Stock.sku_id == OrderLine.sku_id).scalar_subquery(), 0
    ).cast(BigInteger)
    mine = func.coalesce(
        select(func.sum(Reservation.qty)).where(Reservation.line_id == OrderLine.id).scalar_subquery(), 0
    ).cast(BigInteger)
    rows = session.execute(
        select(OrderLine.line_no, Sku.code, func.coalesce(Sku.name, Sku.code), OrderLine.qty_open, on_shelf + mine)
        .join(Sku, Sku.id == OrderLine.sku_id)
        .where(OrderLine.order_id == order_id, OrderLine.qty_open > on_shelf + mine)
        .order_by(OrderLine.line_no)
    )
    return [ShortLine(*row) for row in rows]
