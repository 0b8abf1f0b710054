"""How somebody reads the desk now."""

from __future__ import annotations

from sqlalchemy.orm import Session

from dashboard.models import Preference

NEVER_SAID = 0  # the version of what nobody has said yet


def preference_of(session: Session, person_id: int) -> Preference:
    """What somebody has said; as the shop reads it where they have said nothing."""
    found = session.get(Preference, person_id, populate_existing=True)
    return found or Preference(user_id=person_id, locale=None, theme="auto", key_hints=True, version=NEVER_SAID)
