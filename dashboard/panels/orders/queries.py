"""What is known of an order: its lines, what is held and pegged for them, and where they stand in line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, and_, case, exists, func, literal, or_, select, tuple_
from sqlalchemy.orm import Session, aliased

from dashboard import clock
from dashboard.models import (
    Authorization,
    Cancellation,
    Customer,
    Hold,
    Location,
    Order,
    OrderLine,
    PaymentMethod,
    Peg,
    PurchaseOrder,
    PurchaseOrderLine,
    Reservation,
    Shipment,
    ShipmentLine,
    Sku,
    Stock,
    Supplier,
    TierPriority,
    User,
    Waiting,
)
from dashboard.models.authorizations import SPENT_STATES
from dashboard.models.customers import DEFAULT_PRIORITY_CLASS
from dashboard.panels.filters import Selection, conditions
from dashboard.panels.pages import Page, Sort, View, number, read_page
from dashboard.panels.report import ROWS_AT_ONCE

# Sorts after every text that begins with what was typed.
HIGHEST_LETTER = "\U0010ffff"

_OF_THE_ORDER: dict[str, ColumnElement[Any]] = {
    "channel": func.coalesce(Order.channel, ""),
    "tier": func.coalesce(Customer.tier, ""),
    "currency": func.coalesce(Order.currency, ""),
}
RESERVATION_FILTERS: dict[str, ColumnElement[Any]] = {
    **_OF_THE_ORDER,
    "location": Reservation.location_id,  # where the units stand
    "sku": Reservation.sku_id,
    "tag": Reservation.line_id,
}
PEG_FILTERS: dict[str, ColumnElement[Any]] = {
    **_OF_THE_ORDER,
    "supplier": PurchaseOrder.supplier_id,
    "location": Order.location_id,
    "sku": Peg.sku_id,
    "tag": Peg.line_id,
}


@dataclass(frozen=True, slots=True)
class ReservedUnits:
    """Units of a line that stand at a location for it; the parts of a divided line are added up."""

    order_id: str
    line_no: int
    sku: str
    location: str
    qty: int
    place_in_line: datetime  # the moment of the order, in the shop's zone
    held: str  # which hold keeps them; empty: none, planning may deal them again


@dataclass(frozen=True, slots=True)
class PeggedUnits:
    """Units of a line that wait for one line of a purchase order; the parts of a divided line are added up."""

    order_id: str
    line_no: int
    sku: str
    po_id: str
    po_line_no: int
    qty: int
    eta: date | None


def reservations(session: Session, selection: Selection, today: date) -> Iterator[ReservedUnits]:
    """Every reservation of the selection by order, line, location and hold, read as it is used."""
    zone = clock.shop_zone()
    # What is only looked up is joined outwardly, here and for pegs: then SQLite reads the orders in order instead of
    # beginning at the SKUs and sorting everything in memory.
    query = (
        select(
            Order.number,
            OrderLine.line_no,
            Sku.code.label("sku"),
            Location.code.label("location"),
            Reservation.qty,
            Order.placed_at,
            Reservation.held,
        )
        .select_from(Order)
        .join(OrderLine, OrderLine.order_id == Order.id)
        .join(Reservation, Reservation.line_id == OrderLine.id)
        .outerjoin(Customer, Customer.id == Order.customer_id)
        .outerjoin(Location, Location.id == Reservation.location_id)
        .outerjoin(Sku, Sku.id == Reservation.sku_id)
        .where(*conditions(session, selection, today, RESERVATION_FILTERS))
        .order_by(Order.number, OrderLine.line_no, Location.code, Reservation.held, Reservation.part)
        .execution_options(yield_per=ROWS_AT_ONCE)
    )
    for (order_number, line_no, sku, location, placed_at, held), parts in groupby(
        session.execute(query),
        key=lambda row: (row.number, row.line_no, row.sku, row.location, row.placed_at, row.held),
    ):
        yield ReservedUnits(
            order_number, line_no, sku, location, sum(part.qty for part in parts), placed_at.astimezone(zone), held
        )


def pegs(session: Session, selection: Selection, today: date) -> Iterator[PeggedUnits]:
    """Every peg of the selection by order, line and purchase-order line, read as it is used."""
    query = (
        select(
            Order.number,
            OrderLine.line_no,
            Sku.code.label("sku"),
            PurchaseOrder.number.label("po"),
            PurchaseOrderLine.line_no.label("po_line_no"),
            Peg.qty,
            Peg.eta,
        )
        .select_from(Order)
        .join(OrderLine, OrderLine.order_id == Order.id)
        .join(Peg, Peg.line_id == OrderLine.id)
        .outerjoin(Customer, Customer.id == Order.customer_id)
        .outerjoin(PurchaseOrderLine, PurchaseOrderLine.id == Peg.purchase_order_line_id)
        .outerjoin(PurchaseOrder, PurchaseOrder.id == PurchaseOrderLine.purchase_order_id)
        .outerjoin(Sku, Sku.id == Peg.sku_id)
        .where(*conditions(session, selection, today, PEG_FILTERS))
        .order_by(Order.number, OrderLine.line_no, PurchaseOrder.number, PurchaseOrderLine.line_no, Peg.part)
        .execution_options(yield_per=ROWS_AT_ONCE)
    )
    for (order_number, line_no, sku, po, po_line_no, eta), parts in groupby(
        session.execute(query),
        key=lambda row: (row.number, row.line_no, row.sku, row.po, row.po_line_no, row.eta),
    ):
        yield PeggedUnits(order_number, line_no, sku, po, po_line_no, sum(part.qty for part in parts), eta)


# One order.


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


@dataclass(frozen=True, slots=True)
class ShelfUnits:
    """Units of a line that stand at a location for it."""

    line_id: int
    part: int
    location: str
    qty: int
    held: str


@dataclass(frozen=True, slots=True)
class Slice:
    """Units of a line that wait for one line of a purchase order."""

    line_id: int
    part: int
    purchase_order: str
    po_line_no: int
    supplier: str
    qty: int
    ordered_on: date
    stated: date | None  # the supplier's own date, expected before promised
    first_promise: date | None
    eta: date | None
    late_eta: date | None


@dataclass(frozen=True, slots=True)
class LiveHold:
    """Units of a line that planning may not move."""

    id: int
    line_id: int
    part: int
    qty: int
    kind: str
    location: str | None
    purchase_order: str | None
    reason: str | None
    made_at: datetime
    made_by: str | None


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


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands before a line in the queue of its SKU."""

    units: int
    orders: int
    orders_of_better_class: int


