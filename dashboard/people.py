"""The people who sign in: added, given a password, relieved of a second factor, each leaving its act; their names."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

from email_validator import EmailNotValidError, validate_email
from flask import current_app
from flask_security import hash_password
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from dashboard import audit
from dashboard.database import db, transaction
from dashboard.domain.particulars import OF_PEOPLE, Fact
from dashboard.models import Role, User
from dashboard.permissions import ROLES, Permission, roles_that_may
from dashboard.web.passwords import password_faults


class PersonRefused(ValueError):
    """A person or password that is not accepted; the message says why."""


def add_person(email: str, *, role: str, password: str, name: str = "", actor: Any = None) -> User:
    """Add somebody with one role; refused where the address is none or taken, or the password too weak."""
    address = _address(email)
    if role not in ROLES:
        raise PersonRefused(f"{role!r} is none of {', '.join(ROLES)}.")
    _check_password(password, address)
    hashed = hash_password(password)
    with transaction() as work:
        if find_person(address) is not None:
            raise PersonRefused(f"{address} is there already.")
        datastore = current_app.extensions["security"].datastore
        person = datastore.create_user(
            email=address, password=hashed, name=name or None, active=True, roles=[datastore.find_or_create_role(role)]
        )
        work.flush()
        audit.record("person-added", f"person {person.id}", after={"person_id": person.id, "role": role}, actor=actor)
    return person


def set_password(email: str, password: str, *, actor: Any = None) -> None:
    """Give somebody a new password, end all their sessions and unlock them."""
    _check_password(password, email)
    hashed = hash_password(password)
    with transaction():
        person = _known(email)
        person.password = hashed
        person.failed_sign_ins = 0
        person.locked_until = None
        current_app.extensions["security"].datastore.set_uniquifier(person)
        audit.record("password-set", f"person {person.id}", after={"person_id": person.id}, actor=actor)


def remove_second_factor(email: str, *, actor: Any = None) -> None:
    """Let somebody who lost the phone sign in by password alone."""
    with transaction():
        person = _known(email)
        current_app.extensions["security"].datastore.tf_reset(person)
        audit.record("second-factor-removed", f"person {person.id}", after={"person_id": person.id}, actor=actor)


def find_person(email: str) -> User | None:
    """Who signs in with that address, in whatever case it is typed."""
    return db.session.scalar(select(User).where(func.lower(User.email) == email.strip().casefold()))


def anybody() -> bool:
    """Whether somebody may sign in."""
    found = db.session.scalar(select(User.id).limit(1)) is not None
    db.session.rollback()
    return found


def who_may(permission: Permission) -> Select[int]:
    """The ids of those who are there and may do it: not of who left."""
    return select(User.id).where(User.active.is_(True), User.roles.any(Role.name.in_(roles_that_may(permission))))


def names_of_who_may(session: Session, permission: Permission) -> dict[int, str]:
    """Those who are there and may do it, by id, in the order of their names."""
    called = func.coalesce(User.name, User.email)
    rows = session.execute(select(User.id, called).where(User.id.in_(who_may(permission))).order_by(called, User.id))
    return {row[0]: row[1] for row in rows}


def names_of(person_ids: Collection[int]) -> dict[int, str]:
    """How people are called, by their ids."""
    if not person_ids:
        return {}
    called = select(User.id, func.coalesce(User.name, User.email)).where(User.id.in_(person_ids))
    return dict(iter(db.session.execute(called)))


def with_names(told: Sequence[tuple[Fact, ...]]) -> list[tuple[Fact, ...]]:
    """What each of several acts changed, people by their names: the history keeps their numbers alone."""
    numbers = {one for facts in told for fact in facts if fact.particular in OF_PEOPLE for one in (fact.then, fact.now)}
    names = names_of(numbers - {None})
    return [
        tuple(
            replace(fact, then=names.get(fact.then), now=names.get(fact.now)) if fact.particular in OF_PEOPLE else fact
            for fact in facts
        )
        for facts in told
    ]


def _known(email: str) -> User:
    person = find_person(email)
    if person is None:
        raise PersonRefused(f"Nobody signs in with {email}.")
    return person


def _address(email: str) -> str:
    try:
        return validate_email(email.strip(), check_deliverability=False).normalized
    except EmailNotValidError as fault:
        raise PersonRefused(f"{email!r} is no e-mail address: {fault}") from None


def _check_password(password: str, email: str) -> None:
    for fault in password_faults(password, email=email):
        raise PersonRefused(fault)
