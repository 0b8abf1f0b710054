"""What a customer's page shows of their order: where it stands, what changed, and what they are offered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from dashboard import clock
from dashboard.actions.offers import as_loaded
from dashboard.actions.order_lines import load
from dashboard.domain.customer_pages import Standing, standing_of
from dashboard.domain.incentive_offers import LIVE, MadeOffer, standing
from dashboard.domain.order_answers import AnsweredLine
from dashboard.messages.order_answers import answered_lines
from dashboard.models import Act, Consent, Customer, DelayNotice, IncentiveOffer, Order, OrderLine, Sku, Waiting

ASKED = "cancel-asked"


@dataclass(frozen=True, slots=True)
class ShownOffer:
    """An offer as its customer reads it."""

    id: int
    product: str
    qty: int  # open units that it is for
    ships_on: date | None
    what: str
    made: MadeOffer
    state: str  # as it stands today: an offer whose day is over has expired, whether or not the desk has noted it

    @property
    def is_open(self) -> bool:
        return self.state in LIVE


@dataclass(frozen=True, slots=True)
class ShownChange:
    """Another date that the customer was told of and has not answered."""

    product: str
    qty: int
    earlier: date
    now_on: date | None  # None: no date can be said
    needs_consent: bool


@dataclass(frozen=True, slots=True)
class ShownOrder:
    """An order as its customer sees it: nothing of how they pay or where they live."""

    number: str
    placed_on: date
    name: str | None
    offers: tuple[ShownOffer, ...]  # newest first
    lines: tuple[AnsweredLine, ...]
    standing: Standing
    changes: tuple[ShownChange, ...]  # by line
    is_cancel_asked: bool  # and not done: staff decide

    @property
    def qty_open(self) -> int:
        return sum(line.here + line.waiting for line in self.lines)


def find_order(session: Session, order_id: int) -> ShownOrder:
    """The order that a link opens."""
    number, placed_on, name = session.execute(
        select(Order.number, Order.placed_on, Customer.name)
        .join(Customer, Customer.id == Order.customer_id)
        .where(Order.id == order_id)
    ).one()
    order = load(session, order_id)
    rows = session.execute(
        select(IncentiveOffer.id, func.coalesce(Sku.name, Sku.code), Waiting.eta)
        .join(OrderLine, OrderLine.id == IncentiveOffer.line_id)
        .join(Sku, Sku.id == OrderLine.sku_id)
        .outerjoin(Waiting, (Waiting.line_id == IncentiveOffer.line_id) & (Waiting.part == IncentiveOffer.part))
        # What was never said to the customer is not theirs to see.
        .where(OrderLine.order_id == order_id, IncentiveOffer.message_id.is_not(None))
        .order_by(IncentiveOffer.id.desc())
    ).all()
    found = []
    for offer_id, product, eta in rows:
        one = as_loaded(session, order, offer_id)
        state = standing(one.made, today=clock.today())
        found.append(ShownOffer(offer_id, product, one.made.line.qty, eta, one.what, one.made, state))
    lines = tuple(answered_lines(session, order_id))
    return ShownOrder(
        number,
        placed_on,
        name,
        tuple(found),
        lines,
        standing_of(lines, placed_on=placed_on, today=clock.today()),
        tuple(unanswered(session, order_id)),
        is_asked(session, order_id),
    )


def unanswered(session: Session, order_id: int) -> list[ShownChange]:
    """The last that the customer was told of each part that waits, where they said nothing since."""
    notice = aliased(DelayNotice)
    last = (
        select(func.max(notice.id))
        .where(notice.line_id == Waiting.line_id, notice.part == Waiting.part, notice.in_force)
        .scalar_subquery()
    )
    answered = select(Consent.id).where(Consent.notice_id == DelayNotice.id).exists()
    rows = session.execute(
        select(
            func.coalesce(Sku.name, Sku.code),
            Waiting.qty_backordered,
            DelayNotice.earlier_promise,
            DelayNotice.new_date,
            DelayNotice.needs_consent,
        )
        .join(Sku, Sku.id == Waiting.sku_id)
        .join(DelayNotice, DelayNotice.id == last)
        .where(Waiting.order_id == order_id, ~answered)
        .order_by(Waiting.line_no, Waiting.part)
    )
    return [ShownChange(*row) for row in rows]


def subject_of(session: Session, order_id: int) -> str:
    """How the history names an order."""
    return f"order {session.scalars(select(Order.number).where(Order.id == order_id)).one()}"


def is_asked(session: Session, order_id: int) -> bool:
    """Whether the customer asked for a cancel that was not done."""
    asked = select(Act.id).where(Act.subject == subject_of(session, order_id), Act.act == ASKED).limit(1)
    return session.scalar(asked) is not None
