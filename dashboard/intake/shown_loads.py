"""A load, or a look at files, as the list and its page show it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from dashboard.domain.loads import DONE, FAILED, RUNNING, STOPPED, UNDOING, WAITING, outcome_in_words
from dashboard.intake.faults import NO_COLUMN

# Kept of each load: who has more faults than that corrects the file's first ones, and looks again.
FAULTS_KEPT = 20_000


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
    """What a load does to one waiting line; dates are ISO, None where there is none."""

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
    """Who gains or loses a date by a load: counts of lines that wait already, and those who lose most. What a look
    foresees, or what came about.
    """

    reason_none: str | None = None  # why it was not worked out; then all else is empty
    new_lines: int = 0
    gain_date: int = 0
    lose_date: int = 0
    earlier: int = 0
    later: int = 0
    gain_units: int = 0
    lose_units: int = 0
    lines: int = 0  # that move
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
    is_too_old: bool = False  # to be undone

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
        return not self.dry_run and not self.is_too_old and self.state in (DONE, FAILED, STOPPED)

    @property
    def sentence(self) -> str:
        """What it came to, in words."""
        return outcome_in_words(
            self.state,
            is_look=self.dry_run,
            doing=self.doing,
            failure=self.failure,
            changes=self.changes_something,
            faults=self.fault_count,
        )
