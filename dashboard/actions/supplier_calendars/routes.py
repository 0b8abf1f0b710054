"""The calendar of a supplier in a browser."""

from __future__ import annotations

from flask import Blueprint, Response

from dashboard import clock
from dashboard.actions import answers
from dashboard.actions.supplier_calendars.action import say_calendar
from dashboard.actions.supplier_calendars.forms import CalendarForm
from dashboard.actions.supplier_calendars.queries import SaidCalendar, find_calendar
from dashboard.database import db
from dashboard.permissions import Permission
from dashboard.web import fragments
from dashboard.web.guards import requires

blueprint = Blueprint("supplier_calendars", __name__)

FORM = "actions/supplier_calendars/_form.html"
SUPPLIER = "/suppliers/<identifier:code>/supplier-calendars"


@blueprint.get(f"{SUPPLIER}/new")
@requires(Permission.ORDER_SUPPLY)
def new(code: str) -> Response:
    """The form, with the days as they are known."""
    calendar = _calendar(code)
    return answers.hand_out(FORM, CalendarForm(calendar, back=fragments.page_asked_from()), calendar=calendar)


@blueprint.post(f"{SUPPLIER}/preview")
@requires(Permission.ORDER_SUPPLY)
def preview(code: str) -> Response:
    """What would be said."""
    calendar = _calendar(code)
    form = CalendarForm(calendar, back="")
    return answers.foresee(FORM, form, say_calendar, calendar.supplier_id, calendar=calendar)


@blueprint.post(SUPPLIER)
@requires(Permission.ORDER_SUPPLY)
def create(code: str) -> Response:
    """Say it."""
    calendar = _calendar(code)
    form = CalendarForm(calendar, back="")
    return answers.post(
        FORM,
        form,
        say_calendar,
        calendar.supplier_id,
        anew=lambda: {"calendar": _calendar(code)},
        calendar=calendar,
    )


def _calendar(code: str) -> SaidCalendar:
    return answers.found(find_calendar(db.session(), code, clock.today()))
