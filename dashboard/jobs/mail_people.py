"""People of the staff are told what they chose: at once what is new, and in the morning what is new since yesterday."""

from __future__ import annotations

import time

from flask import current_app
from sqlalchemy import select

from dashboard import clock, planning
from dashboard.database import db, transaction
from dashboard.messages.news import chosen_kinds, notice, tell_at_once, tell_in_the_morning
from dashboard.models import TopicVersion

# Nobody reads mail sooner, and what moved back meanwhile need not be told.
LOOKED_EVERY_SECONDS = 300


def mail_people() -> str | None:
    """Notice what has become so, and write to whoever wants to know; nothing before the day's plan stands."""
    connection = db.session.connection()
    kinds, is_behind = chosen_kinds(db.session()), planning.is_behind(connection)
    seen = (clock.today(), frozenset(kinds), tuple(map(tuple, db.session.execute(_VERSIONS))))
    db.session.rollback()
    if not kinds or is_behind:
        return None
    if _is_due(seen):
        with transaction() as session:
            notice(session, kinds, clock.today())
        current_app.extensions["news_noticed"] = (seen, time.monotonic())
    at_once = tell_at_once(clock.today())
    digests = tell_in_the_morning(clock.today())
    if not at_once and not digests:
        return None
    current_app.extensions["wake"]("deliver_mail")
    return f"{at_once} told at once, {digests} in the morning"


_VERSIONS = select(TopicVersion.topic, TopicVersion.version).order_by(TopicVersion.topic)


def _is_due(seen: object) -> bool:
    """Whether anything changed since this process last looked, which is some minutes ago."""
    before, at = current_app.extensions.get("news_noticed", (None, 0.0))
    return before is None or (seen != before and time.monotonic() - at >= LOOKED_EVERY_SECONDS)
