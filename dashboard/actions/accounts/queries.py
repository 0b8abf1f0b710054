"""An account as an act finds it, and who else may let people in."""

from __future__ import annotations

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from dashboard import clock
from dashboard.domain.accounts import ADMIN, Account, LeftBehind
from dashboard.models import Assignment, CallBack, OrderLine, Role, SignInSession, User


def find_account(session: Session, person_id: int) -> Account | None:
    """The account of that number."""
    row = session.get(User, person_id, populate_existing=True)
    return None if row is None else account_of(row)


def account_of(row: User) -> Account:
    """A person as rules see them."""
    return Account(
        row.id,
        row.name or row.email,
        next((role.name for role in row.roles), ""),
        row.active,
        row.password is not None,
        bool(row.tf_primary_method),
    )


def lock_account(session: Session, person_id: int) -> User:
    """A person, with every admin kept as they are: else two could each leave because the other one stays."""
    session.scalars(select(User.id).where(User.roles.any(Role.name == ADMIN)).order_by(User.id).with_for_update()).all()
    return session.get_one(User, person_id, populate_existing=True, with_for_update=True)


def other_admins(session: Session, person_id: int) -> int:
    """How many others may sign in and let people in: who was only invited has not come yet."""
    others = select(func.count()).select_from(User).where(
        User.roles.any(Role.name == ADMIN), User.active.is_(True), User.password.is_not(None), User.id != person_id
    )  # fmt: skip
    return session.scalar(others) or 0


def left_behind(session: Session, person_id: int) -> LeftBehind:
    """What is somebody's own to do."""
    calls = select(func.count()).where(CallBack.person_id == person_id, CallBack.done_at.is_(None))
    lines = (
        select(func.count())
        .select_from(Assignment)
        .join(OrderLine, OrderLine.id == Assignment.line_id)
        .where(Assignment.person_id == person_id, OrderLine.qty_open > 0)
    )
    return LeftBehind(session.scalar(calls) or 0, session.scalar(lines) or 0)


def role_called(session: Session, name: str) -> Role:
    """The role of that name."""
    found = session.scalar(select(Role).where(Role.name == name))
    return found or Role(name=name)


def end_all_sessions(session: Session, person_id: int) -> int:
    """Mark all sessions of a person as ended; how many were open as far as is known."""
    ended = session.execute(
        update(SignInSession)
        .where(SignInSession.user_id == person_id, SignInSession.ended_at.is_(None))
        .values(ended_at=clock.real_now())
        .returning(SignInSession.id)
    )
    return len(ended.all())
