"""Load files, or see what loading them would do.

Everything is read into temporary tables first, then looked at in sets, then written: rows that stand for themselves
file by file, orders and purchase orders each whole, a few thousand at a time. Each of these writes is a transaction, so
that nobody waits long, and what a kill leaves behind is a shop that the next load completes.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from dashboard import audit, clock, models, planning, search_words
from dashboard.database import db, transaction
from dashboard.domain.loads import DONE, FAILED, facts_clashed_in_words, stopped_in_words, went_wrong_in_words
from dashboard.estimates import cancellation
from dashboard.intake import checks, foreseen, loads, masters, staging, watching
from dashboard.intake.cells import Reading
from dashboard.intake.faults import Fault, FileRefused
from dashboard.intake.kit import KIT, KitFile
from dashboard.intake.load_result import LoadResult
from dashboard.intake.orders import OrderUnits
from dashboard.intake.purchases import PurchaseOrderUnits
from dashboard.intake.rows import RowReader
from dashboard.intake.shown_loads import FAULTS_KEPT, FileCounts, Foreseen, LoadShown
from dashboard.intake.sources import Source, Sources, find_sources
from dashboard.intake.staging import STAGED, UNITS
from dashboard.intake.undoing import forget_old_changes
from dashboard.intake.upserts import Tally
from dashboard.planning.release import give_back

FORMATS = ("kit",)

# How much is written at once: enough to be quick, little enough that another writer waits a fraction of a second.
UNITS_AT_ONCE = 2_000
LINES_AT_ONCE = 20_000

_UNITS = (OrderUnits, PurchaseOrderUnits)

log = structlog.get_logger()

Progress = Callable[[str, int, int | None], None]  # what is being done, how much is done, of how much (if known)
Tell = Callable[[Fault], None]


def check(
    path: Path,
    *,
    format: str = "kit",
    progress: Progress | None = None,
    tell: Tell | None = None,
    load_id: int | None = None,
) -> LoadResult:
    """Read everything and say what loading it would change; nothing is written.

    Under a `load_id` that was announced and claimed (`dashboard.intake.loads`), the list of loads says how far it is
    and keeps what it found.
    """
    return _Load(path, format, dry_run=True, progress=progress, tell=tell, load_id=load_id).run()


def load(
    path: Path,
    *,
    format: str = "kit",
    progress: Progress | None = None,
    tell: Tell | None = None,
    actor: Any = None,
    load_id: int | None = None,
    plan: bool = False,
) -> LoadResult:
    """Load what is good under a path; every fault and remark is told, in the order of files and lines.

    Orders and purchase orders load whole or not at all. What is loaded stands in the facts; with `plan`, what follows
    from it is planned too, else planning is the caller's.
    """
    return _Load(
        path, format, dry_run=False, progress=progress, tell=tell, actor=actor, load_id=load_id, plan=plan
    ).run()


def carry_out(load_id: int, path: Path) -> LoadShown:
    """Do what was announced, a look at files or a load with its planning, unless somebody does it already.

    Whatever goes wrong is said on the list of loads, in a sentence.
    """
    announced = loads.find_load(load_id)
    if announced is None:
        raise LookupError(f"No load {load_id} was announced.")
    # A look writes nothing; a load waits for the end of any other, which another worker may just have begun.
    if loads.claim(load_id, alone=not announced.dry_run):
        try:
            if announced.dry_run:
                check(path, format=announced.format, load_id=load_id)
            else:
                load(path, format=announced.format, load_id=load_id, actor=loads.actor_of(load_id), plan=True)
        except Exception:
            log.exception("a load failed", load=load_id)
    db.session.rollback()
    done = loads.find_load(load_id)
    assert done is not None
    return done


class _Load:
    """One load: what is known of it while it runs."""

    def __init__(
        self,
        path: Path,
        format: str,
        *,
        dry_run: bool,
        progress: Progress | None,
        tell: Tell | None,
        actor: Any = None,
        load_id: int | None = None,
        plan: bool = False,
    ) -> None:
        if format not in FORMATS:
            raise ValueError(f"{format!r} is none of the formats {', '.join(FORMATS)}.")
        self._path = path
        self._format = format
        self._dry_run = self._is_look = dry_run
        self._foreseen: Foreseen | None = None
        self._progress = progress or (lambda what, done, of: None)
        self._tell = tell or (lambda said: None)
        self._actor = actor
        self._load_id = load_id
        self._plan = plan
        self._watch = watching.Watch(None)
        self._rows: dict[str, int] = {}  # by kit file
        self._present: dict[str, Collection[str]] = {}  # by kit file: its columns
        self._shown_as: dict[str, str] = {}  # by kit file: the name under which people know it
        self._refused: set[str] = set()  # kit files that could not be read
        self._tallies: dict[str, Tally] = {}
        self._counts: dict[str, FileCounts] = {}  # by kit file
        self._group_is_whole = dict.fromkeys(UNITS, True)

    def run(self) -> LoadResult:
        begun = time.monotonic()
        sources = find_sources(self._path)
        if self._load_id is None and not self._dry_run:
            self._load_id = loads.announce(sources.name, format=self._format, dry_run=False, actor=self._actor)
            loads.claim(self._load_id)
        result = LoadResult(sources.name, self._dry_run, load_id=self._load_id)
        try:
            before = foreseen.remember() if self._plan else None
            with watching.watched(self._load_id) as self._watch:
                with staging.staging():
                    self._read(sources)
                    checked = self._check_masters()
                    counts = {units.group: -1 for units in _UNITS}

                    def steps() -> None:
                        self._load_masters(checked)
                        for units in _UNITS:
                            if counts[units.group] < 0:
                                counts[units.group] = self._check_units(units.group)
                            self._load_units(units(self._present, self._shown_as, self._writes_as), counts[units.group])

                    steps()
                    if not self._dry_run:
                        self._have_scored_anew()
                    self._finish(result)
                    if self._is_look and self._load_id is not None:
                        self._foreseen = self._foresee(steps, result)
                if before is not None and result.changed_something:
                    self._say("planning", result.rows, result.rows)
                    result.planned = planning.plan()
                    self._foreseen = foreseen.came_about(before, result.planned)
        except BaseException as failure:
            self._end(result, FAILED, _why(failure, is_look=self._is_look))
            raise
        result.seconds = time.monotonic() - begun
        self._end(result, DONE)
        if not self._is_look and result.changed_something:
            forget_old_changes()
        return result

    # Reading.

    def _read(self, sources: Sources) -> None:
        reading = Reading(clock.shop_zone(), clock.today())
        with transaction(scratch=True):
            staging.note(sources.faults, sources.remarks, of_row=False)
        for source in sources.files:
            name = source.kit_file.name
            self._shown_as[name] = source.shown_as
            self._rows[name] = 0
            try:
                with transaction(scratch=True):
                    self._read_file(source, reading)
            except FileRefused as refusal:
                # Nothing of it counts, not even what could be read of it: the transaction has taken it back.
                self._refuse(source.kit_file, refusal.fault(source.shown_as))
        with transaction(scratch=True):
            staging.index_bad_keys()
            for kit_file in KIT:
                if kit_file.name in self._present:
                    staging.index_staged(kit_file)

    def _read_file(self, source: Source, reading: Reading) -> None:
        name = source.kit_file.name
        with source.opened() as stream:
            reader = RowReader(stream, source.kit_file, shown_as=source.shown_as, reading=reading)
            staging.note(remarks=reader.remarks())
            for chunk in reader.chunks():
                staging.fill(source.kit_file, chunk)
                self._rows[name] += chunk.rows
                self._progress(f"reading {source.shown_as}", self._rows[name], None)
                self._watch.say(f"reading {source.shown_as}", sum(self._rows.values()), None)
        self._present[name] = [
            each for column in reader.present for each in (column.name, column.day) if each is not None
        ]

    def _refuse(self, kit_file: KitFile, fault: Fault) -> None:
        self._refused.add(kit_file.name)
        self._rows[kit_file.name] = 0
        if kit_file.group is not None:
            self._group_is_whole[kit_file.group] = False
        with transaction(scratch=True):
            staging.note([fault], of_row=False)

    # Rows that stand for themselves.

    def _check_masters(self) -> list[KitFile]:
        files = [kit_file for kit_file in KIT if kit_file.group is None and kit_file.name in self._present]
        for kit_file in files:
            with transaction(scratch=True):
                checks.check_keys(kit_file, self._shown_as[kit_file.name])
                checks.check_references(kit_file, self._shown_as, self._refused)
        return files

    def _load_masters(self, files: list[KitFile]) -> None:
        if not self._dry_run:
            with transaction() as session:
                if masters.write_locations("stock", "orders", load_id=self._writes_as):
                    planning.facts_changed(session)
        for kit_file in files:
            self._load_master(kit_file)

    def _load_master(self, kit_file: KitFile) -> None:
        name = kit_file.name
        upsert = masters.upsert_of(name, self._present[name])
        line = STAGED[name].c.line
        with transaction(scratch=True):
            last = db.session.scalar(select(func.max(line))) or 0
        total = Tally()
        for low in range(0, last + 1, LINES_AT_ONCE):
            picked = line.between(low, low + LINES_AT_ONCE - 1)
            with transaction(scratch=self._dry_run) as session:
                if name == "stock" and not self._dry_run:
                    counted = session.scalars(masters.counted_skus(upsert, picked)).all()
                    planning.keep_still(counted, planned_later=True)
                    # A count that does not say when it was taken is of the moment from which nobody moves units.
                    upsert = masters.upsert_of(name, self._present[name])
                tally = upsert.tally(picked)
                if tally.writes and not self._dry_run:
                    if name == "stock":
                        give_back(session.connection(), masters.places_that_fall_short(upsert, picked))
                    upsert.save(tally, picked, load_id=self._writes_as)
                    if kind := search_words.KIND_OF_TABLE.get(name):
                        search_words.keep(session.connection(), kind, among=upsert.stored(picked))
                    self._beat()
                    planning.facts_changed(session)
            total += tally
            self._tallies[name] = total
            self._say(f"{self._doing} {self._shown_as[name]}", min(low + LINES_AT_ONCE, last), last)

    # Orders and purchase orders.

    def _check_units(self, group: str) -> int:
        """Number the orders (or purchase orders) that some file names; how many they are."""
        files = self._files_of(group)
        if not files:
            return 0
        with transaction(scratch=True):
            for kit_file in files:
                checks.check_keys(kit_file, self._shown_as[kit_file.name])
            for kit_file in files:
                checks.check_references(kit_file, self._shown_as, self._refused)
            staging.number_units(group)
            if not self._group_is_whole[group]:
                checks.block_units(group)
            if group == "order_id" and "cancellations" in self._present:
                checks.recognise_cancels(self._shown_as["cancellations"])
            if group == "order_id" and "shipments" in self._present:
                checks.recognise_shipments(self._shown_as["shipments"])
            checks.remark_on_dates(self._shown_as, {one.name: self._present[one.name] for one in files})
            return db.session.scalar(select(func.max(UNITS[group].c.seq))) or 0

    def _load_units(self, units: OrderUnits | PurchaseOrderUnits, count: int) -> None:
        for kit_file in self._files_of(units.group):
            self._tallies[kit_file.name] = Tally()
        noun = "orders" if units.group == "order_id" else "purchase orders"
        for low in range(1, count + 1, UNITS_AT_ONCE):
            high = low + UNITS_AT_ONCE
            for name, tally in self._load_some(units, low, high).items():
                self._tallies[name] += tally
            self._say(f"{self._doing} {noun}", min(high - 1, count), count)

    @planning.repeated
    def _load_some(self, units: OrderUnits | PurchaseOrderUnits, low: int, high: int) -> dict[str, Tally]:
        with transaction(scratch=self._dry_run) as session, staging.looked_up():
            if not self._dry_run:
                units.lock(low, high)
            units.prepare(low, high)
            tallies = units.tally(low, high)
            if not self._dry_run and units.write(low, high, tallies):
                self._beat()
                planning.facts_changed(session)
            return tallies

    def _files_of(self, group: str) -> list[KitFile]:
        return [kit_file for kit_file in KIT if kit_file.group == group and kit_file.name in self._present]

    def _have_scored_anew(self) -> None:
        """What a model looked at before this load changed it is looked at again with the next plan."""
        changes = models.IntakeChange.__table__.c
        with transaction() as session:
            for name in self._present:
                rows = select(changes.row_id).where(changes.load_id == self._load_id, changes.table_name == name)
                cancellation.forget_lines_of(session.connection(), name, rows)

    # What would follow.

    def _foresee(self, steps: Callable[[], None], result: LoadResult) -> Foreseen:
        """Who would gain or lose a date: what was compared is written and planned, and all of it is taken back."""
        changes = sum(file.new + file.changed for file in result.files)
        if reason := foreseen.why_not(changes):
            return Foreseen(reason_none=reason)
        self._say("looking at what would follow", result.rows, result.rows)
        tallies, self._tallies, self._dry_run = self._tallies, {}, False
        try:
            return foreseen.foresee(steps)
        finally:
            self._tallies, self._dry_run = tallies, True

    @property
    def _writes_as(self) -> int | None:
        """Whose rows they are that are written; nobody's while it is only tried what would follow."""
        return None if self._is_look else self._load_id

    # What is said of it.

    def _say(self, what: str, done: int, of: int) -> None:
        """To the terminal how much of this step is done; on the list of loads how many rows of all."""
        self._progress(what, done, of)
        if self._is_look and not self._dry_run:
            return  # What is only tried is neither loading nor comparing: who watches knows already what is looked at.
        rows_done = sum(tally.rows for tally in self._tallies.values())
        self._watch.say(what, rows_done, sum(self._rows.values()))

    def _beat(self) -> None:
        """Tell of itself in a transaction that writes anyway, unless that will be taken back."""
        if not self._is_look:
            self._watch.beat()

    @property
    def _doing(self) -> str:
        return "comparing" if self._dry_run else "loading"

    def _finish(self, result: LoadResult) -> None:
        with transaction(scratch=True):
            faulty = staging.count_faulty_rows()
            for fault in staging.told(remarks=False):
                result.fault_count += 1
                if result.fault_count <= FAULTS_KEPT:
                    result.faults.append(fault)
                self._tell(fault)
            for remark in staging.told(remarks=True):
                result.remark_count += 1
                if result.remark_count <= FAULTS_KEPT:
                    result.remarks.append(remark)  # type: ignore[arg-type]
                self._tell(remark)
        for name, rows in self._rows.items():
            tally = self._tallies.get(name, Tally())
            bad = min(rows, faulty.get(self._shown_as[name], 0))
            self._counts[name] = FileCounts(
                self._shown_as[name], rows, tally.new, tally.changed, tally.unchanged, bad, rows - bad - tally.rows
            )
        result.files = list(self._counts.values())
        if self._load_id is not None:
            loads.keep_faults(self._load_id, [*result.faults, *result.remarks])

    def _end(self, result: LoadResult, state: str, failure: str | None = None) -> None:
        """Say in the list of loads, and in the history, what became of it."""
        if self._load_id is None:
            return
        with transaction():
            loads.close(
                self._load_id,
                state,
                files=self._counts,
                fault_count=result.fault_count,
                remark_count=result.remark_count,
                failure=failure,
                foreseen=self._foreseen,
            )
            if state == DONE and not self._dry_run:
                audit.record(
                    "files-loaded",
                    f"intake-load {self._load_id}",
                    after={"load_id": self._load_id, "format": self._format, "rows": result.rows},
                    actor=self._actor,
                )


def _why(failure: BaseException, *, is_look: bool) -> str:
    """Why a load failed, as people can act on it; the log has the rest."""
    if isinstance(failure, IntegrityError):
        return facts_clashed_in_words(is_look=is_look)
    if isinstance(failure, (KeyboardInterrupt, SystemExit)):
        return stopped_in_words(is_look=is_look)
    return went_wrong_in_words(is_look=is_look)
