"""Quantity cuts in a browser."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from dashboard.actions import answers
from dashboard.actions.order_queries import find_line
from dashboard.actions.quantity_cuts.action import cut_quantity
from dashboard.actions.quantity_cuts.forms import QuantityCutForm
from dashboard.database import db
from dashboard.permissions import Permission
from dashboard.web import fragments
from dashboard.web.guards import requires

blueprint = Blueprint("quantity_cuts", __name__)

FORM = "actions/quantity_cuts/_form.html"
LINE = "/orders/<identifier:number>/lines/<int:line_no>/quantity-cuts"


@blueprint.get(f"{LINE}/new")
@requires(Permission.CANCEL_LINES)
def new(number: str, line_no: int) -> Response:
    """The form, with what is here filled in."""
    shown = _line(number, line_no)
    return answers.hand_out(FORM, QuantityCutForm(shown["line"], back=fragments.page_asked_from()), **shown)


@blueprint.post(f"{LINE}/preview")
@requires(Permission.CANCEL_LINES)
def preview(number: str, line_no: int) -> Response:
    """What the cut would do."""
    shown = _line(number, line_no)
    form = QuantityCutForm(shown["line"], back="")
    return answers.foresee(FORM, form, cut_quantity, shown["order"].id, line_no, **shown)


@blueprint.post(LINE)
@requires(Permission.CANCEL_LINES)
def create(number: str, line_no: int) -> Response:
    """Cut the line."""
    shown = _line(number, line_no)
    form = QuantityCutForm(shown["line"], back="")
    return answers.post(
        FORM, form, cut_quantity, shown["order"].id, line_no, anew=lambda: _line(number, line_no), **shown
    )


def _line(number: str, line_no: int) -> dict[str, Any]:
    order, line = answers.found(find_line(db.session(), number, line_no))
    return {"order": order, "line": line}
