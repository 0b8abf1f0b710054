"""Units that are held or awaited, line by line over all orders, as their reports list them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import BigInteger, Integer, SQLColumnExpression, func, join, select, type_coerce
from sqlalchemy.orm import Session

from dashboard import clock
from dashboard.models import (
    Customer,
    Location,
    Order,
    OrderLine,
    Peg,
    PurchaseOrder,
    PurchaseOrderLine,
    Reservation,
    Sku,
)
from dashboard.panels.choices import Counting
from dashboard.panels.filters import Selection, conditions
from dashboard.panels.report import ROWS_AT_ONCE

_OF_THE_ORDER: dict[str, SQLColumnExpression[Any]] = {
    "channel": func.coalesce(Order.channel, ""),
    "tier": func.coalesce(Customer.tier, ""),
    "currency": func.coalesce(Order.currency, ""),
    "placed": type_coerce(Order.placed_at, BigInteger),
    "customer": Order.customer_id,
}
RESERVATION_FILTERS: dict[str, SQLColumnExpression[Any]] = {
    **_OF_THE_ORDER,
    "location": Reservation.location_id,  # where the units stand
    "sku": Reservation.sku_id,
    "tag": Reservation.line_id,
}
PEG_FILTERS: dict[str, SQLColumnExpression[Any]] = {
    **_OF_THE_ORDER,
    "supplier": PurchaseOrder.supplier_id,
    "location": Order.location_id,
    "sku": Peg.sku_id,
    "tag": Peg.line_id,
    "eta": func.coalesce(type_coerce(Peg.eta, Integer), 0),
}
# Menus tell rows apart by the plain columns, which group sooner than what stands in for what is not known.
_TOLD_BY = {
    "channel": Order.channel,
    "tier": Customer.tier,
    "currency": Order.currency,
    "placed": type_coerce(Order.placed_on, Integer),
    "eta": type_coerce(Peg.eta, Integer),
}
_of_orders = join(Order, OrderLine, OrderLine.order_id == Order.id).join(Customer, Customer.id == Order.customer_id)
COUNTING_RESERVATIONS = Counting(
    "row",
    RESERVATION_FILTERS,
    told_by=_TOLD_BY,
    rows=_of_orders.join(Reservation, Reservation.line_id == OrderLine.id),
)
COUNTING_PEGS = Counting(
    "row",
    PEG_FILTERS,
    told_by=_TOLD_BY,
    rows=_of_orders.join(Peg, Peg.line_id == OrderLine.id)
    .join(PurchaseOrderLine, PurchaseOrderLine.id == Peg.purchase_order_line_id)
    .join(PurchaseOrder, PurchaseOrder.id == PurchaseOrderLine.purchase_order_id),
)


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
