"""Somebody ends a session, their own or, as an admin, another's."""

from __future__ import annotations

from typing import Any

from dashboard import audit, clock, planning, topics
from dashboard.actions.clashes import refuse_if_changed
from dashboard.actions.outcomes import Outcome, sent_before
from dashboard.actions.session_ends.queries import find_session
from dashboard.database import transaction
from dashboard.domain.accounts import AccountRefused, session_ended_in_words
from dashboard.models import SignInSession


@planning.repeated
def end_session(
    session_id: int, *, why: str | None = None, version: str | None = None, submission: str | None = None, actor: Any
) -> Outcome:
    """End a session from elsewhere; its browser has to sign in again, also where it was asked to stay signed in."""
    with transaction() as session:
        row = session.get_one(SignInSession, session_id, populate_existing=True, with_for_update=True)
        if repeated := sent_before(submission):
            return repeated
        listed = find_session(session, session_id)
        assert listed is not None
        refuse_if_changed(version, listed.is_open, listed.subject, among=("session-ended",))
        if not listed.is_open:
            raise AccountRefused("That session is over already.", "Nothing changed.")
        row.ended_at = clock.real_now()
        notice = session_ended_in_words(listed.device)
        act = audit.record("session-ended", listed.subject, after={"session": session_id}, why=why, actor=actor)
        audit.record_submission(submission, act, notice)
        session.flush()
        topics.bump(session.connection(), topics.WORK)
        return Outcome(notice, moves_lines=False)
