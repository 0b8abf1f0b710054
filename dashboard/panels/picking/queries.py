"""Units that stand reserved and are not picked yet, and those that are picked and have not left."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from dashboard import clock
from dashboard.domain.authorizations import puts_on_hold
from dashboard.domain.picks import PICKED_AT_MOST
from dashboard.intake.kit import DESK_PREFIX
from dashboard.models import (
    Authorization,
    Customer,
    Hold,
    Location,
    Order,
    OrderLine,
    Reservation,
    Sku,
    User,
    Waiting,
)
from dashboard.panels.choices import Counting
from dashboard.panels.filters import Selection, conditions
from dashboard.panels.orders.held_units import COUNTING_RESERVATIONS, RESERVATION_FILTERS
from dashboard.panels.report import ROWS_AT_ONCE

FILTERED_BY = ("location", "sku", "channel", "tier", "customer", "placed", "tag")
COUNTED_AT_MOST = 10_000  # so many rows are counted; of more one is told "more than"
SHIPPED_FROM = 100  # orders whose picked units are listed


class PickRow(NamedTuple):
    """Units of a line that stand at a place for it, to be fetched."""

    line_id: int
    part: int
    location_id: int
    location: str
    sku: str
    product: str
    qty: int
    order: str
    line_no: int
    customer: str
    placed_at: datetime
    not_before: date | None
    held: str

    @property
    def key(self) -> str:
        return f"{self.line_id}-{self.part}-{self.location_id}"


class PickedOrder(NamedTuple):
    """An order of which units are picked and have not left."""

    order: str
    customer: str
    units: int
    lines: int
    first_line: int
    places: tuple[str, ...]
    since: datetime
    picked_by: str | None
    has_more: bool  # more of it is reserved and not picked


def _may_leave() -> ColumnElement[bool]:
    """Not units of an order that leaves only as a whole while part of it still waits."""
    waits = exists().where(Waiting.order_id == Order.id, Waiting.eta_basis != "dropship")
    return or_(and_(Order.ship_complete.is_(False), Order.may_split.is_(True)), ~waits)


def _pickable(columns: tuple[Any, ...], session: Session, selection: Selection, today: date) -> Select:
    return (
        select(*columns)
        .select_from(Reservation)
        .join(OrderLine, OrderLine.id == Reservation.line_id)
        .join(Order, Order.id == OrderLine.order_id)
        .outerjoin(Customer, Customer.id == Order.customer_id)
        .where(
            Reservation.held != "picked",
            _may_leave(),
            *conditions(session, selection, today, {key: RESERVATION_FILTERS[key] for key in FILTERED_BY}),
        )
    )


def _shown(session: Session, selection: Selection, today: date) -> Select:
    return (
        _pickable(
            (
                Reservation.line_id,
                Reservation.part,
                Reservation.location_id,
                Location.code.label("location"),
                Sku.code.label("sku"),
                func.coalesce(Sku.name, Sku.code).label("product"),
                Reservation.qty,
                Order.number,
                OrderLine.line_no,
                func.coalesce(Customer.name, Customer.code).label("customer"),
                Order.placed_at,
                Order.not_before,
                Reservation.held,
            ),
            session,
            selection,
            today,
        )
        .outerjoin(Location, Location.id == Reservation.location_id)
        .outerjoin(Sku, Sku.id == Reservation.sku_id)
    )


def count_pickable(session: Session, selection: Selection, today: date) -> int:
    """How many rows there are, up to one more than are counted."""
    found = _pickable((Reservation.line_id,), session, selection, today).limit(COUNTED_AT_MOST + 1).subquery()
    return session.scalar(select(func.count()).select_from(found)) or 0


def pick_rows(session: Session, selection: Selection, today: date) -> tuple[PickRow, ...]:
    """A list as somebody walks it: by place and product. Which rows it has follows the index of products, so that a
    list is found as quickly among a million.
    """
    query = _shown(session, selection, today).order_by(
        Reservation.sku_id, Reservation.location_id, Reservation.line_id, Reservation.part
    )
    rows = [PickRow(*row) for row in session.execute(query.limit(PICKED_AT_MOST))]
    return tuple(sorted(rows, key=lambda row: (row.location, row.sku, row.placed_at, row.order, row.line_no, row.part)))


def all_pick_rows(session: Session, selection: Selection, today: date) -> Iterator[PickRow]:
    """Every row of the selection by place, product and place in line, read as it is used."""
    zone = clock.shop_zone()
    query = (
        _shown(session, selection, today)
        .order_by(
            Location.code,
            Sku.code,
            Order.placed_at,
            Order.number,
            OrderLine.line_no,
            Reservation.part,
            Reservation.held,
        )
        .execution_options(yield_per=ROWS_AT_ONCE)
    )
    for row in session.execute(query):
        found = PickRow(*row)
        yield found._replace(placed_at=found.placed_at.astimezone(zone))


def unpaid_orders(session: Session, numbers: Collection[str]) -> frozenset[str]:
    """Those of these orders that are on hold, because the last that the gateway said of them was no."""
    row = Authorization
    last = row.authorized_at.desc(), row.id.desc()
    said = (
        select(Order.number, row.number.label("authorization"), row.state)
        .add_columns(func.row_number().over(partition_by=row.order_id, order_by=last).label("turn"))
        .join(Order, Order.id == row.order_id)
        .where(Order.number.in_(numbers))
        .subquery()
    )
    rows = session.execute(select(said.c.number, said.c.authorization, said.c.state).where(said.c.turn == 1))
    return frozenset(
        order for order, number, state in rows if puts_on_hold(state, by_hand=number.startswith(DESK_PREFIX))
    )


def picked_orders(session: Session) -> tuple[PickedOrder, ...]:
    """Orders whose units are picked, those first that have waited longest to be shipped."""
    line, other = OrderLine, aliased(OrderLine)
    rows = session.execute(
        select(
            Order.id,
            Order.number,
            func.coalesce(Customer.name, Customer.code),
            line.id,
            line.line_no,
            Hold.qty,
            Location.code,
            Hold.made_at,
            func.coalesce(User.name, User.email),
            exists()
            .where(other.order_id == Order.id, Reservation.line_id == other.id, Reservation.held != "picked")
            .correlate(Order),
        )
        .select_from(Hold)
        .join(line, line.id == Hold.line_id)
        .join(Order, Order.id == line.order_id)
        .join(Location, Location.id == Hold.location_id)
        .outerjoin(Customer, Customer.id == Order.customer_id)
        .outerjoin(User, User.id == Hold.made_by)
        .where(Hold.ended_at.is_(None), Hold.kind == "picked", line.qty_open > 0)
        .order_by(Hold.made_at, Hold.id)
    )
    found: dict[int, list[Any]] = {}
    for row in rows:
        if row[0] in found or len(found) < SHIPPED_FROM:
            found.setdefault(row[0], []).append(row)
    return tuple(_order(parts) for parts in found.values())


def _order(parts: list[Any]) -> PickedOrder:
    _, number, customer, *_ = parts[0]
    return PickedOrder(
        number,
        customer,
        sum(part[5] for part in parts),
        len({part[3] for part in parts}),
        min(part[4] for part in parts),
        tuple(sorted({part[6] for part in parts})),
        min(part[7] for part in parts),
        parts[0][8],
        bool(parts[0][9]),
    )


COUNTING = Counting(
    "row",
    {key: RESERVATION_FILTERS[key] for key in FILTERED_BY},
    told_by=COUNTING_RESERVATIONS.told_by,
    rows=COUNTING_RESERVATIONS.rows,
    among=lambda key: (Reservation.held != "picked", _may_leave()),
)
