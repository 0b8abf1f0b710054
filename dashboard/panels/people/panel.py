"""The list of people, and one of them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from dashboard.domain.accounts import SESSION_SHOWN, known_as
from dashboard.domain.preferences import LOCALES, THEMES
from dashboard.models import SignInSession, User
from dashboard.panels.people.queries import (
    WrittenAct,
    acts_about,
    all_people,
    find_person,
    preference_of,
    sessions_since,
)


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A browser in which somebody is signed in."""

    id: int
    device: str
    began_at: datetime
    seen_at: datetime
    is_here: bool  # the one that asks


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody, as the list shows them."""

    id: int
    name: str
    email: str
    role: str
    active: bool
    is_invited: bool  # and has not come yet
    has_second_factor: bool
    is_reader: bool
    sessions: tuple[OpenSession, ...]

    @property
    def seen_at(self) -> datetime | None:
        """When they were last there, as far as sessions are remembered."""
        return self.sessions[0].seen_at if self.sessions else None


@dataclass(frozen=True, slots=True)
class PersonPage:
    """Somebody, with what was done about them."""

    person: Person
    acts: tuple[WrittenAct, ...]
    locale: str  # in words
    theme: str
    key_hints: bool
    recovery_codes: int  # that are left


def load_people(session: Session, now: datetime, *, reader: int, key: str | None) -> tuple[Person, ...]:
    """Everybody; `key` is that of the session that asks."""
    by_person: dict[int, list[SignInSession]] = defaultdict(list)
    for one in sessions_since(session, now - SESSION_SHOWN):
        by_person[one.user_id].append(one)
    return tuple(_shown(row, by_person[row.id], reader, key) for row in all_people(session))


def load_person(session: Session, person_id: int, now: datetime, *, reader: int, key: str | None) -> PersonPage | None:
    """The person of that number."""
    row = find_person(session, person_id)
    if row is None:
        return None
    open_ones = sessions_since(session, now - SESSION_SHOWN, person_id=person_id)
    said = preference_of(session, person_id)
    return PersonPage(
        _shown(row, open_ones, reader, key),
        tuple(acts_about(session, person_id)),
        LOCALES.get(said.locale or "", "As the shop does") if said else "As the shop does",
        THEMES[said.theme if said else "auto"],
        said.key_hints if said else True,
        len(row.mf_recovery_codes or ()),
    )


def _shown(row: User, sessions: list[SignInSession], reader: int, key: str | None) -> Person:
    # Sessions that know the person by a name of before ended with it: a password was set, or all were ended.
    name = known_as(row.fs_uniquifier)
    return Person(
        row.id,
        row.name or row.email.partition("@")[0],
        row.email,
        next((role.name for role in row.roles), ""),
        row.active,
        row.password is None,
        bool(row.tf_primary_method),
        row.id == reader,
        tuple(
            OpenSession(one.id, one.device, one.began_at, one.seen_at, one.key == key)
            for one in sessions
            if one.known_as == name and row.active
        ),
    )
