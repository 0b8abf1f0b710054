"""An order with the links to it that are open."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dashboard.customer import links
from dashboard.models import Customer, Order


@dataclass(frozen=True, slots=True)
class LinkedOrder:
    """An order as somebody closes the links to it."""

    id: int
    number: str
    customer: str
    open_links: int


def find_linked(session: Session, number: str) -> LinkedOrder | None:
    """The order of that number."""
    row = session.execute(
        select(Order.id, func.coalesce(Customer.name, Customer.code))
        .join(Customer, Customer.id == Order.customer_id)
        .where(Order.number == number)
    ).first()
    return None if row is None else LinkedOrder(row[0], number, row[1], links.count_open(session, row[0]))
