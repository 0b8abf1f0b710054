"""The list of loads: what was announced, how far each is, what it came to, what was said of its rows.

Every process can ask: a load tells of itself once a second, and one that was killed is known by its silence.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from flask import current_app
from sqlalchemy import ColumnElement, func, insert, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import aliased

from dashboard import clock, models
from dashboard.database import db, transaction
from dashboard.intake.faults import NO_COLUMN, Fault, Remark

log = structlog.get_logger()

# A load tells of itself so often; whoever is silent for so long was killed. A writer of SQLite may have to wait for
# half a minute before it can say anything.
BEAT_SECONDS = 1.0
SILENT_SECONDS = 90

# Kept of each load: who has more faults than that corrects the file's first ones, and looks again.
FAULTS_KEPT = 20_000
KEPT_AT_ONCE = 5_000

# What `state` may say, and one that is only seen: a load whose process has gone.
WAITING, RUNNING, DONE, FAILED, UNDOING, UNDONE = models.loads.LOAD_STATES
STOPPED = "stopped"

_LOADS = models.IntakeLoad.__table__
_FILES = models.IntakeFile.__table__
_FAULTS = models.IntakeFault.__table__


@dataclass(frozen=True)
class FileCounts:
    """What became of a file's rows; `left_out` are rows without a fault of an order that has one elsewhere."""

    file: str
    rows: int
    new: int
    changed: int
    unchanged: int
    faulty: int
    left_out: int


@dataclass(frozen=True)
class KeptFault:
    """What was said of a row, or of a whole file."""

    place: int
    file: str
    line: int
    column: str
    reason: str
    is_remark: bool

    @property
    def column_in_words(self) -> str:
        return "" if self.column == NO_COLUMN else self.column


@dataclass(frozen=True)
class ForeseenLine:
    """What a load would do to one waiting line; dates are ISO, None where there is none."""

    order: str
    line_no: int
    customer: str
    sku: str
    before: str | None
    after: str | None
    units_before: int  # reserved
    units_after: int
    what: str  # gains, loses, earlier, later: its date; units: only what is reserved
    ready_before: bool  # all of it is reserved, so it needs no date
    ready_after: bool


@dataclass(frozen=True)
class Foreseen:
    """Who would gain or lose a date by a load: counts of lines that wait already, and those who lose most."""

    reason_none: str | None = None  # why it was not worked out; then all else is empty
    new_lines: int = 0
    gain_date: int = 0
    lose_date: int = 0
    earlier: int = 0
    later: int = 0
    gain_units: int = 0
    lose_units: int = 0
    customers: tuple[ForeseenLine, ...] = ()


@dataclass(frozen=True)
class LoadShown:
    """One load as the list and its page show it."""

    id: int
    source: str
    format: str
    dry_run: bool
    state: str  # waiting, running, stopped, done, failed, undoing, undone
    who: str | None  # None: the command line
    started_at: datetime
    finished_at: datetime | None
    doing: str
    rows_done: int
    rows_total: int | None  # not known while files are read
    files: tuple[FileCounts, ...]
    fault_count: int
    remark_count: int
    failure: str | None
    foreseen: Foreseen | None
    undone_at: datetime | None
    undone_by: str | None

    @property
    def is_over(self) -> bool:
        return self.state not in (WAITING, RUNNING, UNDOING)

    @property
    def share(self) -> float | None:
        """How much is done, from 0 to 1; None where nobody can say."""
        return min(1.0, self.rows_done / self.rows_total) if self.rows_total else None

    @property
    def rows(self) -> int:
        return sum(file.rows for file in self.files)

    @property
    def changes_something(self) -> bool:
        """Whether it changed the desk, or would."""
        return any(file.new or file.changed for file in self.files)

    @property
    def faults_kept(self) -> int:
        return min(self.fault_count, FAULTS_KEPT)

    @property
    def can_be_undone(self) -> bool:
        """Whether there may be something to take back: also of one that was stopped, and of an undo that was."""
        return not self.dry_run and self.state in (DONE, FAILED, STOPPED)

    @property
    def sentence(self) -> str:
        """What it came to, in words."""
        faults = "1 fault" if self.fault_count == 1 else f"{self.fault_count:,} faults"
        faults = f" {faults}." if self.fault_count else ""
        if self.state == WAITING:
            return "It has not begun yet."
        if self.state in (RUNNING, UNDOING):
            return f"{self.doing[:1].upper()}{self.doing[1:]}." if self.doing else "It has begun."
        if self.state == STOPPED:
            return (
                "It was stopped in the middle. Look at the files again."
                if self.dry_run
                else "It was stopped in the middle. What was loaded is whole; load the files again."
            )
        if self.state == FAILED:
            return self.failure or "It failed."
        if self.state == UNDONE:
            return "It was undone."
        if self.dry_run:
            would = "This would change the desk." if self.changes_something else "This would change nothing."
            return f"{would}{faults}"
        did = "Loaded." if self.changes_something else "Nothing changed: the desk knew all of it."
        return f"{did}{faults}"


# To be asked by any process.


def find_load(load_id: int) -> LoadShown | None:
    """One load, or look at files."""
    return next(iter(_shown(_LOADS.c.id == load_id)), None)


