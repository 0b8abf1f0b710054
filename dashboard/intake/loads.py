"""The list of loads: what was announced, how far each is, what it came to, what was said of its rows.

Every process can ask: a load tells of itself once a second, and one that was killed is known by its silence.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, insert, or_, select, union_all, update
from sqlalchemy.orm import aliased

from dashboard import clock, models
from dashboard.database import db, rows_touched, transaction
from dashboard.domain.loads import (
    DONE,
    FAILED,
    RUNNING,
    STOPPED,
    UNDOABLE_LOADS,
    UNDOING,
    WAITING,
    gone_in_words,
    stopped_in_words,
)
from dashboard.intake.faults import Fault, Remark
from dashboard.intake.kit import KIT
from dashboard.intake.shown_loads import FileCounts, Foreseen, ForeseenLine, KeptFault, LoadShown

# Whoever is silent for so long was killed. A writer of SQLite may have to wait for half a minute before it can say
# anything.
SILENT_SECONDS = 90

KEPT_AT_ONCE = 5_000

# Any number that no other advisory lock of the desk uses.
CLAIMING_LOCK = 7_305_121

_MAY_BE_UNDONE = (RUNNING, DONE, FAILED, UNDOING)
_LOADS = models.IntakeLoad.__table__
_FILES = models.IntakeFile.__table__
_FAULTS = models.IntakeFault.__table__


# To be asked by any process.


def find_load(load_id: int) -> LoadShown | None:
    """One load, or look at files."""
    return next(iter(_shown(_LOADS.c.id == load_id)), None)


def past_loads(*, before: int | None = None, limit: int = 50) -> tuple[LoadShown, ...]:
    """Loads, the newest first, from the one before that id; looks that loaded nothing are not among them."""
    wanted = ~_LOADS.c.dry_run if before is None else (~_LOADS.c.dry_run & (_LOADS.c.id < before))
    return _shown(wanted, limit=limit)


def running_load() -> LoadShown | None:
    """The load that is under way, if one is: it writes, or is being undone, and was heard of lately."""
    return next(iter(_shown(_is_live())), None)


def faults_of(load_id: int, *, remarks: bool = False, after: int = 0, limit: int = 200) -> tuple[KeptFault, ...]:
    """What was said of a load's rows, in the order of files and lines, from the one after that place."""
    row = models.IntakeFault
    asked = (
        select(row.place, row.file, row.line, row.column, row.reason, row.is_remark)
        .where(row.load_id == load_id, row.is_remark.is_(remarks), row.place > after)
        .order_by(row.place)
        .limit(limit)
    )
    return tuple(KeptFault(*found) for found in db.session.execute(asked))


def all_faults_of(load_id: int) -> Iterator[KeptFault]:
    """Every fault, then every remark, that was kept of a load."""
    for remarks in (False, True):
        after = 0
        while page := faults_of(load_id, remarks=remarks, after=after, limit=KEPT_AT_ONCE):
            yield from page
            after = page[-1].place


def arrivals(*, newest: int = 12) -> dict[str, tuple[datetime, ...]]:
    """By file of the kit: when it last came in a load that ended well, the newest first."""
    found: dict[str, list[datetime]] = {}
    rows = db.session.execute(_arrivals_query(newest)).all()
    for name, _load, at in sorted(rows, key=lambda row: row[1], reverse=True):
        found.setdefault(name, []).append(at)
    return {name: tuple(times) for name, times in found.items()}


def oldest_undoable() -> int:
    """The id from which on loads can be undone: of the newest that changed something it is kept how rows stood."""
    load, file = models.IntakeLoad, models.IntakeFile
    # One that did not come to its end has no counts; it may have changed something.
    changed = exists().where(file.load_id == load.id, file.new + file.changed > 0)
    newest = (
        select(load.id)
        .where(load.dry_run.is_(False), load.state.in_(_MAY_BE_UNDONE), or_(load.state != DONE, changed))
        .order_by(load.id.desc())
        .limit(UNDOABLE_LOADS)
        .subquery()
    )
    count, oldest = db.session.execute(select(func.count(), func.min(newest.c.id))).one()
    if count < UNDOABLE_LOADS:
        return 0
    # What somebody has begun to undo can be undone to its end.
    being_undone = db.session.scalar(select(func.min(load.id)).where(load.state == UNDOING))
    return int(oldest if being_undone is None else min(oldest, being_undone))


