"""A customer as somebody erases them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from dashboard import clock, personal_data
from dashboard.models import Customer, CustomerErasure


@dataclass(frozen=True, slots=True)
class ErasedCustomer:
    """Who it is, and what stands in the way."""

    id: int
    code: str
    name: str
    open_lines: int
    erased_on: date | None
    has_something: bool  # whether there is a name or an address

    @property
    def version(self) -> str:
        return f"{self.open_lines}-{self.erased_on or 'never'}-{self.has_something}"


def find_customer(session: Session, customer_id: int) -> ErasedCustomer | None:
    """The customer of that id."""
    something = or_(Customer.name.is_not(None), Customer.email.is_not(None), Customer.phone.is_not(None))
    row = session.execute(
        select(
            Customer.id,
            Customer.code,
            func.coalesce(Customer.name, Customer.code).label("name"),
            CustomerErasure.erased_at,
            something.label("something"),
        )
        .outerjoin(CustomerErasure, CustomerErasure.customer_id == Customer.id)
        .where(Customer.id == customer_id)
    ).first()
    if row is None:
        return None
    return ErasedCustomer(
        row.id,
        row.code,
        row.name,
        personal_data.open_lines(session, customer_id),
        None if row.erased_at is None else clock.shop_day(row.erased_at),
        bool(row.something),
    )
