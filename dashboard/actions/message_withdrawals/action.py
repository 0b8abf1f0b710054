"""Take a message that has not left out of the outbox: nobody ever gets it."""

from __future__ import annotations

from typing import Any

from dashboard.actions.message_acts import MessageAct, act_on_message
from dashboard.actions.outcomes import Outcome
from dashboard.domain.messages import WITHDRAWN, withdrawn_in_words
from dashboard.messages import outbox

WITHDRAWAL = MessageAct("message-withdrawn", WITHDRAWN, outbox.take_back, withdrawn_in_words)


def withdraw_message(
    message_id: int, *, why: str | None, version: str | None = None, submission: str | None = None, actor: Any
) -> Outcome:
    """Withdraw a message that waits, or that failed and shall not be tried any more."""
    return act_on_message(WITHDRAWAL, message_id, why=why, version=version, submission=submission, actor=actor)
