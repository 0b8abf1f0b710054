"""A customer answers an offer, once."""

from __future__ import annotations

from dashboard import audit, clock, planning, topics
from dashboard.actions.offers import as_loaded, order_still
from dashboard.database import transaction
from dashboard.domain import incentive_offers as offers
from dashboard.models import IncentiveOffer, OrderLine

WORDS = {offers.ACCEPTED: "offer-accepted", offers.DECLINED: "offer-declined"}


@planning.repeated
def answer_offer(order_id: int, offer_id: int, *, accepts: bool) -> bool:
    """The customer of an order accepts or declines an offer of that order; whether there is such an offer. What was
    answered or has ended before stays so, and the page says how it stands.
    """
    with transaction() as session:
        order = order_still(session, order_id)
        row = session.get(IncentiveOffer, offer_id, populate_existing=True)
        if row is None or session.get_one(OrderLine, row.line_id).order_id != order_id:
            return False
        offer = as_loaded(session, order, offer_id)
        state = offers.answer(offer.made, accepts=accepts, today=clock.today())
        if state != row.state:
            before, row.state, row.answered_at = row.state, state, clock.now()
            audit.record(
                WORDS.get(state, "offer-ended"),
                offer.line.subject,
                before={"state": before},
                after={"offer": row.id, "state": state},
            )
            session.flush()
            topics.bump(session.connection(), topics.WORK)
        return True
