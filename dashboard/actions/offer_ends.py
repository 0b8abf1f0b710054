"""What ends an offer without an answer: its last day, and that what it was for has left or was cancelled."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session

from dashboard import audit, clock, topics
from dashboard.customer import links
from dashboard.database import db, transaction
from dashboard.domain.incentive_offers import EXPIRED, LIVE, VOID, WAITING_APPROVAL
from dashboard.domain.messages import FAILED, QUEUED, OfferMade
from dashboard.domain.quantity_cuts import PartUnitsGone
from dashboard.messages import outbox
from dashboard.models import IncentiveOffer, LinePart, Message, Order, OrderLine
from dashboard.planning import repeated

AT_ONCE = 200  # offers of one sweep; the next one takes the others


def end_with_units(session: Session, line: OrderLine, *, cancelled: Sequence[PartUnitsGone]) -> None:
    """Units of a line are open no more: where nothing is left of a part, what was offered for it is void, and every
    offer for it knows how it ended. In the transaction of the act that did it.
    """
    offers = session.scalars(
        select(IncentiveOffer).where(IncentiveOffer.line_id == line.id, IncentiveOffer.kept.is_(None)).with_for_update()
    ).all()
    if not offers:
        return
    left = dict(
        session.execute(
            select(LinePart.part, LinePart.qty - LinePart.qty_shipped - LinePart.qty_cancelled).where(
                LinePart.line_id == line.id
            )
        ).all()
    )
    gone = {one.part for one in cancelled}
    for offer in offers:
        if not left.get(offer.part, line.qty_open):
            # Whoever cancels the last of it has left, whatever was shipped before.
            _end(session, offer, line, VOID, kept=offer.part not in gone)


@repeated
def end_overdue() -> str | None:
    """Expire what nobody answered in time, and void what a file has ended the line of; in words, nothing if nothing."""
    if db.session.scalar(_overdue().limit(1)) is None:
        db.session.rollback()
        return None
    with transaction() as session:
        ended = session.scalars(_overdue().limit(AT_ONCE).with_for_update(of=IncentiveOffer, skip_locked=True)).all()
        for offer in ended:
            line = session.get_one(OrderLine, offer.line_id, populate_existing=True)
            state = EXPIRED if line.qty_open else VOID
            _end(session, offer, line, state, kept=None if line.qty_open else line.qty_shipped > 0)
        topics.bump(session.connection(), topics.WORK)
    return f"{len(ended)} offers ended" if ended else None


def _overdue() -> Select[IncentiveOffer]:
    return (
        select(IncentiveOffer)
        .join(OrderLine, OrderLine.id == IncentiveOffer.line_id)
        .where(
            or_(
                and_(
                    IncentiveOffer.state.in_(LIVE),
                    or_(IncentiveOffer.expires_on < clock.today(), OrderLine.qty_open == 0),
                ),
                and_(IncentiveOffer.kept.is_(None), OrderLine.qty_open == 0),
            )
        )
        .order_by(IncentiveOffer.id)
    )


def _end(session: Session, offer: IncentiveOffer, line: OrderLine, state: str, *, kept: bool | None) -> None:
    offer.kept = kept
    if offer.state not in LIVE:
        session.flush()
        return
    before, offer.state, offer.answered_at = offer.state, state, clock.now()
    number = session.scalar(select(Order.number).where(Order.id == line.order_id))
    if before != WAITING_APPROVAL and offer.message_id is not None:
        unsay(session, offer, line.line_no, actor=None)
    audit.record(
        "offer-ended",
        f"order-line {number}/{line.line_no}",
        before={"state": before},
        after={"offer": offer.id, "state": state},
    )
    session.flush()


def unsay(session: Session, offer: IncentiveOffer, line_no: int, *, actor: int | None) -> None:
    """What nobody has read yet of an offer need not be read: its words leave the message, and with the last of them its
    links are over. A message that says other things too leaves without a word of the offer.
    """
    assert offer.message_id is not None
    message = session.get_one(Message, offer.message_id, populate_existing=True)
    if message.state not in (QUEUED, FAILED):
        return
    if outbox.take_back(message.id, kind=OfferMade.kind, line_no=line_no):
        links.revoke(session, message.id, actor=actor)
    else:
        offer.message_id = None
