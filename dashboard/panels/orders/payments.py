"""By what an order is paid, and what may still be charged for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dashboard.domain.authorizations import puts_on_hold
from dashboard.domain.messages import WITHDRAWN
from dashboard.intake.kit import DESK_PREFIX
from dashboard.models import Authorization, CardRequest, Message, OrderLine, PaymentMethod, Refund
from dashboard.models.authorizations import SPENT_STATES
from dashboard.panels.orders.queries import OrderFacts


@dataclass(frozen=True, slots=True)
class MeansOfPayment:
    """By what an order is paid: never a number, only brand, last four digits and expiry."""

    kind: str | None
    brand: str | None
    last4: str | None
    exp_year: int | None
    exp_month: int | None
    is_fallback: bool  # the customer's default, because the order names none


@dataclass(frozen=True, slots=True)
class LiveAuthorization:
    """What the gateway still allows to be charged for an order."""

    amount: int  # micro-units
    captured_amount: int
    expires_on: date | None
    multi_capture: bool | None


@dataclass(frozen=True, slots=True)
class DueRefund:
    """What goes back to a customer by a day."""

    due_on: date
    amount: int  # micro-units


def means_of_payment(session: Session, order: OrderFacts) -> MeansOfPayment | None:
    """The order's own means of payment; else its customer's default, the first by id where several are marked."""
    method = PaymentMethod
    query = select(method.kind, method.brand, method.last4, method.exp_year, method.exp_month)
    if order.payment_method_id is not None:
        query = query.where(method.id == order.payment_method_id)
    else:
        query = query.where(method.customer_id == order.customer_id, method.is_default.is_(True)).order_by(method.code)
    row = session.execute(query.limit(1)).first()
    return None if row is None else MeansOfPayment(*row, order.payment_method_id is None)


def live_authorizations(session: Session, order_id: int) -> list[LiveAuthorization]:
    """Authorisations of an order that can still be captured, the longest-lived last."""
    rows = session.execute(
        select(
            Authorization.amount,
            func.coalesce(Authorization.captured_amount, 0),
            Authorization.expires_on,
            Authorization.multi_capture,
        )
        .where(
            Authorization.order_id == order_id,
            func.lower(func.coalesce(Authorization.state, "")).not_in(SPENT_STATES),
        )
        .order_by(Authorization.number)
    )
    return sorted((LiveAuthorization(*row) for row in rows), key=lambda one: one.expires_on or date.min)


def on_hold_since(session: Session, order_id: int) -> datetime | None:
    """Since when an order is on hold, because the last that the gateway said of it was no."""
    row = session.execute(
        select(Authorization.number, Authorization.state, Authorization.authorized_at)
        .where(Authorization.order_id == order_id)
        .order_by(Authorization.authorized_at.desc(), Authorization.id.desc())
        .limit(1)
    ).first()
    if row is None or not puts_on_hold(row.state, by_hand=row.number.startswith(DESK_PREFIX)):
        return None
    return row.authorized_at


def card_asked_for(session: Session, order_id: int) -> datetime | None:
    """When the customer was last asked for another means of payment for the order; None where never."""
    return session.scalar(
        select(func.max(CardRequest.asked_at))
        .join(Message, Message.id == CardRequest.message_id)
        .where(CardRequest.order_id == order_id, Message.state != WITHDRAWN)
    )


def refunds(session: Session, order_id: int) -> list[DueRefund]:
    """What cancels of an order give back, by the day that it is due."""
    rows = session.execute(
        select(Refund.due_on, func.sum(Refund.amount).label("amount"))
        .join(OrderLine, OrderLine.id == Refund.line_id)
        .where(OrderLine.order_id == order_id, Refund.amount > 0)
        .group_by(Refund.due_on)
        .order_by(Refund.due_on)
    )
    return [DueRefund(row.due_on, int(row.amount)) for row in rows]
