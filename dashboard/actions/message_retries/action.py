"""Have a message that failed, or came back, leave once more."""

from __future__ import annotations

from typing import Any

from dashboard.actions.message_acts import MessageAct, act_on_message
from dashboard.actions.outcomes import Outcome
from dashboard.domain.messages import QUEUED, sent_again_in_words
from dashboard.messages import outbox

RETRY = MessageAct("message-sent-again", QUEUED, outbox.send_again, sent_again_in_words)


def retry_message(
    message_id: int, *, why: str | None, version: str | None = None, submission: str | None = None, actor: Any
) -> Outcome:
    """Send a message again, to the address that the customer or supplier has now."""
    return act_on_message(RETRY, message_id, why=why, version=version, submission=submission, actor=actor)
