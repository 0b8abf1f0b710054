"""An offer above somebody's limit goes out, or does not."""

from __future__ import annotations

from typing import Any

from dashboard import audit, clock, planning, topics
from dashboard.actions.clashes import refuse_if_changed
from dashboard.actions.incentive_offers.action import end, in_history
from dashboard.actions.offers import ceiling_of, load_offer, tell_customer
from dashboard.actions.outcomes import Outcome, sent_before
from dashboard.database import transaction
from dashboard.domain import incentive_offers as offers

APPROVE, REFUSE = "approve", "refuse"


@planning.repeated
def decide_offer(
    offer_id: int,
    *,
    decision: str,
    reason: str,
    version: str | None = None,
    submission: str | None = None,
    actor: Any,
) -> Outcome:
    """Let an offer that waits for approval go out to its customer, or end it before anybody was told."""
    with transaction() as session:
        offer = load_offer(session, offer_id)
        if repeated := sent_before(submission):
            return repeated
        refuse_if_changed(version, offer.version, offer.order.subject, offer.line.subject)
        row, view, told = offer.row, offer.made.line, None
        what = offer.what[:1].upper() + offer.what[1:]
        if decision == APPROVE:
            offers.approve(offer.made, ceiling=ceiling_of(session, actor), today=clock.today())
            row.state, row.approved_by, row.approved_at = offers.OFFERED, actor, clock.now()
            told = tell_customer(session, offer, actor=actor)
            notice = f"{offers.approved_in_words(view, what, until=row.expires_on)} {told.in_words}"
        else:
            offers.refuse(offer.made, today=clock.today())
            end(session, offer, actor=actor)
            notice = offers.refused_in_words(view, what)
        act = audit.record(
            "offer-approved" if decision == APPROVE else "offer-refused",
            offer.line.subject,
            before={"state": offers.WAITING_APPROVAL},
            after=in_history(row),
            why=reason,
            actor=actor,
        )
        audit.record_submission(submission, act, notice)
        session.flush()
        topics.bump(session.connection(), topics.WORK)
        return Outcome(notice, (offer.line.row.sku_id,), told=told, moves_lines=False)
