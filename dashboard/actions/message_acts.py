"""The one way in which something is done to a message that was written, whoever it is to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dashboard import audit, planning, settings
from dashboard.actions.clashes import refuse_if_changed
from dashboard.actions.delay_notices.standing import follow_message, skus_told_of
from dashboard.actions.message_queries import find_still
from dashboard.actions.outcomes import Outcome, sent_before
from dashboard.database import transaction


@dataclass(frozen=True, slots=True)
class MessageAct:
    """What can be done to a message."""

    act: str  # in the history
    state: str  # in which the message is afterwards
    do: Callable[[int], object]  # to the outbox; refuses what cannot be
    in_words: Callable[[str, str], str]  # of its subject, and of whom it is to


@planning.repeated
def act_on_message(
    done: MessageAct, message_id: int, *, why: str | None, version: str | None, submission: str | None, actor: Any
) -> Outcome:
    """Do it, with what hangs on whether somebody was told; where promises do, their lines are planned."""
    with transaction() as session:
        skus = skus_told_of(session, message_id)
        planning.keep_still(skus)
        message = find_still(session, message_id)
        if repeated := sent_before(submission):
            return repeated
        refuse_if_changed(version, message.version, message.name)
        done.do(message_id)
        if follow_message(session, message_id, region=settings.clock_rule()):
            planning.replan(skus)
        notice = done.in_words(message.subject, message.whom)
        after = {
            "kind": message.kind,
            "order": message.order,
            "purchase_order": message.purchase_order,
            "state": done.state,
        }
        before = {"state": message.state}
        act = audit.record(done.act, message.name, before=before, after=after, why=why, actor=actor)
        audit.record_submission(submission, act, notice)
        return Outcome(notice, tuple(sorted(skus)), moves_lines=False)
