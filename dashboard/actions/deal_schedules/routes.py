"""Schedules of ways of dealing in a browser: set, paused, resumed."""

from __future__ import annotations

from flask import Blueprint, Response

from dashboard.actions import answers
from dashboard.actions.deal_schedules.action import pause_schedule, resume_schedule, set_schedule
from dashboard.actions.deal_schedules.forms import PauseForm, ResumeForm, ScheduleForm
from dashboard.actions.deal_schedules.queries import ShownSchedule, find_schedule
from dashboard.database import db
from dashboard.permissions import Permission
from dashboard.web import fragments
from dashboard.web.guards import requires

blueprint = Blueprint("deal_schedules", __name__)

FORM = "actions/deal_schedules/_form.html"
PAUSE = "actions/deal_schedules/_pause.html"
RESUMPTION = "actions/deal_schedules/_resumption.html"
SET = "/deals/variants/<int:variant_id>/schedules"
PAUSED = "/deals/variants/<int:variant_id>/pauses"
RESUMED = "/deals/variants/<int:variant_id>/resumptions"


@blueprint.get(f"{SET}/new")
@requires(Permission.DEAL_AGAIN)
def new(variant_id: int) -> Response:
    """The form that sets or changes a schedule."""
    schedule = _schedule(variant_id)
    return answers.hand_out(FORM, ScheduleForm(schedule, back=fragments.page_asked_from()), schedule=schedule)


@blueprint.post(f"{SET}/preview")
@requires(Permission.DEAL_AGAIN)
def preview(variant_id: int) -> Response:
    """When it would run."""
    schedule = _schedule(variant_id)
    return answers.foresee(FORM, ScheduleForm(schedule, back=""), set_schedule, variant_id, schedule=schedule)


@blueprint.post(SET)
@requires(Permission.DEAL_AGAIN)
def create(variant_id: int) -> Response:
    """Set it."""
    schedule = _schedule(variant_id)
    return answers.post(
        FORM,
        ScheduleForm(schedule, back=""),
        set_schedule,
        variant_id,
        anew=lambda: {"schedule": _schedule(variant_id)},
        schedule=schedule,
    )


@blueprint.get(f"{PAUSED}/new")
@requires(Permission.DEAL_AGAIN)
def new_pause(variant_id: int) -> Response:
    """The form that lets a schedule rest."""
    schedule = _kept(variant_id)
    return answers.hand_out(PAUSE, PauseForm(schedule, back=fragments.page_asked_from()), schedule=schedule)


@blueprint.post(f"{PAUSED}/preview")
@requires(Permission.DEAL_AGAIN)
def preview_pause(variant_id: int) -> Response:
    """What would not run."""
    schedule = _kept(variant_id)
    return answers.foresee(PAUSE, PauseForm(schedule, back=""), pause_schedule, variant_id, schedule=schedule)


@blueprint.post(PAUSED)
@requires(Permission.DEAL_AGAIN)
def create_pause(variant_id: int) -> Response:
    """Let it rest."""
    schedule = _kept(variant_id)
    return answers.post(
        PAUSE,
        PauseForm(schedule, back=""),
        pause_schedule,
        variant_id,
        anew=lambda: {"schedule": _kept(variant_id)},
        schedule=schedule,
    )


@blueprint.get(f"{RESUMED}/new")
@requires(Permission.DEAL_AGAIN)
def new_resumption(variant_id: int) -> Response:
    """The form that has a schedule run again."""
    schedule = _kept(variant_id)
    return answers.hand_out(RESUMPTION, ResumeForm(schedule, back=fragments.page_asked_from()), schedule=schedule)


@blueprint.post(f"{RESUMED}/preview")
@requires(Permission.DEAL_AGAIN)
def preview_resumption(variant_id: int) -> Response:
    """When it would run again."""
    schedule = _kept(variant_id)
    return answers.foresee(RESUMPTION, ResumeForm(schedule, back=""), resume_schedule, variant_id, schedule=schedule)


@blueprint.post(RESUMED)
@requires(Permission.DEAL_AGAIN)
def create_resumption(variant_id: int) -> Response:
    """Have it run again."""
    schedule = _kept(variant_id)
    return answers.post(
        RESUMPTION,
        ResumeForm(schedule, back=""),
        resume_schedule,
        variant_id,
        anew=lambda: {"schedule": _kept(variant_id)},
        schedule=schedule,
    )


def _schedule(variant_id: int) -> ShownSchedule:
    return answers.found(find_schedule(db.session(), variant_id))


def _kept(variant_id: int) -> ShownSchedule:
    schedule = _schedule(variant_id)
    return answers.found(schedule if schedule.times else None)
