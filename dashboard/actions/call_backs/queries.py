"""Promised calls, and who may make them."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dashboard.database import instant_number
from dashboard.models import CallBack, Order, User


def call_back_still(session: Session, call_back_id: int) -> tuple[CallBack, str]:
    """A promised call with its order's number, while nobody else notes what came of it."""
    row = session.get_one(CallBack, call_back_id, populate_existing=True, with_for_update=True)
    return row, _number(session, row)


def find_call_back(session: Session, call_back_id: int) -> tuple[CallBack, str] | None:
    """A promised call with its order's number, for looking at."""
    row = session.get(CallBack, call_back_id)
    return None if row is None else (row, _number(session, row))


def version_of(row: CallBack) -> int:
    """Changes when somebody puts the call off."""
    return instant_number(row.due_at)


def name_of(session: Session, person_id: int | None) -> str:
    """What somebody is called."""
    name = session.scalar(select(func.coalesce(User.name, User.email)).where(User.id == person_id))
    return name or "Somebody"


def callers(session: Session) -> list[tuple[int, str]]:
    """Everybody who could call, by name."""
    name = func.coalesce(User.name, User.email)
    rows = session.execute(select(User.id, name).where(User.active.is_(True)).order_by(name, User.id))
    return [(row[0], row[1]) for row in rows]


def _number(session: Session, row: CallBack) -> str:
    return session.scalars(select(Order.number).where(Order.id == row.order_id)).one()
