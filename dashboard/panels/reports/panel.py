"""The reports as their pages know them: what each is, how long it is, and who took it last."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from dashboard.panels.filters import Selection, SetFilter, set_filters
from dashboard.panels.freshness import planned_at
from dashboard.panels.pages import View
from dashboard.panels.report import Report
from dashboard.panels.reports import REPORTS
from dashboard.panels.reports.queries import Export, exports_of, last_exports


@dataclass(frozen=True, slots=True)
class ListedReport:
    """One report of the list."""

    report: Report
    rows: int | None  # None: known when it is read
    last: Export | None  # None: nobody ever took it


@dataclass(frozen=True, slots=True)
class ReportPage:
    """One report with a selection."""

    report: Report
    view: View
    as_of: datetime | None  # when what it is of was last derived; None: never yet
    set_filters: tuple[SetFilter, ...]
    rows: int | None  # None: known when it is read
    command: tuple[str, ...]  # what writes the same bytes, word by word
    exports: tuple[Export, ...]  # the last first


def load_reports(session: Session, today: date, *, but: Collection[str] = ()) -> tuple[ListedReport, ...]:
    """Every report, but for some."""
    last = last_exports(session, list(REPORTS.values()))
    return tuple(
        ListedReport(report, _rows(session, report, Selection(), today), last.get(name))
        for name, report in REPORTS.items()
        if name not in but
    )


def load_report(session: Session, report: Report, view: View, today: date) -> ReportPage:
    """One report."""
    return ReportPage(
        report=report,
        view=view,
        as_of=planned_at(session),
        set_filters=set_filters(session, view.selection),
        rows=_rows(session, report, view.selection, today),
        command=(
            "flask",
            "report",
            report.name,
            *(
                word
                for key, values in view.selection.chosen
                for value in values
                for word in ("--filter", f"{key}={value}")
            ),
        ),
        exports=exports_of(session, report),
    )


def _rows(session: Session, report: Report, selection: Selection, today: date) -> int | None:
    return None if report.count is None else report.count(session, selection, today)