def actor_of(load_id: int) -> int | None:
    """The id of who loads; None for the command line."""
    return db.session.scalar(select(_LOADS.c.actor_id).where(_LOADS.c.id == load_id))


@cache
def _arrivals_query(newest: int) -> Any:
    """Each file by a question of its own, which walks the end of its index, however many loads there were."""
    file, load = models.IntakeFile, models.IntakeLoad
    return union_all(
        *(
            select(
                select(file.file, file.load_id, load.finished_at)
                .join(load, load.id == file.load_id)
                .where(file.file == kit_file.name, file.rows > 0, load.state == DONE, load.dry_run.is_(False))
                .order_by(file.load_id.desc())
                .limit(newest)
                .subquery()
            )
            for kit_file in KIT
        )
    )


@cache
def _loads_query() -> Any:
    load, who, undoer = models.IntakeLoad, aliased(models.User), aliased(models.User)
    return (
        select(
            load.__table__,
            func.coalesce(who.name, who.email).label("who"),
            func.coalesce(undoer.name, undoer.email).label("undoer"),
        )
        .outerjoin(who, who.id == load.actor_id)
        .outerjoin(undoer, undoer.id == load.undone_by)
        .order_by(load.id.desc())
    )


def _shown(wanted: ColumnElement[bool], *, limit: int = 1) -> tuple[LoadShown, ...]:
    rows = db.session.execute(_loads_query().where(wanted).limit(limit)).all()
    files = _files_of([row.id for row in rows])
    undoable = oldest_undoable() if any(row.state in _MAY_BE_UNDONE and not row.dry_run for row in rows) else 0
    return tuple(_load_shown(row, files.get(row.id, ()), undoable) for row in rows)


def _load_shown(row: Any, files: Sequence[FileCounts], oldest_undoable: int) -> LoadShown:
    is_silent = row.state in (RUNNING, UNDOING) and (row.beat_at is None or row.beat_at < _heard_since())
    return LoadShown(
        id=row.id,
        source=row.source,
        format=row.format,
        dry_run=row.dry_run,
        state=STOPPED if is_silent else row.state,
        who=row.who,
        started_at=row.started_at,
        finished_at=row.finished_at,
        doing=row.doing or "",
        rows_done=row.rows_done,
        rows_total=row.rows_total,
        files=tuple(files),
        fault_count=row.fault_count,
        remark_count=row.remark_count,
        failure=row.failure,
        foreseen=None if row.foreseen is None else _foreseen(json.loads(row.foreseen)),
        undone_at=row.undone_at,
        undone_by=row.undoer,
        is_too_old=row.id < oldest_undoable,
    )


def _is_live() -> ColumnElement[bool]:
    """A load that writes, or is being undone, by a process that was heard of lately."""
    return and_(~_LOADS.c.dry_run, _LOADS.c.state.in_((RUNNING, UNDOING)), _LOADS.c.beat_at >= _heard_since())


def _heard_since() -> datetime:
    return clock.real_now() - timedelta(seconds=SILENT_SECONDS)


def _foreseen(said: dict[str, Any]) -> Foreseen:
    customers = tuple(ForeseenLine(**line) for line in said.pop("customers", ()))
    return Foreseen(**said, customers=customers)


def _files_of(load_ids: Collection[int]) -> dict[int, list[FileCounts]]:
    file = models.IntakeFile
    counted = (file.shown_as, file.rows, file.new, file.changed, file.unchanged, file.faulty, file.left_out)
    found: dict[int, list[FileCounts]] = {}
    asked = select(file.load_id, *counted).where(file.load_id.in_(load_ids)).order_by(file.load_id, file.file)
    for load_id, *counts in db.session.execute(asked):
        found.setdefault(load_id, []).append(FileCounts(*counts))
    return found


# To be said by the process that loads.


def announce(source: str, *, format: str, dry_run: bool, actor: Any = None) -> int:
    """Put a load, or a look at files, on the list; it begins when somebody claims it. Its id comes back."""
    row = {
        "started_at": clock.now(),
        "actor_id": getattr(actor, "id", actor),
        "source": source,
        "format": format,
        "dry_run": dry_run,
        "state": WAITING,
    }
    with transaction() as session:
        return session.execute(insert(_LOADS).values(**row).returning(_LOADS.c.id)).scalar_one()


