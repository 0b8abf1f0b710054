"""Which lines, or orders, a selection of rows means."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dashboard.models import Customer, Order, OrderLine


@dataclass(frozen=True, slots=True)
class SelectedRow:
    """One line, or one order, that an act is done to."""

    order_id: int
    order: str
    line_no: int | None  # None: the whole order
    customer: str
    currency: str | None
    sku_id: int | None = None  # of a line

    @property
    def key(self) -> str:
        """What is unique of it in a selection."""
        return str(self.order_id) if self.line_no is None else f"{self.order_id}/{self.line_no}"


def lines_written(given: Iterable[str]) -> list[int]:
    """The lines that a page names by its rows, "12-1 13-1"; the parts of a divided line are one line."""
    found = set()
    for word in (word for text in given for word in text.split()):
        line_id, _, part = word.partition("-")
        if line_id.isdecimal() and (part or "1").isdecimal() and len(word) <= len("9223372036854775807"):
            found.add(int(line_id))
    return sorted(found)


def rows_of(session: Session, line_ids: list[int], *, of_orders: bool) -> list[SelectedRow]:
    """The lines of a selection, or the orders that they belong to, in the order of their numbers. Those that are over
    too: a form that is sent twice is known by the same rows.
    """
    rows = session.execute(
        select(
            Order.id,
            Order.number,
            OrderLine.line_no,
            func.coalesce(Customer.name, Customer.code),
            Order.currency,
            OrderLine.sku_id,
        )
        .join(Order, Order.id == OrderLine.order_id)
        .join(Customer, Customer.id == Order.customer_id)
        .where(OrderLine.id.in_(line_ids))
        .order_by(Order.number, OrderLine.line_no)
    ).all()
    if not of_orders:
        return [SelectedRow(*row) for row in rows]
    orders = {row[0]: SelectedRow(row[0], row[1], None, *row[3:5]) for row in rows}
    return list(orders.values())
