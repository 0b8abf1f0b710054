"""What may be mailed, and what somebody has mailed already."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboard.models import ReportSchedule


@dataclass(frozen=True, slots=True)
class OwnSchedule:
    """A report that a person gets."""

    id: int
    name: str
    weekday: int | None
    hour: int
    version: int


def choices_for(session: Session, person_id: int) -> Mapping[str, tuple[str, str, str]]:
    """What a person may choose, by key: how it is called, the report, its filters. The room of panels knows it."""
    found: Mapping[str, Any] = current_app.extensions["report_choices"](session, person_id)
    return found


def own_schedule(session: Session, schedule_id: int, person_id: int) -> OwnSchedule | None:
    """One's own; of others nobody learns that they are."""
    row = session.execute(
        select(
            ReportSchedule.id, ReportSchedule.name, ReportSchedule.weekday, ReportSchedule.hour, ReportSchedule.version
        ).where(ReportSchedule.id == schedule_id, ReportSchedule.owner_id == person_id)
    ).first()
    return None if row is None else OwnSchedule(*row)
