"""Ties in a browser."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, url_for

from dashboard import clock
from dashboard.actions import answers
from dashboard.actions.order_queries import find_line
from dashboard.actions.ties.action import tie_units
from dashboard.actions.ties.forms import TieForm
from dashboard.actions.ties.queries import supply_of
from dashboard.database import db
from dashboard.permissions import Permission
from dashboard.web import fragments
from dashboard.web.guards import requires

blueprint = Blueprint("ties", __name__)

FORM = "actions/ties/_form.html"
LINE = "/orders/<identifier:number>/lines/<int:line_no>/ties"


@blueprint.get(f"{LINE}/new")
@requires(Permission.FIX_LINES)
def new(number: str, line_no: int) -> Response:
    """The form, with what waits filled in."""
    shown = _shown(number, line_no)
    return answers.hand_out(FORM, _form(shown, back=fragments.page_asked_from()), **shown)


@blueprint.post(f"{LINE}/preview")
@requires(Permission.FIX_LINES)
def preview(number: str, line_no: int) -> Response:
    """What the tie would do."""
    shown = _shown(number, line_no)
    return answers.foresee(FORM, _form(shown), tie_units, shown["order"].id, line_no, **shown)


@blueprint.post(LINE)
@requires(Permission.FIX_LINES)
def create(number: str, line_no: int) -> Response:
    """Tie the units."""
    shown = _shown(number, line_no)
    return answers.post(
        FORM,
        _form(shown),
        tie_units,
        shown["order"].id,
        line_no,
        undo=lambda outcome: url_for("releases.create", hold_id=outcome.made),
        anew=lambda: _shown(number, line_no),
        **shown,
    )


def _form(shown: dict[str, Any], *, back: str = "") -> TieForm:
    return TieForm(shown["line"], shown["offered"], today=clock.today(), back=back)


def _shown(number: str, line_no: int) -> dict[str, Any]:
    order, line = answers.found(find_line(db.session(), number, line_no))
    return {"order": order, "line": line, "offered": supply_of(db.session(), line)}
