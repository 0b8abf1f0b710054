"""Open pages are told that something changed in the outbox."""

from __future__ import annotations

from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session

from dashboard import topics
from dashboard.database import DeskSession

MESSAGES = "messages"
ANNOUNCING = "messages changed"


def announce_messages(session: Session) -> None:
    """Say, when the transaction ends, that messages changed: as its very last statement, because who writes to a topic
    keeps all others from it until the commit.
    """
    session.info[ANNOUNCING] = True


@event.listens_for(DeskSession, "before_commit")
def _say_it(session: Any) -> None:
    if session.info.pop(ANNOUNCING, False):
        topics.bump(session.connection(), MESSAGES)


@event.listens_for(DeskSession, "after_rollback")
def _forget_it(session: Any) -> None:
    session.info.pop(ANNOUNCING, None)