def claim(load_id: int, *, of: Collection[str] = (WAITING,), to: str = RUNNING, alone: bool = False) -> bool:
    """Whether the caller may do it: whoever asks first may, the others not. What was killed is written down as such.

    `alone` is for what waits for its turn: it is not claimed while another load that writes is under way. Who has files
    loaded by command has decided so.
    """
    silent = or_(_LOADS.c.beat_at.is_(None), _LOADS.c.beat_at < _heard_since())
    with transaction() as session:
        keep_claims_away()
        for is_look in (True, False):
            session.execute(
                update(_LOADS)
                .where(_LOADS.c.state == RUNNING, silent, _LOADS.c.id != load_id, _LOADS.c.dry_run.is_(is_look))
                .values(
                    state=FAILED,
                    finished_at=_LOADS.c.beat_at,
                    failure=stopped_in_words(is_look=is_look),
                    doing=None,
                )
            )
        if alone and session.scalar(select(exists().where(_is_live(), _LOADS.c.id != load_id))):
            return False
        ours = (
            update(_LOADS)
            .where(_LOADS.c.id == load_id, _LOADS.c.state.in_(of) | (_LOADS.c.state.in_((RUNNING, UNDOING)) & silent))
            .values(state=to, beat_at=clock.real_now())
        )
        return bool(rows_touched(session.execute(ours)))


def keep_claims_away() -> None:
    """Nobody claims a load, or forgets what one changed, until the transaction ends. SQLite has one writer anyway."""
    connection = db.session.connection()
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(CLAIMING_LOCK)))


def give_up(load_id: int, *, waited_since: datetime) -> None:
    """What has waited since then for files that are no more does not wait any longer."""
    with transaction() as session:
        keep_claims_away()
        waits = (_LOADS.c.id == load_id, _LOADS.c.state == WAITING, _LOADS.c.started_at < waited_since)
        source = session.scalar(select(_LOADS.c.source).where(*waits))
        if source is not None:
            close(load_id, FAILED, failure=gone_in_words(source))


def beat(load_id: int, *, doing: str, done: int, of: int | None) -> None:
    """Write down how far it is, and that there is somebody to say it."""
    with transaction() as session:
        session.execute(
            update(_LOADS)
            .where(_LOADS.c.id == load_id)
            .values(doing=doing, rows_done=done, rows_total=of, beat_at=clock.real_now())
        )


def keep_faults(load_id: int, said: Sequence[Fault]) -> None:
    """Keep what was said of rows, some thousand at a time: faults, then remarks."""
    rows = [
        {
            "load_id": load_id,
            "place": place,
            "is_remark": isinstance(one, Remark),
            "file": one.file,
            "line": one.line,
            "column_name": one.column,
            "reason": one.reason,
        }
        for place, one in enumerate(said, start=1)
    ]
    for low in range(0, len(rows), KEPT_AT_ONCE):
        with transaction() as session:
            session.execute(insert(_FAULTS), rows[low : low + KEPT_AT_ONCE])


def close(
    load_id: int,
    state: str,
    *,
    files: dict[str, FileCounts] | None = None,
    fault_count: int = 0,
    remark_count: int = 0,
    failure: str | None = None,
    foreseen: Foreseen | None = None,
) -> None:
    """Say what became of it, in the transaction that says so in the history; `files` by their names in the kit."""
    with transaction() as session:
        if files:
            session.execute(
                insert(_FILES),
                [
                    {
                        "load_id": load_id,
                        "file": name,
                        "shown_as": counts.file,
                        **{key: value for key, value in asdict(counts).items() if key != "file"},
                    }
                    for name, counts in files.items()
                ],
            )
        rows = sum(counts.rows for counts in (files or {}).values())
        session.execute(
            update(_LOADS)
            .where(_LOADS.c.id == load_id)
            .values(
                finished_at=clock.now(),
                state=state,
                doing=None,
                rows_done=rows,
                rows_total=rows,
                fault_count=fault_count,
                remark_count=remark_count,
                failure=failure,
                foreseen=None if foreseen is None else json.dumps(asdict(foreseen), ensure_ascii=False),
            )
        )
