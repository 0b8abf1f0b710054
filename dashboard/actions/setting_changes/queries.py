"""A setting as somebody is about to change it."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboard import settings
from dashboard.domain.settings import BY_KEY
from dashboard.models import Act
from dashboard.settings import Standing


def find_setting(session: Session, key: str) -> Standing | None:
    """The setting of that key."""
    return settings.standing(session, key) if key in BY_KEY else None


def find_earlier(session: Session, subject: str, act_id: int | None) -> Any:
    """What a setting was before an act changed it; None where no such act is about it."""
    said = session.scalar(select(Act.before).where(Act.id == act_id, Act.subject == subject))
    return json.loads(said).get("value") if said else None
