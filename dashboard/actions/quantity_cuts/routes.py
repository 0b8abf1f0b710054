"""Quantity cuts in a browser."""

from __future__ import annotations

from flask import Blueprint, Response, abort

from dashboard.actions import answers
from dashboard.actions.order_queries import ShownLine, ShownOrder, find_line
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
    order, line = _line(number, line_no)
    return answers.hand_out(FORM, QuantityCutForm(line, back=fragments.page_asked_from()), order=order, line=line)


@blueprint.post(f"{LINE}/preview")
@requires(Permission.CANCEL_LINES)
def preview(number: str, line_no: int) -> Response:
    """What the cut would do."""
    order, line = _line(number, line_no)
    return answers.foresee(
        FORM, QuantityCutForm(line, back=""), cut_quantity, order.id, line_no, order=order, line=line
    )


@blueprint.post(LINE)
@requires(Permission.CANCEL_LINES)
def create(number: str, line_no: int) -> Response:
    """Cut the line."""
    order, line = _line(number, line_no)
    return answers.post(FORM, QuantityCutForm(line, back=""), cut_quantity, order.id, line_no, order=order, line=line)


def _line(number: str, line_no: int) -> tuple[ShownOrder, ShownLine]:
    found = find_line(db.session(), number, line_no)
    if found is None:
        abort(404)
    return found
