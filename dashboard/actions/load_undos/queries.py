"""What the form of an undo shows of its load."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from dashboard import models


@dataclass(frozen=True, slots=True)
class UndoableLoad:
    """A load that somebody may want to take back."""

    id: int
    source: str
    started_at: datetime
    version: str  # the state that a form was opened on


def find_undoable(session: Session, load_id: int) -> UndoableLoad | None:
    """The load of that id; a look at files is none."""
    load = session.get(models.IntakeLoad, load_id) if load_id < 2**63 else None
    if load is None or load.dry_run:
        return None
    return UndoableLoad(load.id, load.source, load.started_at, load.state)
