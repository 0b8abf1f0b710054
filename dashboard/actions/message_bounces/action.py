"""Note that a message that a mail server took came back: whom it is to never read it."""

from __future__ import annotations

from typing import Any

from dashboard.actions.message_acts import MessageAct, act_on_message
from dashboard.actions.outcomes import Outcome
from dashboard.domain.messages import BOUNCED, came_back_in_words
from dashboard.messages import outbox

BOUNCE = MessageAct("message-came-back", BOUNCED, outbox.note_bounce, came_back_in_words)


def note_bounce(
    message_id: int, *, why: str | None, version: str | None = None, submission: str | None = None, actor: Any
) -> Outcome:
    """Take a message that was sent for one that did not arrive."""
    return act_on_message(BOUNCE, message_id, why=why, version=version, submission=submission, actor=actor)
