"""A session as somebody is about to end it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboard.models import SignInSession


@dataclass(frozen=True, slots=True)
class ListedSession:
    """Where somebody is signed in."""

    id: int
    person_id: int
    device: str
    seen_at: datetime
    is_open: bool

    @property
    def subject(self) -> str:
        """What the history calls it: by whose it is."""
        return f"person {self.person_id}"


def find_session(session: Session, session_id: int) -> ListedSession | None:
    """The session of that number."""
    row = session.scalar(
        select(SignInSession).where(SignInSession.id == session_id).execution_options(populate_existing=True)
    )
    if row is None:
        return None
    return ListedSession(row.id, row.user_id, row.device, row.seen_at, row.ended_at is None)
