"""Note that a message that a mail server took came back: the customer never read it."""

from __future__ import annotations

from typing import Any

from dashboard import audit, planning, settings
from dashboard.actions.clashes import refuse_if_changed
from dashboard.actions.delay_notices.standing import follow_message, skus_told_of
from dashboard.actions.message_queries import find_still
from dashboard.actions.outcomes import Outcome, sent_before
from dashboard.database import transaction
from dashboard.domain.messages import BOUNCED, came_back_in_words
from dashboard.messages import outbox


@planning.repeated
def note_bounce(
    message_id: int, *, why: str | None, version: str | None = None, submission: str | None = None, actor: Any
) -> Outcome:
    """Take a message that was sent for one that did not arrive."""
    with transaction() as session:
        skus = skus_told_of(session, message_id)
        planning.keep_still(skus)
        message = find_still(session, message_id)
        if repeated := sent_before(submission):
            return repeated
        refuse_if_changed(version, message.version, message.name)
        outbox.note_bounce(message_id)
        if follow_message(session, message_id, region=settings.clock_rule()):
            planning.replan(skus)
        notice = came_back_in_words(message.order, message.subject)
        act = audit.record(
            "message-came-back",
            message.name,
            before={"state": message.state},
            after={"kind": message.kind, "order": message.order, "state": BOUNCED},
            why=why,
            actor=actor,
        )
        audit.record_submission(submission, act, notice)
        return Outcome(notice, tuple(sorted(skus)), moves_lines=False)
