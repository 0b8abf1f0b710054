"""People with their roles, their sessions, and what was done about them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from dashboard.models import Act, Preference, SignInSession, User

ACTS_SHOWN = 30


@dataclass(frozen=True, slots=True)
class WrittenAct:
    """Something that was done about somebody."""

    at: datetime
    who: str  # empty: by command
    act: str
    why: str | None


def all_people(session: Session) -> list[User]:
    """Everybody, who may come in first, by name."""
    called = func.lower(func.coalesce(User.name, User.email))
    return list(
        session.scalars(select(User).options(selectinload(User.roles)).order_by(User.active.desc(), called, User.id))
    )


def sessions_since(session: Session, since: datetime, *, person_id: int | None = None) -> list[SignInSession]:
    """The sessions in which somebody was there since then and that nobody has ended, who was there last first."""
    found = select(SignInSession).where(SignInSession.ended_at.is_(None), SignInSession.seen_at >= since)
    if person_id is not None:
        found = found.where(SignInSession.user_id == person_id)
    return list(session.scalars(found.order_by(SignInSession.seen_at.desc(), SignInSession.id.desc())))


def find_person(session: Session, person_id: int) -> User | None:
    """The person of that number."""
    return session.get(User, person_id)


def preference_of(session: Session, person_id: int) -> Preference | None:
    """How somebody reads the desk, where they have said it."""
    return session.get(Preference, person_id)


def acts_about(session: Session, person_id: int) -> list[WrittenAct]:
    """What was done about somebody, the newest first; how they read the desk is nobody's business."""
    rows = session.execute(
        select(Act.at, func.coalesce(User.name, User.email, ""), Act.act, Act.why)
        .outerjoin(User, User.id == Act.actor_id)
        .where(Act.subject == f"person {person_id}", Act.act != "preferences-set")
        .order_by(Act.id.desc())
        .limit(ACTS_SHOWN)
    )
    return [WrittenAct(*row) for row in rows]