@dataclass(frozen=True, slots=True)
class ShortLine:
    """A line of a ship-complete order for which there is too little on the shelf."""

    line_no: int
    sku: str
    product: str
    wanted: int
    on_shelf: int


@dataclass(frozen=True, slots=True)
class MeansOfPayment:
    """By what an order is paid: never a number, only brand, last four digits and expiry."""

    kind: str | None
    brand: str | None
    last4: str | None
    exp_year: int | None
    exp_month: int | None
    is_fallback: bool  # the customer's default, because the order names none


@dataclass(frozen=True, slots=True)
class LiveAuthorization:
    """What the gateway still allows to be charged for an order."""

    amount: int  # micro-units
    captured_amount: int
    expires_on: date | None
    multi_capture: bool | None


def find_order(session: Session, order_number: str) -> OrderFacts | None:
    """The order of that number."""
    row = session.execute(
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
        .where(Order.number == order_number)
    ).first()
    return None if row is None else OrderFacts(*row)


def lines_of(session: Session, order_id: int) -> list[LineFacts]:
    """The lines of an order, by number."""
    rows = session.execute(
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
        .where(OrderLine.order_id == order_id)
        .order_by(OrderLine.line_no)
    )
    return [LineFacts(*row) for row in rows]


def waiting_parts(session: Session, order_number: str) -> list[WaitingPart]:
    """What of an order is backordered, by line and part."""
    rows = session.execute(
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
        )
        .where(Waiting.order_number == order_number)
        .order_by(Waiting.line_no, Waiting.part)
    )
    return [WaitingPart(*row) for row in rows]


def shelf_units(session: Session, line_ids: list[int]) -> list[ShelfUnits]:
    """What stands on shelves for these lines, by place."""
    rows = session.execute(
        select(Reservation.line_id, Reservation.part, Location.code, Reservation.qty, Reservation.held)
        .join(Location, Location.id == Reservation.location_id)
        .where(Reservation.line_id.in_(line_ids))
        .order_by(Reservation.line_id, Reservation.part, Location.code, Reservation.held)
    )
    return [ShelfUnits(*row) for row in rows]


