"""Corrections of causes in a browser."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from dashboard.actions import answers
from dashboard.actions.cause_corrections.action import correct_cause
from dashboard.actions.cause_corrections.forms import CauseCorrectionForm
from dashboard.actions.cause_corrections.queries import cause_of
from dashboard.actions.order_queries import find_line
from dashboard.database import db
from dashboard.permissions import Permission
from dashboard.web import fragments
from dashboard.web.guards import requires

blueprint = Blueprint("cause_corrections", __name__)

FORM = "actions/cause_corrections/_form.html"
LINE = "/orders/<identifier:number>/lines/<int:line_no>/cause-corrections"


@blueprint.get(f"{LINE}/new")
@requires(Permission.CORRECT_CAUSES)
def new(number: str, line_no: int) -> Response:
    """The form, with the cause that staff set, if they did."""
    shown = _shown(number, line_no)
    return answers.hand_out(FORM, _form(shown, back=fragments.page_asked_from()), **shown)


@blueprint.post(f"{LINE}/preview")
@requires(Permission.CORRECT_CAUSES)
def preview(number: str, line_no: int) -> Response:
    """What the correction would say."""
    shown = _shown(number, line_no)
    return answers.foresee(FORM, _form(shown), correct_cause, shown["order"].id, line_no, **shown)


@blueprint.post(LINE)
@requires(Permission.CORRECT_CAUSES)
def create(number: str, line_no: int) -> Response:
    """Correct the cause."""
    shown = _shown(number, line_no)
    return answers.post(
        FORM, _form(shown), correct_cause, shown["order"].id, line_no, anew=lambda: _shown(number, line_no), **shown
    )


def _form(shown: dict[str, Any], *, back: str = "") -> CauseCorrectionForm:
    return CauseCorrectionForm(shown["line"], cause=shown["cause"].by_staff, back=back)


def _shown(number: str, line_no: int) -> dict[str, Any]:
    order, line = answers.found(find_line(db.session(), number, line_no))
    return {"order": order, "line": line, "cause": cause_of(db.session(), line.id)}
