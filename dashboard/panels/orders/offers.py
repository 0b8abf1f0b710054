"""What is offered to the customer of an order, and how it stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session, aliased

from dashboard.database import rows_of
from dashboard.messages.offers import offer_in_words
from dashboard.models import IncentiveOffer, Order, OrderLine, Sku, User
from dashboard.web import formats


@dataclass(frozen=True, slots=True)
class StandingOffer:
    """One offer for a line of an order."""

    id: int
    line_no: int
    state: str
    what: str
    cost: int | None
    at: datetime
    who: str | None
    expires_on: date | None
    ended_at: datetime | None
    kept: bool | None  # whether what it was offered for left; None while that is open


_INSTEAD = aliased(Sku)
# To write this statement takes longer than to answer it, so it is written once.
_OFFERS = (
    select(
        IncentiveOffer.id,
        IncentiveOffer.state,
        IncentiveOffer.kind,
        IncentiveOffer.percent,
        IncentiveOffer.amount,
        IncentiveOffer.gift,
        IncentiveOffer.cost,
        IncentiveOffer.offered_at,
        IncentiveOffer.expires_on,
        IncentiveOffer.answered_at,
        IncentiveOffer.kept,
        OrderLine.line_no,
        Order.currency,
        func.coalesce(User.name, User.email).label("who"),
        func.coalesce(_INSTEAD.name, _INSTEAD.code).label("instead"),
    )
    .join(OrderLine, OrderLine.id == IncentiveOffer.line_id)
    .join(Order, Order.id == OrderLine.order_id)
    .outerjoin(User, User.id == IncentiveOffer.offered_by)
    .outerjoin(_INSTEAD, _INSTEAD.id == IncentiveOffer.substitute_sku_id)
    .where(OrderLine.order_id == bindparam("order"))
    .order_by(IncentiveOffer.id.desc())
)


def offers_about(session: Session, order_id: int) -> list[StandingOffer]:
    """Every offer for a line of an order, the newest first."""
    found = []
    for one in rows_of(session, _OFFERS, {"order": order_id}):
        what = offer_in_words(
            one.kind,
            percent=one.percent,
            amount=one.amount,
            gift=one.gift,
            instead=one.instead,
            saves=one.cost,
            currency=one.currency,
            locale=formats.locale_in_use(),
        )
        found.append(
            StandingOffer(
                one.id,
                one.line_no,
                one.state,
                what,
                one.cost,
                one.offered_at,
                one.who,
                one.expires_on,
                one.answered_at,
                one.kept,
            )
        )
    return found
