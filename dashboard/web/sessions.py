"""The browsers in which people are signed in: listed, seen, and ended one by one.

The session itself is a signed cookie; what it carries of the list is a key. A row is written by the first request after
a sign-in, in a transaction of its own, because the sign-in's is the extension's.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, MutableMapping
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select, update

from dashboard import clock
from dashboard.bulk import upsert
from dashboard.database import db, transaction
from dashboard.domain.accounts import known_as
from dashboard.models import SignInSession, User

KEY, KNOWN_AS = "key", "known_as"
KEY_BYTES = 16
# When somebody was last there is kept to within so much: a page a minute must not be a write a minute.
SEEN_EVERY = timedelta(minutes=5)
FORGOTTEN_AFTER = timedelta(days=90)
BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrom", "Chrome"), ("Safari", "Safari"))
SYSTEMS = (
    ("iPhone", "an iPhone"),
    ("iPad", "an iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "a Mac"),
    ("CrOS", "a Chromebook"),
    ("Linux", "Linux"),
)


def begin(session: MutableMapping[str, Any]) -> None:
    """Give a session a key of its own; the next request lists it."""
    session[KEY] = secrets.token_urlsafe(KEY_BYTES)
    session.pop(KNOWN_AS, None)


def has_ended(session: Mapping[str, Any]) -> bool:
    """Whether somebody ended it from elsewhere."""
    if KEY not in session or KNOWN_AS not in session:
        return False
    row = db.session.execute(
        select(SignInSession.id, SignInSession.ended_at).where(SignInSession.key == session[KEY])
    ).first()
    return row is None or row.ended_at is not None


def keep_listed(session: MutableMapping[str, Any], user_agent: str) -> None:
    """List the session of who is signed in, and now and then that somebody is there."""
    now = clock.real_now()
    name = known_as(session["_user_id"])
    written = session.get("written", 0)
    if KEY not in session or (session.get(KNOWN_AS) == name and now.timestamp() - written < SEEN_EVERY.total_seconds()):
        return
    with transaction() as work:
        person = work.scalar(select(User.id).where(User.fs_uniquifier == session["_user_id"]))
        if person is None:
            return
        row = {"user_id": person, "known_as": name, "device": device_in_words(user_agent), "seen_at": now}
        statement = upsert(work.connection(), SignInSession).values(key=session[KEY], began_at=now, **row)
        work.execute(statement.on_conflict_do_update(index_elements=["key"], set_={"known_as": name, "seen_at": now}))
        if KNOWN_AS not in session:
            work.execute(
                delete(SignInSession).where(
                    SignInSession.user_id == person, SignInSession.seen_at < now - FORGOTTEN_AFTER
                )
            )
    session[KNOWN_AS], session["written"] = name, int(now.timestamp())


def end(session: Mapping[str, Any]) -> None:
    """The session ends here, in its own browser."""
    if KEY in session:
        with transaction() as work:
            work.execute(
                update(SignInSession)
                .where(SignInSession.key == session[KEY], SignInSession.ended_at.is_(None))
                .values(ended_at=clock.real_now())
            )


def device_in_words(user_agent: str) -> str:
    """`Firefox on Windows`, as far as a browser says what it is."""
    browser = next((word for mark, word in BROWSERS if mark in user_agent), "")
    system = next((word for mark, word in SYSTEMS if re.search(mark, user_agent)), "")
    if browser and system:
        return f"{browser} on {system}"
    return browser or system or "a browser that does not say what it is"
