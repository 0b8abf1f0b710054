"""Which files were sent and what became of them."""

from __future__ import annotations

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased

from dashboard.models import IntakeLoad


def upload_of(session: Session, load_id: int) -> int | None:
    """The number under which a load's files were sent; none where a command read them."""
    return session.scalar(select(IntakeLoad.upload_id).where(IntakeLoad.id == load_id))


def load_of_upload(session: Session, upload_id: int) -> int | None:
    """The newest load of files that were sent."""
    return session.scalar(
        select(IntakeLoad.id)
        .where(IntakeLoad.upload_id == upload_id, IntakeLoad.dry_run.is_(False))
        .order_by(IntakeLoad.id.desc())
        .limit(1)
    )


def looks_without_load(session: Session, *, limit: int) -> tuple[int, ...]:
    """Files that were sent and that nobody has loaded, the newest first."""
    look, load = IntakeLoad, aliased(IntakeLoad)
    loaded = exists().where(load.upload_id == look.id, load.dry_run.is_(False))
    return tuple(
        session.scalars(
            select(look.id)
            .where(look.dry_run, look.upload_id.is_not(None), ~loaded)
            .order_by(look.id.desc())
            .limit(limit)
        )
    )