def past_loads(*, before: int | None = None, limit: int = 50) -> tuple[LoadShown, ...]:
    """Loads, the newest first, from the one before that id; looks that loaded nothing are not among them."""
    wanted = ~_LOADS.c.dry_run if before is None else (~_LOADS.c.dry_run & (_LOADS.c.id < before))
    return _shown(wanted, limit=limit)


def running_load() -> LoadShown | None:
    """The load that is under way, if one is."""
    found = _shown(~_LOADS.c.dry_run & _LOADS.c.state.in_((RUNNING, UNDOING)), limit=1)
    return next((load for load in found if not load.is_over), None)


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
    file, load = models.IntakeFile, models.IntakeLoad
    place = func.row_number().over(partition_by=file.file, order_by=file.load_id.desc())
    ranked = (
        select(file.file, load.finished_at, place.label("place"))
        .join(load, load.id == file.load_id)
        .where(load.state == DONE, load.dry_run.is_(False), file.rows > 0)
        .subquery()
    )
    found: dict[str, list[datetime]] = {}
    rows = select(ranked.c.file, ranked.c.finished_at).where(ranked.c.place <= newest)
    for name, at in db.session.execute(rows.order_by(ranked.c.file, ranked.c.place)):
        found.setdefault(name, []).append(at)
    return {name: tuple(times) for name, times in found.items()}


def actor_of(load_id: int) -> int | None:
    """The id of who loads; None for the command line."""
    return db.session.scalar(select(_LOADS.c.actor_id).where(_LOADS.c.id == load_id))


def _shown(wanted: ColumnElement[bool], *, limit: int = 1) -> tuple[LoadShown, ...]:
    load, who, undoer = models.IntakeLoad, aliased(models.User), aliased(models.User)
    rows = db.session.execute(
        select(
            load.__table__,
            func.coalesce(who.name, who.email).label("who"),
            func.coalesce(undoer.name, undoer.email).label("undoer"),
        )
        .outerjoin(who, who.id == load.actor_id)
        .outerjoin(undoer, undoer.id == load.undone_by)
        .where(wanted)
        .order_by(load.id.desc())
        .limit(limit)
    ).all()
    files = _files_of([row.id for row in rows])
    heard_since = clock.real_now() - timedelta(seconds=SILENT_SECONDS)
    return tuple(_load_shown(row, files.get(row.id, ()), heard_since) for row in rows)


def _load_shown(row: Any, files: Sequence[FileCounts], heard_since: datetime) -> LoadShown:
    is_silent = row.state in (RUNNING, UNDOING) and (row.beat_at is None or row.beat_at < heard_since)
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
    )


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


def claim(load_id: int, *, of: Collection[str] = (WAITING,), to: str = RUNNING) -> bool:
    """Whether the caller may do it: whoever asks first may, the others not. What was killed is written down as such."""
    silent = _LOADS.c.beat_at < clock.real_now() - timedelta(seconds=SILENT_SECONDS)
    with transaction() as session:
        session.execute(
            update(_LOADS)
            .where(_LOADS.c.state == RUNNING, silent, _LOADS.c.id != load_id)
            .values(state=FAILED, finished_at=_LOADS.c.beat_at, failure=_killed(), doing=None)
        )
        ours = (
            update(_LOADS)
            .where(_LOADS.c.id == load_id, _LOADS.c.state.in_(of) | (_LOADS.c.state.in_((RUNNING, UNDOING)) & silent))
            .values(state=to, beat_at=clock.real_now())
        )
        return bool(session.execute(ours).rowcount)  # type: ignore[attr-defined]


def _killed() -> str:
    return "It was stopped in the middle. What was loaded is whole; load the files again."


class Watch:
    """What a load says of itself while it runs: kept here, and written down once a second."""

    def __init__(self, load_id: int | None) -> None:
        self.load_id = load_id
        self._said: tuple[str, int, int | None] = ("", 0, None)
        self._written = time.monotonic()
        self._over = threading.Event()

    def say(self, doing: str, done: int, of: int | None) -> None:
        """What is being done, how many rows are done, of how many."""
        self._said = (doing, done, of)

    def beat(self) -> None:
        """Write down what was said last, and that there is somebody to say it; in a transaction that is open, or in one
        of its own.
        """
        if self.load_id is None:
            return
        self._written = time.monotonic()
        doing, done, of = self._said
        with transaction() as session:
            session.execute(
                update(_LOADS)
                .where(_LOADS.c.id == self.load_id)
                .values(doing=doing, rows_done=done, rows_total=of, beat_at=clock.real_now())
            )

    def go_on(self, app: Any) -> None:
        """Beat until it is over; in a thread, because one statement of a large load takes many seconds."""
        while not self._over.wait(BEAT_SECONDS):
            if time.monotonic() - self._written < BEAT_SECONDS:
                continue  # It told of itself in a transaction of its own work, which keeps nobody waiting.
            with app.app_context():
                try:
                    self.beat()
                except SQLAlchemyError:
                    log.warning("a load could not tell of itself", load=self.load_id, exc_info=True)

    def end(self) -> None:
        self._over.set()


@contextmanager
def watched(load_id: int | None) -> Iterator[Watch]:
    """Whoever asks sees how far the load is; a look that is on no list tells nobody."""
    watch = Watch(load_id)
    if load_id is None:
        yield watch
        return
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    thread = threading.Thread(target=watch.go_on, args=(app,), name=f"load {load_id}", daemon=True)
    thread.start()
    try:
        yield watch
    finally:
        watch.end()
        thread.join()


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
