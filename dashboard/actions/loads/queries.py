"""What the form of a load shows: what was found when the files were looked at."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from dashboard.actions.loads.action import last_load
from dashboard.domain.loads import DONE
from dashboard.intake import loads
from dashboard.intake.shown_loads import Foreseen

LARGEST_NUMBER = 2**63 - 1  # what databases take for one at all


@dataclass(frozen=True, slots=True)
class LoadableFiles:
    """Files that were looked at and may be loaded."""

    upload_id: int
    source: str
    files: int
    new: int
    changed: int
    stays_out: int  # rows with a fault, and good ones of an order that has one elsewhere
    faults: int
    foreseen: Foreseen | None
    version: int  # the load that was begun last: whoever loads meanwhile changes what these would do

    @property
    def comes_in(self) -> int:
        return self.new + self.changed


def find_files(session: Session, upload_id: int) -> LoadableFiles | None:
    """Files that were sent and looked at, or whose load did not come to its end."""
    look = loads.find_load(upload_id) if upload_id <= LARGEST_NUMBER else None
    if look is None or not look.dry_run or look.state != DONE:
        return None
    return LoadableFiles(
        upload_id,
        look.source,
        len(look.files),
        sum(file.new for file in look.files),
        sum(file.changed for file in look.files),
        sum(file.faulty + file.left_out for file in look.files),
        look.fault_count,
        look.foreseen,
        last_load(session),
    )
