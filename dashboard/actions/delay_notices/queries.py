"""What of orders comes later than its customers were told."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from typing import Any

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dashboard import clock, planning, settings
from dashboard.bulk import Among, columns, flag, number
from dashboard.database import day_number, day_of
from dashboard.domain.columns import NONE, known
from dashboard.domain.deadlines import Clocks, as_told, promised_by, slips
from dashboard.domain.delay_notices import OrderToTell, SlippedPart
from dashboard.messages.outbox import usable_address
from dashboard.models import Customer, Order, OrderLine, Sku, Waiting


@dataclass(frozen=True, slots=True)
class ShownOrderToTell:
    """An order with what slipped of it, by its rows and by what rules see of it."""

    id: int
    address: str | None
    order_version: int
    lines: dict[int, int]  # line id by number, of what slipped
    told: OrderToTell

    @property
    def version(self) -> str:
        """Changes with the order and with whatever would be told."""
        slipped = [(one.line_no, one.part, one.qty, one.eta, one.promised_by) for one in self.told.slips]
        return f"{self.order_version}-{sha256(repr(slipped).encode()).hexdigest()[:16]}"

    @property
    def subject(self) -> str:
        """How the history names it."""
        return f"order {self.told.number}"


def orders_to_tell(session: Session, order_ids: Collection[int]) -> dict[int, ShownOrderToTell]:
    """Each of some orders by its id, with what slipped of it."""
    heads = session.execute(
        select(Order.id, Order.number, Order.version, func.coalesce(Customer.name, Customer.code), Customer.email)
        .join(Customer, Customer.id == Order.customer_id)
        .where(Order.id.in_(order_ids))
        .order_by(Order.number)
        .execution_options(populate_existing=True)
    ).all()
    slipped, waits = _slipped(session, order_ids)
    found = {}
    for order_id, order_number, version, customer, email in heads:
        address, parts = usable_address(email), slipped.get(order_id, [])
        found[order_id] = ShownOrderToTell(
            order_id,
            address,
            version,
            {part.line_no: line_id for line_id, part in parts},
            OrderToTell(
                order_number,
                customer,
                address is not None,
                order_id in waits,
                tuple(part for _, part in parts),
            ),
        )
    return found


def find_order_to_tell(session: Session, order_number: str) -> ShownOrderToTell | None:
    """The order of that number."""
    order_id = session.scalar(select(Order.id).where(Order.number == order_number))
    return None if order_id is None else orders_to_tell(session, [order_id])[order_id]


def skus_waiting(session: Session, order_ids: Collection[int]) -> set[int]:
    """The SKUs (ids) of what waits of orders."""
    return set(session.scalars(select(Waiting.sku_id).where(Waiting.order_id.in_(order_ids)).distinct()))


def _slipped(session: Session, order_ids: Collection[int]) -> tuple[dict[int, list[tuple[int, SlippedPart]]], set[int]]:
    """By order what slipped, each part with the id of its line; and which orders wait at all."""
    connection = session.connection()
    asked = np.unique(np.array(sorted(order_ids), np.int64))
    order_id, line_id, part, line_no, qty, eta, promise, first, placed_on, credit = columns(
        connection, _waiting_query(), orders=asked
    )
    if not len(line_id):
        return {}, set()
    none = np.full(len(line_id), NONE)
    region = settings.clock_rule()
    clocks = Clocks(placed_on, promise, credit == 1, eta, none, none, none, none)
    told = planning.read_told_of(connection, line_id, part)
    late = slips(as_told(clocks, told, region=region, today=day_number(clock.today())), region)
    by = promised_by(clocks, region)
    # Whoever was told of a day after the first one that was stated has had a delay, by whatever letter.
    second = known(told.earlier_promise) | (known(first) & known(promise) & (promise > first))
    names = _products(session, np.unique(line_id[late]).tolist())
    found: dict[int, list[tuple[int, SlippedPart]]] = {}
    for row in np.flatnonzero(late).tolist():
        slip = SlippedPart(
            int(line_no[row]),
            int(part[row]),
            names[int(line_id[row])],
            int(qty[row]),
            _day(promise[row]),
            day_of(int(by[row])),
            _day(eta[row]),
            bool(second[row]),
        )
        found.setdefault(int(order_id[row]), []).append((int(line_id[row]), slip))
    return found, set(order_id.tolist())


def _day(cell: Any) -> Any:
    return day_of(int(cell)) if known(cell) else None


def _products(session: Session, line_ids: list[int]) -> dict[int, str]:
    return dict(
        session.execute(
            select(OrderLine.id, func.coalesce(Sku.name, Sku.code))
            .join(Sku, Sku.id == OrderLine.sku_id)
            .where(OrderLine.id.in_(line_ids))
        ).all()
    )


@cache
def _waiting_query() -> Any:
    """In the order in which a letter says it."""
    return (
        select(
            number(Waiting.order_id),
            number(Waiting.line_id),
            number(Waiting.part),
            number(Waiting.line_no),
            number(Waiting.qty_backordered),
            number(Waiting.eta),
            # As the line has them: what was taken back in this transaction is not planned yet.
            number(OrderLine.current_promise),
            number(OrderLine.first_promise),
            number(Waiting.placed_on),
            flag(Order.credit_applied.is_(True)),
        )
        .join(Order, Order.id == Waiting.order_id)
        .join(OrderLine, OrderLine.id == Waiting.line_id)
        .where(Among(Waiting.order_id, "orders"))
        .order_by(Waiting.order_id, Waiting.line_no, Waiting.part)
    )
