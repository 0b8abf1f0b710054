"""Somebody says how they like to read the desk."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from dashboard import audit, planning, settings, topics
from dashboard.actions.clashes import refuse_if_changed
from dashboard.actions.outcomes import Outcome, sent_before
from dashboard.database import transaction
from dashboard.domain.preferences import refuse_preferences, set_in_words
from dashboard.models import Preference, User


@planning.repeated
def set_preferences(
    *,
    locale: str | None,
    theme: str | None,
    key_hints: bool,
    version: str | None = None,
    submission: str | None = None,
    actor: Any,
) -> Outcome:
    """Numbers and dates in a language (None: the shop's), light or dark, with or without hints of keys."""
    with transaction() as session:
        session.scalars(select(User.id).where(User.id == actor).with_for_update()).all()
        if repeated := sent_before(submission):
            return repeated
        row = session.get(Preference, actor, populate_existing=True)
        subject = f"person {actor}"
        refuse_if_changed(version, 0 if row is None else row.version, subject, among=("preferences-set",))
        refuse_preferences(locale, theme)
        if row is None:
            row = Preference(user_id=actor)
            session.add(row)
            session.flush()
        row.locale, row.theme, row.key_hints = locale, theme or "", bool(key_hints)
        row.version += 1
        notice = set_in_words(locale, theme or "", key_hints=bool(key_hints))
        after = {"locale": locale, "theme": theme, "key_hints": bool(key_hints)}
        act = audit.record("preferences-set", subject, after=after, actor=actor)
        audit.record_submission(submission, act, notice)
        session.flush()
        settings.forget()
        topics.bump(session.connection(), topics.SETTINGS, topics.WORK)
        return Outcome(notice, moves_lines=False)
