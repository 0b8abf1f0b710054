"""What forms about an order, or a line of it, show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dashboard.actions.order_lines import load
from dashboard.domain.order_lines import LineUnits
from dashboard.models import Customer, Location, Order, Sku


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A line, by its units and by its names."""

    id: int
    line_no: int
    sku_id: int
    sku: str
    product: str
    version: int
    units: LineUnits

    @property
    def picked(self) -> int:
        return sum(hold.qty for hold in self.units.holds if hold.kind == "picked")


@dataclass(frozen=True, slots=True)
class ShownOrder:
    """An order with all its lines."""

    id: int
    number: str
    version: int
    customer_id: int
    customer: str
    tier: str | None
    status: str
    ship_complete: bool
    may_split: bool
    priority: int | None
    priority_reason: str | None
    not_before: date | None
    location: str | None
    lines: tuple[ShownLine, ...]

    @property
    def open(self) -> int:
        return sum(line.units.open for line in self.lines)

    @property
    def here(self) -> int:
        return sum(line.units.here for line in self.lines)

    @property
    def picked(self) -> int:
        return sum(line.picked for line in self.lines)

    @property
    def open_lines(self) -> tuple[ShownLine, ...]:
        return tuple(line for line in self.lines if line.units.open)


def find_order(session: Session, number: str) -> ShownOrder | None:
    """The order of that number."""
    row = session.execute(
        select(Order.id, Customer.id, func.coalesce(Customer.name, Customer.code), Customer.tier, Location.code)
        .join(Customer, Customer.id == Order.customer_id)
        .outerjoin(Location, Location.id == Order.location_id)
        .where(Order.number == number)
    ).first()
    if row is None:
        return None
    order_id, customer_id, customer, tier, location = row
    loaded = load(session, order_id)
    names = {
        sku_id: (code, product)
        for sku_id, code, product in session.execute(
            select(Sku.id, Sku.code, func.coalesce(Sku.name, Sku.code)).where(
                Sku.id.in_({line.row.sku_id for line in loaded.lines})
            )
        )
    }
    return ShownOrder(
        order_id,
        number,
        loaded.row.version,
        customer_id,
        customer,
        tier,
        loaded.row.status,
        loaded.row.ship_complete,
        loaded.row.may_split,
        loaded.row.priority,
        loaded.row.priority_reason,
        loaded.row.not_before,
        location,
        tuple(
            ShownLine(
                line.row.id,
                line.row.line_no,
                line.row.sku_id,
                *names[line.row.sku_id],
                line.row.version,
                line.units,
            )
            for line in loaded.lines
        ),
    )


def find_line(session: Session, number: str, line_no: int) -> tuple[ShownOrder, ShownLine] | None:
    """A line of an order, with the order around it."""
    order = find_order(session, number)
    line = None if order is None else next((line for line in order.lines if line.line_no == line_no), None)
    return None if order is None or line is None else (order, line)
