"""What the form of a split shows: the line, its parts, what a further parcel costs; and a split that may be undone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dashboard import settings
from dashboard.actions.order_lines import load
from dashboard.actions.order_queries import ShownLine, ShownOrder, find_line
from dashboard.actions.shipments.action import rules_of
from dashboard.domain.quantities import units
from dashboard.domain.shipment_splits import SplitRefused, usual_part, why_not
from dashboard.models import Order, OrderLine, ShipmentSplit, User

MICROS = Decimal(1_000_000)


@dataclass(frozen=True, slots=True)
class SplittableLine:
    """A line as somebody is about to split it."""

    order: ShownOrder
    line: ShownLine
    currency: str | None
    cost: int | None  # of a further parcel, micro-units; None where nothing says
    cannot: SplitRefused | None  # why it may not be split
    part: int  # which is meant unless somebody says otherwise

    @property
    def here(self) -> int:
        """Units of that part that can leave today."""
        return sum(one.qty for one in self.line.units.reserved if one.part == self.part)

    @property
    def left(self) -> int:
        """Open units of that part."""
        return self.line.units.of_part(self.part).left

    @property
    def parts(self) -> list[tuple[str, str]]:
        """The parts of which something is open, as a menu names them."""
        return [(str(one.part), f"Part {one.part}, {units(one.left)}") for one in self.line.units.parts if one.left]


@dataclass(frozen=True, slots=True)
class UndoableSplit:
    """A split, as somebody is about to undo it."""

    id: int
    order: ShownOrder
    line: ShownLine
    made_at: datetime
    made_by: str | None
    parts: tuple[int, ...]  # which would be one


def find_splittable(session: Session, number: str, line_no: int) -> SplittableLine | None:
    """The line of that number, with why it may not be split where that is so."""
    found = find_line(session, number, line_no)
    if found is None:
        return None
    order, line = found
    row = session.get_one(Order, order.id)
    rules = rules_of(load(session, order.id))
    cannot = why_not(line.units, rules, channel=row.channel)
    return SplittableLine(order, line, row.currency, parcel_cost(row), cannot, usual_part(line.units))


def parcel_cost(order: Order) -> int | None:
    """What a further parcel of an order usually costs, in micro-units; None where nothing says."""
    typed = settings.value("parcel_costs").get(order.currency or "")
    return order.shipping_amount if typed is None else int(Decimal(typed) * MICROS)


def find_split(session: Session, split_id: int) -> UndoableSplit | None:
    """The split of that id."""
    split = ShipmentSplit
    row = session.execute(
        select(split, Order.number, OrderLine.line_no, func.coalesce(User.name, User.email))
        .join(OrderLine, OrderLine.id == split.line_id)
        .join(Order, Order.id == OrderLine.order_id)
        .outerjoin(User, User.id == split.made_by)
        .where(split.id == split_id)
    ).first()
    if row is None:
        return None
    made, number, line_no, who = row
    found = find_line(session, number, line_no)
    assert found is not None
    order, line = found
    return UndoableSplit(
        made.id, order, line, made.made_at, who, (made.part, *range(made.first_made, made.last_made + 1))
    )
