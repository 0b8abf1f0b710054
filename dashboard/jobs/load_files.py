"""What was sent by the browser is looked at and loaded, one after the other, on the machine that has the files."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from dashboard import clock
from dashboard.database import db
from dashboard.domain.loads import DONE, RUNNING, WAITING
from dashboard.intake import loads, uploads
from dashboard.intake.load import carry_out
from dashboard.models import IntakeLoad

AS_LONG_AS_A_REQUEST = timedelta(minutes=1)


def load_files() -> str | None:
    """Carry out what waits, the oldest first; a load waits until no other one is under way, wherever it was begun."""
    done = []
    tried: set[int] = set()
    while (turn := _next(tried)) is not None:
        load_id, upload_id = turn
        tried.add(load_id)
        path = uploads.path_of(upload_id)
        if path is None:
            loads.give_up(load_id, waited_since=clock.now() - _patience())
            continue
        ended = carry_out(load_id, path)
        if ended.state == DONE:
            done.append(ended.source)
            if not ended.dry_run:
                uploads.empty(upload_id)
    uploads.empty_old(but=_waiting_uploads())
    return ", ".join(done) or None


def _next(tried: set[int]) -> tuple[int, int] | None:
    """The load that is to be carried out now, and where its files are."""
    db.session.rollback()
    load = IntakeLoad
    waiting = select(load.id, load.upload_id).where(
        load.state == WAITING, load.upload_id.is_not(None), load.id.not_in(tried)
    )
    if loads.running_load() is not None:
        waiting = waiting.where(load.dry_run)
    row = db.session.execute(waiting.order_by(load.id).limit(1)).first()
    db.session.rollback()
    return None if row is None else (row.id, row.upload_id)


def _patience() -> timedelta:
    """How long it may be waited for files that are not here: on PostgreSQL another machine may have taken them in, and
    has a worker of its own; on SQLite there is one, and they are here as soon as their request ends.
    """
    return AS_LONG_AS_A_REQUEST if db.engine.dialect.name == "sqlite" else uploads.KEPT_FOR


def _waiting_uploads() -> list[int]:
    """Files that somebody still wants loaded."""
    wanted = select(IntakeLoad.upload_id).where(IntakeLoad.state.in_((WAITING, RUNNING)))
    return [upload_id for upload_id in db.session.scalars(wanted) if upload_id is not None]