def slices(session: Session, line_ids: list[int]) -> list[Slice]:
    """The incoming supply that these lines wait for, soonest first."""
    line, order = PurchaseOrderLine, PurchaseOrder
    rows = session.execute(
        select(
            Peg.line_id,
            Peg.part,
            order.number,
            line.line_no,
            func.coalesce(Supplier.name, Supplier.code),
            Peg.qty,
            order.ordered_on,
            func.coalesce(line.expected_date, order.expected_date, line.promised_date, order.promised_date).label(
                "stated"
            ),
            line.first_promise,
            Peg.eta,
            Peg.late_eta,
        )
        .join(line, line.id == Peg.purchase_order_line_id)
        .join(order, order.id == line.purchase_order_id)
        .join(Supplier, Supplier.id == order.supplier_id)
        .where(Peg.line_id.in_(line_ids))
    )
    found = [Slice(*row) for row in rows]
    return sorted(
        found, key=lambda one: (one.line_id, one.part, one.eta or date.max, one.purchase_order, one.po_line_no)
    )


def live_holds(session: Session, line_ids: list[int]) -> list[LiveHold]:
    """The holds that bind planning for these lines, oldest first."""
    rows = session.execute(
        select(
            Hold.id,
            Hold.line_id,
            Hold.part,
            Hold.qty,
            Hold.kind,
            Location.code,
            PurchaseOrder.number,
            Hold.reason,
            Hold.made_at,
            func.coalesce(User.name, User.email),
        )
        .outerjoin(Location, Location.id == Hold.location_id)
        .outerjoin(PurchaseOrderLine, PurchaseOrderLine.id == Hold.purchase_order_line_id)
        .outerjoin(PurchaseOrder, PurchaseOrder.id == PurchaseOrderLine.purchase_order_id)
        .outerjoin(User, User.id == Hold.made_by)
        .where(Hold.line_id.in_(line_ids), Hold.ended_at.is_(None))
        .order_by(Hold.made_at, Hold.id)
    )
    return [LiveHold(*row) for row in rows]


def events(session: Session, lines: list[LineFacts]) -> list[Event]:
    """What was shipped and cancelled of these lines, newest first."""
    by_id = {line.id: line for line in lines}
    shipped = session.execute(
        select(ShipmentLine.line_id, ShipmentLine.qty, ShipmentLine.shipped_at, ShipmentLine.carrier,
               ShipmentLine.tracking, Shipment.number)
        .join(Shipment, Shipment.id == ShipmentLine.shipment_id)
        .where(ShipmentLine.line_id.in_(list(by_id)))
    )  # fmt: skip
    cancelled = session.execute(
        select(Cancellation.line_id, Cancellation.qty, Cancellation.cancelled_at, Cancellation.reason).where(
            Cancellation.line_id.in_(list(by_id))
        )
    )
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


def standing_before(session: Session, part: WaitingPart) -> Standing:
    """What waits for the same SKU and is served first."""
    queue = (Waiting.priority_class, number(Waiting.placed_at), Waiting.order_number, Waiting.line_no, Waiting.part)
    place = session.execute(select(*queue).where(Waiting.line_id == part.line_id, Waiting.part == part.part)).one()
    row = session.execute(
        select(
            func.coalesce(func.sum(Waiting.qty_backordered), 0).cast(BigInteger),
            func.count(Waiting.order_id.distinct()),
            func.count(case((Waiting.priority_class < part.priority_class, Waiting.order_id)).distinct()),
        ).where(
            Waiting.sku_id == part.sku_id,
            tuple_(*queue) < tuple_(*(literal(value, column.type) for value, column in zip(place, queue, strict=True))),
        )
    ).one()
    return Standing(*row)


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


def means_of_payment(session: Session, order: OrderFacts) -> MeansOfPayment | None:
    """The order's own means of payment; else its customer's default, the first by id where several are marked."""
    method = PaymentMethod
    query = select(method.kind, method.brand, method.last4, method.exp_year, method.exp_month)
    if order.payment_method_id is not None:
        query = query.where(method.id == order.payment_method_id)
    else:
        query = query.where(method.customer_id == order.customer_id, method.is_default.is_(True)).order_by(method.code)
    row = session.execute(query.limit(1)).first()
    return None if row is None else MeansOfPayment(*row, order.payment_method_id is None)


def live_authorizations(session: Session, order_id: int) -> list[LiveAuthorization]:
    """Authorisations of an order that can still be captured, the longest-lived last."""
    rows = session.execute(
        select(
            Authorization.amount,
            func.coalesce(Authorization.captured_amount, 0),
            Authorization.expires_on,
            Authorization.multi_capture,
        )
        .where(
            Authorization.order_id == order_id,
            func.lower(func.coalesce(Authorization.state, "")).not_in(SPENT_STATES),
        )
        .order_by(Authorization.number)
    )
    return sorted((LiveAuthorization(*row) for row in rows), key=lambda one: one.expires_on or date.min)


# Many orders.


