"""What staff keep beside an order: their notes, whose its lines are, and who follows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from dashboard.database import rows_of
from dashboard.models import Assignment, Note, OrderFollow, User


@dataclass(frozen=True, slots=True)
class KeptNote:
    """A note about an order, or a line of it."""

    id: int
    line_id: int | None
    says: str
    at: datetime
    who: str | None  # None: the desk itself
    contact: str | None = None  # how the customer was in contact; None: they were not


@dataclass(frozen=True, slots=True)
class LineAssignment:
    """Whose a line is, and when it is back in sight."""

    line_id: int
    who: str | None
    until: date | None


# To write these statements takes longer than to answer them, so each is written once.
_NOTES = (
    select(Note.id, Note.line_id, Note.says, Note.made_at, func.coalesce(User.name, User.email), Note.contact)
    .outerjoin(User, User.id == Note.made_by)
    .where(Note.order_id == bindparam("order"), Note.removed_at.is_(None))
    .order_by(Note.id.desc())
)
_ASSIGNMENTS = (
    select(Assignment.line_id, func.coalesce(User.name, User.email), Assignment.snoozed_until)
    .outerjoin(User, User.id == Assignment.person_id)
    .where(Assignment.line_id.in_(bindparam("lines", expanding=True)))
    .order_by(Assignment.line_id)
)
_FOLLOWED = select(OrderFollow.order_id).where(
    OrderFollow.person_id == bindparam("person"), OrderFollow.order_id == bindparam("order")
)


def notes_about(session: Session, order_id: int) -> list[KeptNote]:
    """All notes of an order and of its lines, the newest first."""
    return [KeptNote(*row) for row in rows_of(session, _NOTES, {"order": order_id})]


def assignments_of(session: Session, line_ids: Sequence[int]) -> list[LineAssignment]:
    """Whose these lines are, of those that are somebody's or put away."""
    return [LineAssignment(*row) for row in rows_of(session, _ASSIGNMENTS, {"lines": line_ids})]


def is_followed(session: Session, order_id: int, person: int) -> bool:
    """Whether an order stands on somebody's list of those that they follow."""
    return rows_of(session, _FOLLOWED, {"person": person, "order": order_id}).scalar() is not None
