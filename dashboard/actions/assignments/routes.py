"""Assignments in a browser."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from dashboard.actions import answers
from dashboard.actions.assignments.action import assign_line
from dashboard.actions.assignments.forms import AssignmentForm
from dashboard.actions.assignments.queries import assignment_of, people_who_act
from dashboard.actions.order_queries import find_line
from dashboard.database import db
from dashboard.permissions import Permission
from dashboard.web import fragments
from dashboard.web.guards import requires

blueprint = Blueprint("assignments", __name__)

FORM = "actions/assignments/_form.html"
LINE = "/orders/<identifier:number>/lines/<int:line_no>/assignments"


@blueprint.get(f"{LINE}/new")
@requires(Permission.ASSIGN_LINES)
def new(number: str, line_no: int) -> Response:
    """The form, with whose the line is."""
    shown = _shown(number, line_no)
    return answers.hand_out(FORM, _form(shown, back=fragments.page_asked_from()), **shown)


@blueprint.post(f"{LINE}/preview")
@requires(Permission.ASSIGN_LINES)
def preview(number: str, line_no: int) -> Response:
    """Whose the line would be."""
    shown = _shown(number, line_no)
    return answers.foresee(FORM, _form(shown), assign_line, shown["order"].id, line_no, **shown)


@blueprint.post(LINE)
@requires(Permission.ASSIGN_LINES)
def create(number: str, line_no: int) -> Response:
    """Assign the line."""
    shown = _shown(number, line_no)
    return answers.post(
        FORM, _form(shown), assign_line, shown["order"].id, line_no, anew=lambda: _shown(number, line_no), **shown
    )


def _form(shown: dict[str, Any], *, back: str = "") -> AssignmentForm:
    return AssignmentForm(shown["line"], shown["assignment"], people_who_act(db.session()), back=back)


def _shown(number: str, line_no: int) -> dict[str, Any]:
    order, line = answers.found(find_line(db.session(), number, line_no))
    return {"order": order, "line": line, "assignment": assignment_of(db.session(), line.id)}
