"""Ask a customer for another card, or another means of payment, before the goods leave."""

from __future__ import annotations

from typing import Any

from dashboard import audit, clock, models, planning
from dashboard.actions.card_requests.queries import payment_still
from dashboard.actions.clashes import refuse_if_changed
from dashboard.actions.outcomes import Outcome, sent_before
from dashboard.database import transaction
from dashboard.domain.card_requests import ask, asked_in_words
from dashboard.messages import outbox


@planning.repeated
def request_card(
    order_id: int,
    *,
    again: bool = False,
    why: str | None = None,
    version: str | None = None,
    submission: str | None = None,
    actor: Any,
) -> Outcome:
    """Write to the customer of an order that its means of payment will not do; `again`: although they were asked."""
    with transaction() as session:
        order = payment_still(session, order_id)
        if repeated := sent_before(submission):
            return repeated
        refuse_if_changed(version, order.version, order.subject)
        said = ask(order.paid, again=again, today=clock.today())
        told = outbox.write(order_id, said, actor=actor)
        session.add(
            models.CardRequest(
                order_id=order_id,
                payment_method_id=order.payment_method_id,
                message_id=told.message_id,
                asked_at=clock.now(),
                asked_by=actor,
            )
        )
        notice = asked_in_words(order.paid, told=told.in_words)
        act = audit.record(
            "card-asked-for",
            order.subject,
            after={"message": told.message_id, "payment_method": order.payment_method},
            why=why,
            actor=actor,
        )
        audit.record_submission(submission, act, notice)
        return Outcome(notice, told=told, moves_lines=False, made=str(told.message_id))
