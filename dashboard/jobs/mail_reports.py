"""Reports that people asked for by mail are made when their hour comes, each once for its day."""

from __future__ import annotations

from datetime import date
from urllib.parse import parse_qsl

from flask import current_app
from sqlalchemy import select, update

from dashboard import clock
from dashboard.database import db, rows_touched, transaction
from dashboard.domain.mail_to_me import LARGEST_FILE, REPORT, due_on, report_letter, schedule_in_words
from dashboard.exports import record_export
from dashboard.messages.letters_to_staff import page_address, write_to
from dashboard.models import ReportSchedule, User
from dashboard.panels.filters import FILTERS, FilterRefused, Selection
from dashboard.panels.report import Report
from dashboard.panels.reports import REPORTS
from dashboard.permissions import can
from dashboard.web.csv_response import csv_bytes

PAGE = "mail_to_me.show"


def mail_reports() -> str | None:
    """Make and mail every report whose hour has come; what its owner may no longer see is left out."""
    now = clock.real_now().astimezone(clock.shop_zone())
    schedules = db.session.scalars(select(ReportSchedule).where(ReportSchedule.removed_at.is_(None))).all()
    due = [
        (schedule.id, day)
        for schedule in schedules
        if (
            day := due_on(
                now,
                weekday=schedule.weekday,
                hour=schedule.hour,
                last=schedule.made_on,
                asked_at=schedule.made_at.astimezone(clock.shop_zone()),
            )
        )
    ]
    db.session.rollback()
    done = sum(_mail(schedule_id, day) for schedule_id, day in due)
    if not done:
        return None
    current_app.extensions["wake"]("deliver_mail")
    return f"{done} report{'' if done == 1 else 's'} made"


def _mail(schedule_id: int, day: date) -> bool:
    """One report: its rows are read first, and then written together with the memory that this was done. Whoever comes
    second, or again after a kill, writes nothing twice.
    """
    schedule = db.session.get_one(ReportSchedule, schedule_id)
    report = REPORTS.get(schedule.report)
    selection = _selection(report, schedule.filters) if report else None
    content = None
    if report is not None and selection is not None:
        content = _content(report, selection)
    db.session.rollback()
    with transaction() as session:
        claimed = session.execute(
            update(ReportSchedule)
            .where(
                ReportSchedule.id == schedule_id,
                ReportSchedule.removed_at.is_(None),
                ReportSchedule.made_on.is_(None) | (ReportSchedule.made_on < day),
            )
            .values(made_on=day)
            .execution_options(synchronize_session=False)
        )
        if rows_touched(claimed) != 1:
            return False
        schedule = session.get_one(ReportSchedule, schedule_id, populate_existing=True)
        owner = session.get_one(User, schedule.owner_id)
        if report is None or selection is None or not can(owner, report.permission):
            return False
        subject, body = report_letter(
            schedule.name,
            report.title,
            when=schedule_in_words(schedule.weekday, schedule.hour),
            filters="; ".join(f"{FILTERS[key].name} {', '.join(values)}" for key, values in selection.chosen),
            address=page_address("reports.show", name=report.name, **selection.parameters()),
            page=page_address(PAGE),
            fits=content is not None,
        )
        file = None if content is None else (report.file_name(clock.today()), content)
        write_to(owner, kind=REPORT, subject=subject, body=body, file=file)
        if file is not None:
            record_export(report.name, selection.parameters(), actor=owner.id)
    return True


def _selection(report: Report, filters: str) -> Selection | None:
    """What the schedule is filtered by; None where that is no filter any more: all rows were not asked for."""
    try:
        return Selection.read(parse_qsl(filters), allowed=report.filters)
    except FilterRefused:
        return None


def _content(report: Report, selection: Selection) -> str | None:
    """The whole file; None where it is too large for mail."""
    pieces, size = [], 0
    for piece in csv_bytes(report.columns, report.read(selection, clock.today())):
        size += len(piece)
        if size > LARGEST_FILE:
            return None
        pieces.append(piece)
    return b"".join(pieces).decode("utf-8")
