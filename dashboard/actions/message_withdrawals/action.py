"""Take a message that has not left out of the outbox: the customer never gets it."""

from __future__ import annotations

from typing import Any

from dashboard import audit, planning, settings
from dashboard.actions.clashes import refuse_if_changed
from dashboard.actions.delay_notices.standing import follow_message, skus_told_of
from dashboard.actions.message_queries import find_still
from dashboard.actions.outcomes import Outcome, sent_before
from dashboard.database import transaction
from dashboard.domain.messages import WITHDRAWN, withdrawn_in_words
from dashboard.messages import outbox


@planning.repeated
def withdraw_message(
    message_id: int, *, why: str | None, version: str | None = None, submission: str | None = None, actor: Any
) -> Outcome:
    """Withdraw a message that waits, or that failed and shall not be tried any more."""
    with transaction() as session:
        skus = skus_told_of(session, message_id)
        planning.keep_still(skus)
        message = find_still(session, message_id)
        if repeated := sent_before(submission):
            return repeated
        refuse_if_changed(version, message.version, message.name)
        outbox.take_back(message_id)
        if follow_message(session, message_id, region=settings.clock_rule()):
            planning.replan(skus)
        notice = withdrawn_in_words(message.order, message.subject)
        act = audit.record(
            "message-withdrawn",
            message.name,
            before={"state": message.state},
            after={"kind": message.kind, "order": message.order, "state": WITHDRAWN},
            why=why,
            actor=actor,
        )
        audit.record_submission(submission, act, notice)
        return Outcome(notice, tuple(sorted(skus)), moves_lines=False)
