"""Answer a customer by mail who asked where their order is."""

from __future__ import annotations

from typing import Any

from dashboard import audit, planning
from dashboard.actions.notes.queries import subject_still
from dashboard.actions.outcomes import Outcome, sent_before
from dashboard.customer import links
from dashboard.database import transaction
from dashboard.domain.messages import AnswerGiven
from dashboard.domain.order_answers import refuse_unsayable, sent_in_words
from dashboard.messages import outbox


@planning.repeated
def send_answer(
    order_id: int,
    *,
    says: str | None,
    version: str | None = None,  # whoever sends it has read it
    submission: str | None = None,
    actor: Any,
) -> Outcome:
    """Write to the customer of an order what they should know of it; the history has no word of it."""
    with transaction() as session:
        subject = subject_still(session, order_id, None)
        if repeated := sent_before(submission):
            return repeated
        said = refuse_unsayable(says)
        link = links.make(session, order_id, until=None)
        told = outbox.write(order_id, AnswerGiven(answer=said, url=links.address_of(link)), actor=actor)
        link.message_id = told.message_id
        notice = sent_in_words(subject.number, told=told.in_words)
        act = audit.record("answer-sent", subject.in_history, after={"message": told.message_id}, actor=actor)
        audit.record_submission(submission, act, notice)
        return Outcome(notice, told=told, moves_lines=False, made=str(told.message_id))
