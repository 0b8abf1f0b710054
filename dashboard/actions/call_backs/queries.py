"""Promised calls, and who may make them."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dashboard.domain.call_backs import call_version
from dashboard.models import CallBack, Order, User
from dashboard.people import names_of_who_may
from dashboard.permissions import Permission


def call_back_still(session: Session, call_back_id: int) -> tuple[CallBack, str]:
    """A promised call with its order's number, while nobody else notes what came of it."""
    row = session.get_one(CallBack, call_back_id, populate_existing=True, with_for_update=True)
    return row, _number(session, row)


def find_call_back(session: Session, call_back_id: int) -> tuple[CallBack, str] | None:
    """A promised call with its order's number, for looking at."""
    row = session.get(CallBack, call_back_id)
    return None if row is None else (row, _number(session, row))


def version_of(row: CallBack) -> str:
    """Changes when somebody puts the call off, or another one is to make it."""
    return call_version(row.due_at, row.person_id)


def name_of(session: Session, person_id: int | None) -> str:
    """What somebody is called."""
    name = session.scalar(select(func.coalesce(User.name, User.email)).where(User.id == person_id))
    return name or "Somebody"


def callers(session: Session) -> dict[int, str]:
    """Everybody who may call, by id, in the order of their names."""
    return names_of_who_may(session, Permission.CONTACT_CUSTOMERS)


def _number(session: Session, row: CallBack) -> str:
    return session.scalars(select(Order.number).where(Order.id == row.order_id)).one()
