"""What the form of an offer shows: the line with its worth, who may give how much; and an offer that stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dashboard.actions.offers import as_loaded, ceiling_of, offerable, risk_of, usual_part
from dashboard.actions.order_lines import load
from dashboard.actions.order_queries import ShownLine, ShownOrder, find_line
from dashboard.domain.incentive_offers import MadeOffer, OfferableLine
from dashboard.models import IncentiveOffer, OrderLine, User


@dataclass(frozen=True, slots=True)
class OfferedLine:
    """A line as somebody is about to offer something for it."""

    order: ShownOrder
    line: ShownLine
    id: int
    version: int
    currency: str | None
    view: OfferableLine
    ceiling: int  # the share that its reader may give
    risk: int | None
    value_at_risk: int


@dataclass(frozen=True, slots=True)
class StandingOffer:
    """An offer as somebody withdraws, approves or refuses it."""

    id: int
    number: str
    line_no: int
    customer: str
    product: str
    what: str
    reason: str | None
    who: str | None
    at: datetime
    expires_on: date | None
    currency: str | None
    made: MadeOffer
    version: str


def find_offered(session: Session, number: str, line_no: int, actor: int) -> OfferedLine | None:
    """A line of an order by its numbers."""
    found = find_line(session, number, line_no)
    if found is None:
        return None
    order, line = found
    loaded = load(session, order.id)
    row = loaded.line(line_no)
    part = usual_part(row.units)
    return OfferedLine(
        order,
        line,
        line.id,
        line.version,
        loaded.row.currency,
        offerable(session, loaded, row, part),
        ceiling_of(session, actor),
        *risk_of(session, line.id, part),
    )


def find_offer(session: Session, offer_id: int) -> StandingOffer | None:
    """An offer by its id."""
    offer = IncentiveOffer
    row = session.execute(
        select(OrderLine.order_id, offer.offered_at, func.coalesce(User.name, User.email), offer.reason)
        .join(OrderLine, OrderLine.id == offer.line_id)
        .outerjoin(User, User.id == offer.offered_by)
        .where(offer.id == offer_id)
    ).first()
    if row is None:
        return None
    order_id, at, who, reason = row
    loaded = as_loaded(session, load(session, order_id), offer_id)
    found = find_line(session, loaded.order.row.number, loaded.line.row.line_no)
    assert found is not None
    return StandingOffer(
        offer_id,
        loaded.order.row.number,
        loaded.line.row.line_no,
        found[0].customer,
        found[1].product,
        loaded.what,
        reason,
        who,
        at,
        loaded.row.expires_on,
        loaded.order.row.currency,
        loaded.made,
        loaded.version,
    )
