"""What a customer does on their page: answer an offer, wait on, ask to cancel the rest; each of them once."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dashboard import audit, clock, models, planning, topics
from dashboard.actions.cancellations.action import cancel_rest
from dashboard.actions.consents.action import record_consent
from dashboard.actions.offers import as_loaded, order_still
from dashboard.customer.queries import ASKED, is_asked, subject_of, unanswered
from dashboard.database import transaction
from dashboard.domain import incentive_offers as offers
from dashboard.domain.cancellations import CancellationRefused
from dashboard.domain.consents import AS_TOLD
from dashboard.domain.customer_pages import asks_in_words
from dashboard.domain.holds import PICKED
from dashboard.domain.order_lines import OPEN
from dashboard.models import Cancellation, Hold, IncentiveOffer, Order, OrderLine
from dashboard.models.shipments import CUSTOMERS_CANCEL

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


@planning.repeated
def wait_on(order_id: int) -> None:
    """The customer of an order agrees to the dates that they were told of and did not answer, if there are any."""
    with transaction() as session:
        order_still(session, order_id)
        if unanswered(session, order_id):
            record_consent(order_id, answer=AS_TOLD, actor=None)


@planning.repeated
def cancel_what_waits(order_id: int) -> None:
    """The customer of an order cancels all of it that has not left. Where some of it is picked, or left meanwhile,
    staff read that they asked, and when; what has left wins. Twice is once.
    """
    with transaction() as session:
        order_still(session, order_id)
        picked = _picked(session, order_id)
        if picked:
            _ask(session, order_id, asks_in_words(None, picked=picked))
            return
        try:
            cancel_rest(order_id, reason=CUSTOMERS_CANCEL, tell=True, actor=None)
        except CancellationRefused as refused:
            if _is_cancelled(session, order_id):
                return
            _ask(session, order_id, asks_in_words(str(refused), picked=0))


def _ask(session: Session, order_id: int, says: str) -> None:
    """Note once at the order what its customer asked."""
    if is_asked(session, order_id):
        return
    note = models.Note(order_id=order_id, says=says, made_at=clock.now())
    session.add(note)
    session.flush()
    audit.record(ASKED, subject_of(session, order_id), after={"note": note.id})
    session.flush()
    topics.bump(session.connection(), topics.WORK)


def _picked(session: Session, order_id: int) -> int:
    lines = select(OrderLine.id).where(OrderLine.order_id == order_id)
    held = select(func.sum(Hold.qty)).where(Hold.line_id.in_(lines), Hold.kind == PICKED, Hold.ended_at.is_(None))
    return int(session.scalar(held) or 0)


def _is_cancelled(session: Session, order_id: int) -> bool:
    """Whether the customer cancelled of the order before, or it has ended otherwise: there is nothing more to ask."""
    lines = select(OrderLine.id).where(OrderLine.order_id == order_id)
    theirs = select(Cancellation.id).where(Cancellation.line_id.in_(lines), Cancellation.reason == CUSTOMERS_CANCEL)
    has_ended = select(Order.id).where(Order.id == order_id, Order.status != OPEN)
    return session.scalar(theirs.limit(1)) is not None or session.scalar(has_ended) is not None
