"""What staff know of the customer of an order: what they ordered before, and what they were promised by phone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import BigInteger, and_, bindparam, case, func, select
from sqlalchemy.orm import Session

from dashboard.database import rows_of
from dashboard.models import CallBack, Cancellation, Order, OrderLine, User
from dashboard.models.shipments import CUSTOMERS_CANCEL
from dashboard.panels.my_list.queries import IS_NOBODYS_CALL


@dataclass(frozen=True, slots=True)
class PromisedCall:
    """A call that the customer of an order waits for."""

    id: int
    due_at: datetime
    who: str | None  # None: whoever is free
    about: str | None
    is_nobodys: bool  # who was to call left, or nobody was named


@dataclass(frozen=True, slots=True)
class Bought:
    """What a customer's orders come to in one currency."""

    currency: str | None
    worth: int  # micro-units of lines whose price is known


@dataclass(frozen=True, slots=True)
class CustomerHistory:
    """What a customer ordered with us, this order among it."""

    orders: int
    first_on: date
    cancelled: int  # orders of which the customer cancelled something
    bought: tuple[Bought, ...]  # a row a currency, never added together


# To write these statements takes longer than to answer them, so each is written once.
_CALLS = (
    select(
        CallBack.id,
        CallBack.due_at,
        func.coalesce(User.name, User.email),
        CallBack.about,
        IS_NOBODYS_CALL,
    )
    .outerjoin(User, User.id == CallBack.person_id)
    .where(CallBack.order_id == bindparam("order"), CallBack.done_at.is_(None))
    .order_by(CallBack.due_at, CallBack.id)
)
_BY_CUSTOMER = (
    select(Cancellation.id)
    .where(Cancellation.line_id == OrderLine.id, Cancellation.reason == CUSTOMERS_CANCEL)
    .correlate(OrderLine)
    .exists()
)
_HISTORY = (
    select(
        Order.currency,
        func.count(Order.id.distinct()).label("orders"),
        func.min(Order.placed_on).label("first_on"),
        func.count(case((and_(OrderLine.qty_cancelled > 0, _BY_CUSTOMER), Order.id)).distinct()).label("cancelled"),
        func.coalesce(func.sum((OrderLine.qty - OrderLine.qty_cancelled) * OrderLine.unit_price), 0)
        .cast(BigInteger)
        .label("worth"),
    )
    .join(OrderLine, OrderLine.order_id == Order.id)
    .where(Order.customer_id == bindparam("customer"))
    .group_by(Order.currency)
    .order_by(Order.currency)
)


def promised_calls(session: Session, order_id: int) -> list[PromisedCall]:
    """The calls that nobody made yet, the next one first."""
    return [PromisedCall(*row) for row in rows_of(session, _CALLS, {"order": order_id})]


def history_of(session: Session, customer_id: int) -> CustomerHistory:
    """A customer's orders, what of them they cancelled, and what they are worth."""
    rows = rows_of(session, _HISTORY, {"customer": customer_id}).all()
    return CustomerHistory(
        sum(row.orders for row in rows),
        min((row.first_on for row in rows), default=date.max),
        sum(row.cancelled for row in rows),
        tuple(Bought(row.currency, int(row.worth)) for row in rows),
    )
