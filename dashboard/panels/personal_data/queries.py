"""Customers as somebody looks for one, to give out or take away what is held of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from dashboard.models import Customer, CustomerErasure, Order

FOUND_AT_MOST = 20
SHORTEST = 2  # letters, before anything is looked for


@dataclass(frozen=True, slots=True)
class FoundCustomer:
    """One customer."""

    id: int
    code: str
    name: str | None
    email: str | None
    phone: str | None
    orders: int
    erased_at: datetime | None


def _shown() -> Select[int, str, str | None, str | None, str | None, int, datetime]:
    orders = select(func.count()).where(Order.customer_id == Customer.id).correlate(Customer).scalar_subquery()
    return select(
        Customer.id, Customer.code, Customer.name, Customer.email, Customer.phone, orders, CustomerErasure.erased_at
    ).outerjoin(CustomerErasure, CustomerErasure.customer_id == Customer.id)


def find_customers(session: Session, sought: str) -> tuple[FoundCustomer, ...]:
    """Who has that code, address or number, or whose name or address begins so."""
    if len(sought) < SHORTEST:
        return ()
    letters = sought.lower()
    rows = session.execute(
        _shown()
        .where(
            or_(
                Customer.code == sought,
                Customer.phone == sought,
                func.lower(Customer.name).startswith(letters, autoescape=True),
                func.lower(Customer.email).startswith(letters, autoescape=True),
            )
        )
        .order_by(Customer.code)
        .limit(FOUND_AT_MOST)
    )
    return tuple(FoundCustomer(*row) for row in rows)


def customer_of(session: Session, customer_id: int) -> FoundCustomer | None:
    """The customer of that id."""
    row = session.execute(_shown().where(Customer.id == customer_id)).first()
    return None if row is None else FoundCustomer(*row)
