"""What a load did, for whoever called it."""

from __future__ import annotations

from dataclasses import dataclass, field

from dashboard import planning
from dashboard.intake.faults import Fault, Remark
from dashboard.intake.shown_loads import FileCounts


@dataclass
class LoadResult:
    """What a load did, or would do; the first faults and remarks, and how many there are."""

    source: str
    dry_run: bool
    files: list[FileCounts] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    fault_count: int = 0
    remark_count: int = 0
    load_id: int | None = None
    seconds: float = 0.0
    planned: planning.Planned | None = None

    @property
    def changed_something(self) -> bool:
        return any(file.new or file.changed for file in self.files)

    @property
    def rows(self) -> int:
        return sum(file.rows for file in self.files)