@dataclass(frozen=True, slots=True)
class FoundOrder:
    """One order of a list."""

    number: str
    customer: str
    email: str | None
    tier: str  # empty where it gives no better place than anybody has
    placed_on: date
    status: str
    lines: int
    waiting_lines: int
    waiting_units: int
    deadline: date | None  # the earliest of its lines; None where nothing waits
    deadline_kind: str | None


_WAITS = exists().where(Waiting.order_number == Order.number)
# Without anything typed the longest-waiting come first; with something typed, those that wait, then the newest.
LIST_SORTS = {
    "age": Sort((number(Waiting.placed_at), Waiting.order_number, Waiting.line_no, Waiting.part), falls=True),
    "found": Sort((case((_WAITS, 0), else_=1), 0 - number(Order.placed_at), Order.number)),
}


def orders_page(session: Session, view: View, sought: str) -> Page[FoundOrder]:
    """Orders that match what was typed, those that wait first; with nothing typed, all that wait."""
    sort = LIST_SORTS["found" if sought else "age"]
    if sought:
        narrow = select(Order.number.label("found")).where(_matching(session, sought))
    else:
        earlier = aliased(Waiting)
        narrow = select(Waiting.order_number.label("found")).where(
            ~exists().where(
                earlier.order_number == Waiting.order_number,
                tuple_(earlier.line_no, earlier.part) < tuple_(Waiting.line_no, Waiting.part),
            )
        )
    return read_page(session, narrow, sort, view, widen=_with_order, make=_found_order)


def _found_order(row: Any) -> FoundOrder:
    return FoundOrder(*(getattr(row, field.name) for field in fields(FoundOrder)))


def _matching(session: Session, sought: str) -> ColumnElement[bool]:
    """What is meant: somebody's exact code first; only where nothing has it, the beginning of one."""
    customer = Customer
    buyer_is = select(customer.id).where(or_(customer.code == sought, func.lower(customer.email) == sought.lower()))
    of_sku = select(OrderLine.order_id).join(Sku, Sku.id == OrderLine.sku_id).where(Sku.code == sought)
    of_purchase_order = (
        select(OrderLine.order_id)
        .join(Peg, Peg.line_id == OrderLine.id)
        .join(PurchaseOrderLine, PurchaseOrderLine.id == Peg.purchase_order_line_id)
        .join(PurchaseOrder, PurchaseOrder.id == PurchaseOrderLine.purchase_order_id)
        .where(PurchaseOrder.number == sought)
    )
    exact = or_(
        Order.number == sought,
        Order.customer_id.in_(buyer_is),
        Order.id.in_(of_sku),
        Order.id.in_(of_purchase_order),
    )
    if session.scalar(select(Order.id).where(exact).limit(1)) is not None:
        return exact
    begins = and_(Order.number >= sought, Order.number < sought + HIGHEST_LETTER)
    letters = sought.lower()
    called = select(customer.id).where(
        or_(
            func.lower(customer.name).startswith(letters, autoescape=True),
            func.lower(customer.email).startswith(letters, autoescape=True),
            and_(customer.code >= sought, customer.code < sought + HIGHEST_LETTER),
        )
    )
    return or_(begins, Order.customer_id.in_(called))


def _with_order(narrow: Select[Any]) -> Select[Any]:
    found = narrow.subquery()
    lines = select(func.count()).where(OrderLine.order_id == Order.id).scalar_subquery()
    waits = Waiting.order_number == Order.number
    first = select(Waiting.deadline).where(waits).order_by(Waiting.deadline, Waiting.deadline_kind).limit(1)
    first_kind = select(Waiting.deadline_kind).where(waits).order_by(Waiting.deadline, Waiting.deadline_kind).limit(1)
    return (
        select(
            *(column for column in found.c if column.name != "found"),
            Order.number,
            func.coalesce(Customer.name, Customer.code).label("customer"),
            Customer.email,
            case((TierPriority.priority_class < DEFAULT_PRIORITY_CLASS, Customer.tier), else_="").label("tier"),
            Order.placed_on,
            Order.status,
            lines.label("lines"),
            select(func.count(Waiting.line_id.distinct())).where(waits).scalar_subquery().label("waiting_lines"),
            func.coalesce(select(func.sum(Waiting.qty_backordered)).where(waits).scalar_subquery(), 0)
            .cast(BigInteger)
            .label("waiting_units"),
            first.scalar_subquery().label("deadline"),
            first_kind.scalar_subquery().label("deadline_kind"),
        )
        .select_from(found)
        .join(Order, Order.number == found.c.found)
        .join(Customer, Customer.id == Order.customer_id)
        .outerjoin(TierPriority, TierPriority.tier == Customer.tier)
    )
