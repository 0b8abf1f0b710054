"""When each report was last taken, by whom, and with which filters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from json import loads
from typing import Any
from urllib.parse import parse_qsl

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from dashboard.exports import EXPORTED, subject_of
from dashboard.models import Act, User
from dashboard.panels.filters import FilterRefused, Selection, SetFilter, set_filters
from dashboard.panels.report import Report

SHOWN = 10  # of one report: who looks further back reads the history


@dataclass(frozen=True, slots=True)
class Export:
    """A report that was taken."""

    at: datetime
    who: str | None  # None: by command
    selection: Selection | None  # by what it was filtered; None: by what is no filter any more
    set_filters: tuple[SetFilter, ...]  # the same in words


def last_exports(session: Session, reports: Sequence[Report]) -> dict[str, Export]:
    """The last time that each of these reports was taken, by its name; those never taken have none."""
    by_subject = {subject_of(report.name): report for report in reports}
    last = select(func.max(Act.id)).where(Act.subject.in_(by_subject), Act.act == EXPORTED).group_by(Act.subject)
    rows = session.execute(_taken().where(Act.id.in_(last)))
    return {by_subject[row.subject].name: _export(session, by_subject[row.subject], row) for row in rows}


def exports_of(session: Session, report: Report) -> tuple[Export, ...]:
    """When a report was taken, the last time first."""
    of_report = _taken().where(Act.subject == subject_of(report.name), Act.act == EXPORTED)
    return tuple(
        _export(session, report, row) for row in session.execute(of_report.order_by(Act.id.desc()).limit(SHOWN))
    )


def _taken() -> Select:
    who = func.coalesce(User.name, User.email).label("who")
    return select(Act.subject, Act.at, Act.after, who).outerjoin(User, User.id == Act.actor_id)


def _export(session: Session, report: Report, row: Any) -> Export:
    written = loads(row.after or "{}").get("filters", "")
    try:
        selection = Selection.read(parse_qsl(written), allowed=report.filters)
    except FilterRefused:
        return Export(row.at, row.who, None, ())
    return Export(row.at, row.who, selection, set_filters(session, selection))
