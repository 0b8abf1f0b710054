"""Holds in a browser: fixing units of the shelf to a line, and marking units as picked."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, url_for

from dashboard.actions import answers
from dashboard.actions.holds.action import hold_units
from dashboard.actions.holds.forms import HoldForm
from dashboard.actions.holds.queries import free_on_shelves
from dashboard.actions.order_queries import find_line
from dashboard.database import db
from dashboard.permissions import Permission
from dashboard.web import fragments
from dashboard.web.guards import requires

blueprint = Blueprint("holds", __name__)

FORM = "actions/holds/_form.html"
LINE = "/orders/<identifier:number>/lines/<int:line_no>/holds"


@blueprint.get(f"{LINE}/new")
@requires(Permission.FIX_LINES)
def new(number: str, line_no: int) -> Response:
    """The form, with what is reserved and not held filled in."""
    shown = _shown(number, line_no)
    return answers.hand_out(FORM, HoldForm(shown["line"], back=fragments.page_asked_from()), **shown)


@blueprint.post(f"{LINE}/preview")
@requires(Permission.FIX_LINES)
def preview(number: str, line_no: int) -> Response:
    """What the hold would do to others."""
    shown = _shown(number, line_no)
    return answers.foresee(FORM, HoldForm(shown["line"], back=""), hold_units, shown["order"].id, line_no, **shown)


@blueprint.post(LINE)
@requires(Permission.FIX_LINES)
def create(number: str, line_no: int) -> Response:
    """Hold the units."""
    shown = _shown(number, line_no)
    return answers.post(
        FORM,
        HoldForm(shown["line"], back=""),
        hold_units,
        shown["order"].id,
        line_no,
        undo=lambda outcome: url_for("releases.create", hold_id=outcome.made),
        anew=lambda: _shown(number, line_no),
        **shown,
    )


def _shown(number: str, line_no: int) -> dict[str, Any]:
    order, line = answers.found(find_line(db.session(), number, line_no))
    return {"order": order, "line": line, "free": free_on_shelves(db.session(), line)}
