"""What a customer's page shows of their order: what waits of it, and what they are offered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dashboard import clock
from dashboard.actions.offers import as_loaded
from dashboard.actions.order_lines import load
from dashboard.domain.incentive_offers import LIVE, MadeOffer, standing
from dashboard.models import Customer, IncentiveOffer, Order, OrderLine, Sku, Waiting


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
class ShownOrder:
    """An order as its customer sees it: nothing of how they pay or where they live."""

    number: str
    placed_on: date
    name: str | None
    offers: tuple[ShownOffer, ...]  # newest first


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
    return ShownOrder(number, placed_on, name, tuple(found))
