"""By what an order is paid, and whether its customer was asked for something else."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session, aliased

from dashboard import clock
from dashboard.domain.authorizations import puts_on_hold
from dashboard.domain.card_requests import EarlierRequest, PaidOrder, card_in_words
from dashboard.domain.messages import WITHDRAWN
from dashboard.intake.kit import DESK_PREFIX
from dashboard.messages.outbox import usable_address
from dashboard.models import Authorization, CardRequest, Customer, Message, Order, PaymentMethod, User, Waiting


@dataclass(frozen=True, slots=True)
class ShownPayment:
    """An order with its means of payment, by its rows and by what rules see of it."""

    id: int
    customer: str
    address: str | None
    payment_method_id: int | None
    payment_method: str | None  # the merchant's own id of it
    requests: int  # how often the customer was asked
    order_version: int
    paid: PaidOrder

    @property
    def version(self) -> str:
        """Changes when somebody asks, and with the order."""
        return f"{self.order_version}-{self.requests}"

    @property
    def subject(self) -> str:
        """How the history names it."""
        return f"order {self.paid.number}"


def find_payment(session: Session, number: str) -> ShownPayment | None:
    """The order of that number."""
    return _shown(session, _ORDER.where(Order.number == number))


def payment_still(session: Session, order_id: int) -> ShownPayment:
    """The same by its id, while nobody else asks or changes the order until the transaction ends."""
    session.scalar(select(Order.version).where(Order.id == order_id).with_for_update(key_share=True))
    found = _shown(session, _ORDER.where(Order.id == order_id))
    assert found is not None
    return found


_default = aliased(PaymentMethod)
_DEFAULT_ID = (
    select(_default.id)
    .where(_default.customer_id == Order.customer_id, _default.is_default.is_(True))
    .order_by(_default.code)
    .limit(1)
    .scalar_subquery()
)
_ORDER = (
    select(
        Order.id,
        Order.number,
        Order.status,
        Order.version,
        func.coalesce(Customer.name, Customer.code).label("customer"),
        Customer.email,
        PaymentMethod.id.label("payment_method_id"),
        PaymentMethod.code.label("payment_method"),
        PaymentMethod.kind,
        PaymentMethod.brand,
        PaymentMethod.last4,
        PaymentMethod.exp_year,
        PaymentMethod.exp_month,
    )
    .join(Customer, Customer.id == Order.customer_id)
    .outerjoin(PaymentMethod, PaymentMethod.id == func.coalesce(Order.payment_method_id, _DEFAULT_ID))
)


def _shown(session: Session, query: Select) -> ShownPayment | None:
    row = session.execute(query).first()
    if row is None:
        return None
    waiting = session.execute(
        select(Waiting.payment_state, Waiting.last_good_day, Waiting.late_eta, Waiting.eta)
        .where(Waiting.order_id == row.id)
        .order_by(Waiting.line_no, Waiting.part)
    ).all()
    needed = [line.late_eta or line.eta for line in waiting]
    # The line that is worst off says whether there is reason to ask.
    states = {line.payment_state for line in waiting}
    state = next((state for state in ("dead", "dies", "unknown", "good") if state in states), None)
    asked = session.execute(
        select(CardRequest.asked_at, func.coalesce(User.name, User.email).label("who"))
        .join(Message, and_(Message.id == CardRequest.message_id, Message.state != WITHDRAWN))
        .outerjoin(User, User.id == CardRequest.asked_by)
        .where(CardRequest.order_id == row.id)
        .order_by(CardRequest.id.desc())
    ).all()
    return ShownPayment(
        row.id,
        row.customer,
        usable_address(row.email),
        row.payment_method_id,
        row.payment_method,
        len(asked),
        row.version,
        PaidOrder(
            number=row.number,
            status=row.status,
            waits=bool(waiting),
            has_address=usable_address(row.email) is not None,
            state=state,
            card=card_in_words(row.kind, row.brand, row.last4),
            card_until=_end_of_month(row.exp_year, row.exp_month),
            last_good_day=min((line.last_good_day for line in waiting if line.last_good_day), default=None),
            needed_on=max((day for day in needed if day), default=None),
            was_refused=_was_refused(session, row.id),
            earlier=EarlierRequest(asked[0].asked_at.astimezone(clock.shop_zone()), asked[0].who) if asked else None,
        ),
    )


def _end_of_month(year: int | None, month: int | None) -> date | None:
    """The last day on which a card is good."""
    return None if year is None or month is None else date(year, month, monthrange(year, month)[1])


def _was_refused(session: Session, order_id: int) -> bool:
    """Whether the last that the gateway said of the order was no."""
    row = session.execute(
        select(Authorization.number, Authorization.state)
        .where(Authorization.order_id == order_id)
        .order_by(Authorization.authorized_at.desc(), Authorization.id.desc())
        .limit(1)
    ).first()
    return row is not None and puts_on_hold(row.state, by_hand=row.number.startswith(DESK_PREFIX))
