"""What is offered to the customer of an order, and how it stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

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


def offers_about(session: Session, order_id: int) -> list[StandingOffer]:
    """Every offer for a line of an order, the newest first."""
    offer, instead = IncentiveOffer, aliased(Sku)
    rows = session.execute(
        select(
            offer,
            OrderLine.line_no,
            Order.currency,
            func.coalesce(User.name, User.email).label("who"),
            func.coalesce(instead.name, instead.code).label("instead"),
        )
        .join(OrderLine, OrderLine.id == offer.line_id)
        .join(Order, Order.id == OrderLine.order_id)
        .outerjoin(User, User.id == offer.offered_by)
        .outerjoin(instead, instead.id == offer.substitute_sku_id)
        .where(OrderLine.order_id == order_id)
        .order_by(offer.id.desc())
    )
    found = []
    for one, line_no, currency, who, other in rows:
        what = offer_in_words(
            one.kind,
            percent=one.percent,
            amount=one.amount,
            gift=one.gift,
            instead=other,
            saves=one.cost,
            currency=currency,
            locale=formats.locale_in_use(),
        )
        found.append(
            StandingOffer(
                one.id,
                line_no,
                one.state,
                what,
                one.cost,
                one.offered_at,
                who,
                one.expires_on,
                one.answered_at,
                one.kept,
            )
        )
    return found
