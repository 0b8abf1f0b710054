"""A text as somebody is about to write it anew."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboard.domain.text_changes import LANGUAGES, NAMES
from dashboard.messages.texts import StandingText, standing_text
from dashboard.models import Act


def find_text(session: Session, name: str, language: str) -> StandingText | None:
    """The text of that name in that language."""
    return standing_text(session, name, language) if name in NAMES and language in LANGUAGES else None


def find_earlier(session: Session, subject: str, act_id: int | None) -> Any:
    """How a text read before an act changed it; None where no such act is about it."""
    said = session.scalar(select(Act.before).where(Act.id == act_id, Act.subject == subject))
    return json.loads(said).get("text") if said else None
