"""Scheduled reports in a browser."""

from __future__ import annotations

from flask import Blueprint, Response, request
from flask_security import current_user

from dashboard.actions import answers
from dashboard.actions.report_schedules.action import schedule_report, stop_schedule
from dashboard.actions.report_schedules.forms import ScheduleForm, StopForm
from dashboard.actions.report_schedules.queries import OwnSchedule, choices_for, own_schedule
from dashboard.database import db
from dashboard.domain.mail_to_me import schedule_in_words
from dashboard.permissions import Permission
from dashboard.web import fragments
from dashboard.web.guards import requires

blueprint = Blueprint("report_schedules", __name__)

FORM = "actions/report_schedules/_form.html"
REMOVAL = "actions/report_schedules/_removal.html"
SCHEDULES = "/report-schedules"
SCHEDULE = f"{SCHEDULES}/<int:schedule_id>/removals"


@blueprint.get(f"{SCHEDULES}/new")
@requires(Permission.EXPORT_ROWS)
def new() -> Response:
    """The form; `source` is what is chosen already."""
    return answers.hand_out(FORM, _form(back=fragments.page_asked_from(), source=request.args.get("source", "")))


@blueprint.post(f"{SCHEDULES}/preview")
@requires(Permission.EXPORT_ROWS)
def preview() -> Response:
    """What would be mailed, and when."""
    return answers.foresee(FORM, _form(), schedule_report)


@blueprint.post(SCHEDULES)
@requires(Permission.EXPORT_ROWS)
def create() -> Response:
    """Have it mailed."""
    return answers.post(FORM, _form(), schedule_report)


@blueprint.get(f"{SCHEDULE}/new")
@requires(Permission.EXPORT_ROWS)
def new_removal(schedule_id: int) -> Response:
    """The form that stops one."""
    schedule = _own(schedule_id)
    return answers.hand_out(REMOVAL, StopForm(schedule, back=fragments.page_asked_from()), **_shown(schedule))


@blueprint.post(f"{SCHEDULE}/preview")
@requires(Permission.EXPORT_ROWS)
def preview_removal(schedule_id: int) -> Response:
    """What would no longer come."""
    schedule = _own(schedule_id)
    return answers.foresee(REMOVAL, StopForm(schedule, back=""), stop_schedule, schedule.id, **_shown(schedule))


@blueprint.post(SCHEDULE)
@requires(Permission.EXPORT_ROWS)
def create_removal(schedule_id: int) -> Response:
    """Stop it."""
    schedule = _own(schedule_id)
    return answers.post(REMOVAL, StopForm(schedule, back=""), stop_schedule, schedule.id, **_shown(schedule))


def _form(*, back: str = "", source: str = "") -> ScheduleForm:
    return ScheduleForm(choices_for(db.session(), current_user.id), back=back, source=source)


def _own(schedule_id: int) -> OwnSchedule:
    return answers.found(own_schedule(db.session(), schedule_id, current_user.id))


def _shown(schedule: OwnSchedule) -> dict[str, object]:
    return {"schedule": schedule, "when": schedule_in_words(schedule.weekday, schedule.hour)}
