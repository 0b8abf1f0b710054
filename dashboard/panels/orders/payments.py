"""By what an order is paid, and what may still be charged for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from dashboard.database import rows_of
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


@dataclass(frozen=True, slots=True)
class Authorizations:
    """What gateways said of an order: what can still be captured, and whether the last word was a no."""

    live: tuple[LiveAuthorization, ...]  # the longest-lived last
    on_hold_since: datetime | None  # None: it may leave


# To write these statements takes longer than to answer them, so each is written once.
_MEANS = select(
    PaymentMethod.kind, PaymentMethod.brand, PaymentMethod.last4, PaymentMethod.exp_year, PaymentMethod.exp_month
).limit(1)
_MEANS_OF_ORDER = _MEANS.where(PaymentMethod.id == bindparam("method"))
_USUAL_MEANS = _MEANS.where(
    PaymentMethod.customer_id == bindparam("customer"), PaymentMethod.is_default.is_(True)
).order_by(PaymentMethod.code)
_AUTHORIZATIONS = (
    select(
        Authorization.number,
        Authorization.amount,
        func.coalesce(Authorization.captured_amount, 0).label("captured"),
        Authorization.expires_on,
        Authorization.multi_capture,
        Authorization.state,
        Authorization.authorized_at,
    )
    .where(Authorization.order_id == bindparam("order"))
    .order_by(Authorization.authorized_at, Authorization.id)
)
_CARD_ASKED_FOR = (
    select(func.max(CardRequest.asked_at))
    .join(Message, Message.id == CardRequest.message_id)
    .where(CardRequest.order_id == bindparam("order"), Message.state != WITHDRAWN)
)
_REFUNDS = (
    select(Refund.due_on, func.sum(Refund.amount).label("amount"))
    .join(OrderLine, OrderLine.id == Refund.line_id)
    .where(OrderLine.order_id == bindparam("order"), Refund.amount > 0)
    .group_by(Refund.due_on)
    .order_by(Refund.due_on)
)


def means_of_payment(session: Session, order: OrderFacts) -> MeansOfPayment | None:
    """The order's own means of payment; else its customer's default, the first by id where several are marked."""
    if order.payment_method_id is not None:
        row = rows_of(session, _MEANS_OF_ORDER, {"method": order.payment_method_id}).first()
    else:
        row = rows_of(session, _USUAL_MEANS, {"customer": order.customer_id}).first()
    if row is None:
        return None
    kind, brand, last4, year, month = row
    return MeansOfPayment(kind, brand, last4, year, month, order.payment_method_id is None)


def authorizations_of(session: Session, order_id: int) -> Authorizations:
    """What gateways said of an order."""
    rows = rows_of(session, _AUTHORIZATIONS, {"order": order_id}).all()
    live = [row for row in rows if (row.state or "").lower() not in SPENT_STATES]
    live.sort(key=lambda row: (row.expires_on or date.min, row.number))
    last = rows[-1] if rows else None
    is_on_hold = last is not None and puts_on_hold(last.state, by_hand=last.number.startswith(DESK_PREFIX))
    return Authorizations(
        tuple(LiveAuthorization(row.amount, row.captured, row.expires_on, row.multi_capture) for row in live),
        last.authorized_at if last is not None and is_on_hold else None,
    )


def card_asked_for(session: Session, order_id: int) -> datetime | None:
    """When the customer was last asked for another means of payment for the order; None where never."""
    return rows_of(session, _CARD_ASKED_FOR, {"order": order_id}).scalar()


def refunds(session: Session, order_id: int) -> list[DueRefund]:
    """What cancels of an order give back, by the day that it is due."""
    return [DueRefund(row.due_on, int(row.amount)) for row in rows_of(session, _REFUNDS, {"order": order_id})]
