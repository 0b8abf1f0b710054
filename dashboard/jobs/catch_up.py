"""What must happen because it is another day, or because somebody left facts without planning them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from flask import current_app
from sqlalchemy import func, select

from dashboard import clock, planning
from dashboard.database import db
from dashboard.intake import loads

# Whoever loads files commits some thousand rows at a time and plans at the end. Facts that were left for so long are
# left for good: their load was killed. Less than a minute, so that one sweep looks and the next one plans.
QUIET_SECONDS = 45

# Any number that no other advisory lock of the desk uses.
CATCHING_UP_LOCK = 7_305_120


def catch_up() -> str | None:
    """Learn from history and plan anew when the stored plan is of another day than the shop's, and at once; or when
    facts have been left unplanned for a while. Else nothing.
    """
    progress = planning.progress(db.session.connection())
    db.session.rollback()
    if not progress.is_of_another_day and not _are_left_for_good(progress):
        return None
    with _alone() as is_alone:
        if not is_alone:
            return None
        planned = planning.plan()
    return f"planned for {clock.today()}, {planned.changed_lines} lines changed"


def _are_left_for_good(progress: planning.Progress) -> bool:
    """Whether the same facts were unplanned some time ago already, as far as this process has looked, and no load is
    under way that will plan them at its end.
    """
    looked = current_app.extensions.setdefault("left_unplanned", {})
    now = time.monotonic()
    wait = not progress.has_facts_left or _is_load_under_way()
    if wait or looked.get("version") != progress.left:
        looked.update(version=progress.left, since=now)
    return not wait and now - looked["since"] >= QUIET_SECONDS


def _is_load_under_way() -> bool:
    under_way = loads.running_load() is not None
    db.session.rollback()
    return under_way


@contextmanager
def _alone() -> Iterator[bool]:
    """Whether no other worker catches up now. A worker that is killed lets go; on SQLite there is one."""
    if db.engine.dialect.name != "postgresql":
        yield True
        return
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        is_alone = bool(connection.scalar(select(func.pg_try_advisory_lock(CATCHING_UP_LOCK))))
        try:
            yield is_alone
        finally:
            if is_alone:
                connection.execute(select(func.pg_advisory_unlock(CATCHING_UP_LOCK)))
