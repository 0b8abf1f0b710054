"""The list of loads, and one of them: a look at files that were sent, or a load of files from anywhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from dashboard.domain.data_ages import DataAge
from dashboard.domain.loads import DONE, FAILED, STOPPED, UNDOING, WAITING
from dashboard.intake import loads, uploads
from dashboard.intake.shown_loads import ForeseenLine, KeptFault, LoadShown
from dashboard.panels.intake.freshness import ages_by_kind
from dashboard.panels.intake.queries import load_of_upload, looks_without_load, upload_of

LARGEST_NUMBER = 2**63 - 1  # what databases take for one at all

LOADS_SHOWN = 25
LOOKS_SHOWN = 5
FAULTS_SHOWN = 50
REMARKS_SHOWN = 20

# What is done one after the other, by the first word of what a load says of itself.
STAGES_OF_LOOK = (("Read", ("reading",)), ("Compare", ("comparing",)), ("Foresee dates", ("looking",)))
STAGES_OF_UNDO = (("Take back", ("taking",)), ("Remove", ("removing",)), ("Plan", ("planning",)))
STAGES_OF_LOAD = (("Read", ("reading",)), ("Load", ("loading",)), ("Plan", ("planning",)))

# A worker takes what waits within seconds; where none did for so long, there may be none.
NOBODY_CAME = timedelta(seconds=90)


@dataclass(frozen=True, slots=True)
class Stage:
    """A part of the work that a person can follow."""

    word: str
    is_over: bool
    is_now: bool


@dataclass(frozen=True, slots=True)
class KindAge:
    """How old a kind of file is, and whether it should have come again."""

    kind: str
    came_at: datetime
    age: timedelta
    habit: timedelta | None
    is_overdue: bool


@dataclass(frozen=True, slots=True)
class IntakeList:
    """What the page of all files shows."""

    looks: tuple[LoadShown, ...]  # sent, looked at or being looked at, and not loaded by anybody
    loads: tuple[LoadShown, ...]
    before: int | None  # the page begins with the load before this one; none: with the newest
    older: int | None  # continue with the loads before this one
    ages: tuple[KindAge, ...]  # what is overdue first, then in the order of the kit

    @property
    def is_under_way(self) -> bool:
        """Whether something on the page is being done, so that it is worth looking again soon."""
        return any(not load.is_over for load in (*self.looks, *self.loads))


@dataclass(frozen=True, slots=True)
class DateMove:
    """What a load does to one line that waits: its date, and the units that are reserved for it."""

    order: str
    line_no: int
    customer: str
    sku: str
    before: date | None
    after: date | None
    units_before: int
    units_after: int
    ready_before: bool  # all of it is reserved: it can ship today
    ready_after: bool
    what: str


@dataclass(frozen=True, slots=True)
class LoadPage:
    """What the page of one look or load shows."""

    load: LoadShown
    stages: tuple[Stage, ...]
    upload_id: int | None
    loaded_as: LoadShown | None  # the load of the same files that followed
    files_are_here: bool  # a look, or a load that did not come to its end: its files can still be loaded
    waits_for: LoadShown | None  # the load that must end first
    nobody_came: bool  # it waits, and no worker has taken it in all the time
    faults: tuple[KeptFault, ...]
    next_faults: int | None
    after_fault: int | None  # the faults begin after this place; none: with the first
    remarks: tuple[KeptFault, ...]
    date_moves: tuple[DateMove, ...]  # lines that a load would move, or has moved
    more_moves: int  # beyond these

    @property
    def is_counted(self) -> bool:
        """Whether rows are being counted off: what follows from them is worked out as a whole."""
        return self.load.rows_done > 0 and not self.stages[-1].is_now

    @property
    def may_be_loaded(self) -> bool:
        """Whether its files can be loaded now: they were looked at, or their load was cut off."""
        if not self.files_are_here or self.loaded_as is not None:
            return False
        if self.load.dry_run:
            return self.load.state == DONE and bool(self.load.files)
        return self.load.state in (STOPPED, FAILED)


def load_list(session: Session, now: datetime, *, before: int | None = None) -> IntakeList:
    """Loads, the newest first; with what was sent and waits to be loaded, and how old each kind of file is."""
    before = None if before is None else _known_number(before)
    found = loads.past_loads(before=before, limit=LOADS_SHOWN + 1)
    shown = found[:LOADS_SHOWN]
    is_first_page = before is None
    looks: list[LoadShown] = []
    for look_id in looks_without_load(session, limit=LOOKS_SHOWN) if is_first_page else ():
        look = loads.find_load(look_id)
        if look is not None and uploads.path_of(look_id) is not None:
            looks.append(look)
    return IntakeList(
        tuple(looks),
        shown,
        before,
        shown[-1].id if len(found) > LOADS_SHOWN else None,
        kind_ages(ages_by_kind(), now) if is_first_page else (),
    )


def kind_ages(ages: tuple[DataAge, ...], now: datetime) -> tuple[KindAge, ...]:
    """What is overdue first."""
    rows = [KindAge(one.kind, one.came_at, one.age(now), one.habit, one.is_overdue(now)) for one in ages]
    return tuple(sorted(rows, key=lambda row: not row.is_overdue))


def load_page(session: Session, load_id: int, now: datetime, *, after_fault: int = 0) -> LoadPage | None:
    """One look or load, as it stands now; None where there is none of that number."""
    load = known_load(load_id)
    if load is None:
        return None
    after_fault = _known_number(after_fault)
    upload_id = upload_of(session, load_id)
    newest = load_of_upload(session, upload_id) if upload_id is not None else None
    faults = loads.faults_of(load_id, after=after_fault, limit=FAULTS_SHOWN + 1) if load.fault_count else ()
    remarks = loads.faults_of(load_id, remarks=True, limit=REMARKS_SHOWN) if load.remark_count else ()
    running = loads.running_load() if load.state == WAITING and not load.dry_run else None
    return LoadPage(
        load,
        _stages(load),
        upload_id,
        known_load(newest) if newest is not None and newest > load_id else None,
        upload_id is not None and load.is_over and uploads.path_of(upload_id) is not None,
        running,
        load.state == WAITING and running is None and now - load.started_at > NOBODY_CAME,
        faults[:FAULTS_SHOWN],
        faults[FAULTS_SHOWN - 1].place if len(faults) > FAULTS_SHOWN else None,
        after_fault or None,
        remarks,
        tuple(_date_move(line) for line in load.foreseen.customers) if load.foreseen else (),
        max(0, load.foreseen.lines - len(load.foreseen.customers)) if load.foreseen else 0,
    )


def known_load(load_id: int) -> LoadShown | None:
    """The look or load of that number."""
    return loads.find_load(load_id) if load_id <= LARGEST_NUMBER else None


def _known_number(number: int) -> int:
    """What somebody typed into an address, as one that every database takes."""
    return min(max(number, 0), LARGEST_NUMBER)


def _date_move(line: ForeseenLine) -> DateMove:
    days = (None if day is None else date.fromisoformat(day) for day in (line.before, line.after))
    before, after = days
    return DateMove(
        line.order,
        line.line_no,
        line.customer,
        line.sku,
        before,
        after,
        line.units_before,
        line.units_after,
        line.ready_before,
        line.ready_after,
        line.what,
    )


def _stages(load: LoadShown) -> tuple[Stage, ...]:
    stages = STAGES_OF_LOOK if load.dry_run else STAGES_OF_UNDO if load.state == UNDOING else STAGES_OF_LOAD
    word = load.doing.partition(" ")[0]
    now = next((place for place, (_, words) in enumerate(stages) if word in words), 0)
    if load.is_over or load.state == WAITING:
        now = len(stages) if load.state == DONE else -1
    return tuple(Stage(name, place < now, place == now) for place, (name, _) in enumerate(stages))
