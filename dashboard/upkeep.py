"""How the desk fares: its jobs, queue, mail, disk, files, database and version, for a page and for machines."""

from __future__ import annotations

import json
import platform
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from importlib import metadata
from pathlib import Path

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from dashboard import clock, config, topics
from dashboard.domain.messages import BOUNCED, FAILED, QUEUED, SENDING
from dashboard.domain.upkeep import Figures, JobFigure
from dashboard.models import Act, IntakeLoad, JobClaim, JobRun, Message, PlanState

BACKED_UP = "database-backed-up"
LOADS_SHOWN = 5
SECONDS_A_MINUTE = 60


@dataclass(frozen=True, slots=True)
class ShownLoad:
    """A load of files, as it ended."""

    id: int
    source: str
    state: str
    started_at: datetime
    finished_at: datetime | None
    faults: int


@dataclass(frozen=True, slots=True)
class Condition:
    """The figures, and what they are figures of."""

    figures: Figures
    version: str
    python: str
    database: str  # its kind and version
    migration: str
    planned_at: datetime | None
    loads: tuple[ShownLoad, ...]


def look(session: Session) -> Condition:
    """How the desk stands now."""
    plan = session.execute(select(PlanState.shop_day, PlanState.planned_at)).first()
    current = migrations_of(session)
    return Condition(
        figures=_figures(session, plan.shop_day if plan else None, is_newest=current == newest_migrations()),
        version=version(),
        python=platform.python_version(),
        database=_database(session),
        migration=", ".join(sorted(current)) or "none",
        planned_at=plan.planned_at if plan else None,
        loads=_last_loads(session),
    )


@lru_cache(maxsize=1)
def version() -> str:
    """The version of the desk that runs."""
    return metadata.version("backorder-desk")


def migrations_of(session: Session) -> set[str]:
    """At which migration the database is."""
    return set(MigrationContext.configure(session.connection()).get_current_heads())


@lru_cache(maxsize=1)
def newest_migrations() -> frozenset[str]:
    """At which migration the code wants it to be."""
    return frozenset(_script().get_heads())


@lru_cache(maxsize=1)
def known_migrations() -> frozenset[str]:
    """Every migration of the code; a database at another one belongs to a later version."""
    return frozenset(revision.revision for revision in _script().walk_revisions())


def _script() -> ScriptDirectory:
    return ScriptDirectory(str(config.ROOT / "migrations"))


def _figures(session: Session, planned_for: object, *, is_newest: bool) -> Figures:
    mail = {
        state: (count, oldest)
        for state, count, oldest in session.execute(
            select(Message.state, func.count(), func.min(Message.created_at)).group_by(Message.state)
        )
    }
    waiting = [mail[state] for state in (QUEUED, SENDING) if state in mail]
    disk = shutil.disk_usage(_folder())
    unplanned, planned = topics.versions(session.connection(), topics.UNPLANNED, topics.PLANNED)
    return Figures(
        at=clock.real_now(),
        jobs=_jobs(session),
        queued_jobs=current_app.extensions["queue"].length(),
        mail_is_set_up=bool(current_app.config["MAIL_URL"]),
        mail_waiting=sum(count for count, _ in waiting),
        mail_waiting_since=min((oldest for _, oldest in waiting), default=None),
        mail_failed=sum(mail[state][0] for state in (FAILED, BOUNCED) if state in mail),
        disk_bytes=disk.total,
        disk_free_bytes=disk.free,
        database_bytes=_database_bytes(session),
        is_newest_migration=is_newest,
        is_catching_up=planned_for is not None and (planned_for != clock.today() or unplanned != planned),
        has_data=planned_for is not None,
        backed_up_at=_backed_up_at(session),
    )


def _jobs(session: Session) -> tuple[JobFigure, ...]:
    """Every job, by its name; those that no worker ever took too."""
    minutes = {row.job: row.minute for row in session.execute(select(JobClaim.job, JobClaim.minute))}
    runs = {run.job: run for run in session.scalars(select(JobRun))}
    found = []
    for name, help in sorted(current_app.extensions["job_helps"].items()):
        minute, run = minutes.get(name), runs.get(name)
        found.append(
            JobFigure(
                name=name,
                help=help,
                looked_at=None if minute is None else datetime.fromtimestamp(minute * SECONDS_A_MINUTE, UTC),
                did_at=run.did_at if run else None,
                outcome=run.outcome if run else None,
                took_ms=run.took_ms if run else None,
                failed_at=run.failed_at if run else None,
                failure=run.failure if run else None,
                failures=run.failures if run else 0,
            )
        )
    return tuple(found)


def _last_loads(session: Session) -> tuple[ShownLoad, ...]:
    load = IntakeLoad
    rows = session.execute(
        select(load.id, load.source, load.state, load.started_at, load.finished_at, load.fault_count)
        .where(load.dry_run.is_(False))
        .order_by(load.id.desc())
        .limit(LOADS_SHOWN)
    )
    return tuple(ShownLoad(*row) for row in rows)


def _backed_up_at(session: Session) -> datetime | None:
    """When `flask backup` was last run to its end: acts are stamped with the shop's day, which may be pinned."""
    after = session.scalar(select(Act.after).where(Act.act == BACKED_UP).order_by(Act.id.desc()).limit(1))
    return None if after is None else _instant_in(after)


def _instant_in(after: str) -> datetime:
    return datetime.fromisoformat(json.loads(after)["at"])


def _folder() -> Path:
    """The folder in which the desk writes: of its SQLite file, else of what it keeps on this machine."""
    file = _sqlite_file()
    if file is not None:
        return file.parent
    return config.INSTANCE if config.INSTANCE.is_dir() else config.ROOT


def _sqlite_file() -> Path | None:
    url = current_app.config["DATABASE_URL"]
    return Path(url.removeprefix("sqlite:///")).resolve() if url.startswith("sqlite") else None


def _database(session: Session) -> str:
    if _sqlite_file() is not None:
        return f"SQLite {session.scalar(text('SELECT sqlite_version()'))}"
    return f"PostgreSQL {session.scalar(text('SHOW server_version'))}"


def _database_bytes(session: Session) -> int:
    file = _sqlite_file()
    if file is None:
        return int(session.scalar(text("SELECT pg_database_size(current_database())")) or 0)
    beside = (file.with_name(file.name + tail) for tail in ("", "-wal"))
    return sum(one.stat().st_size for one in beside if one.is_file())
