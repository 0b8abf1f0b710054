"""Who changed which setting, when, from what to what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dashboard.models import Act, User


@dataclass(frozen=True, slots=True)
class SettingAct:
    """One change, as the history has it."""

    id: int
    at: datetime
    who: str  # empty: the desk itself
    before: str | None  # JSON of its particulars
    after: str | None
    why: str | None


def acts_about(session: Session, subject: str, *, at_most: int) -> tuple[SettingAct, ...]:
    """The changes of a setting, the newest first."""
    rows = session.execute(
        select(Act.id, Act.at, func.coalesce(User.name, User.email, ""), Act.before, Act.after, Act.why)
        .outerjoin(User, User.id == Act.actor_id)
        .where(Act.subject == subject)
        .order_by(Act.id.desc())
        .limit(at_most)
    )
    return tuple(SettingAct(*row) for row in rows)


def last_changes(session: Session, subjects: tuple[str, ...]) -> dict[str, tuple[datetime, str]]:
    """When each was changed last, and by whom."""
    newest = select(func.max(Act.id)).where(Act.subject.in_(subjects)).group_by(Act.subject)
    rows = session.execute(
        select(Act.subject, Act.at, func.coalesce(User.name, User.email, ""))
        .outerjoin(User, User.id == Act.actor_id)
        .where(Act.id.in_(newest))
    )
    return {subject: (at, who) for subject, at, who in rows}
