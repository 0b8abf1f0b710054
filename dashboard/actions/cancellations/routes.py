"""Cancellations in a browser: of the rest of a line, or of an order."""

from __future__ import annotations

from flask import Blueprint, Response, abort

from dashboard.actions import answers
from dashboard.actions.cancellations.action import cancel_rest
from dashboard.actions.cancellations.forms import CancellationForm
from dashboard.actions.order_queries import ShownLine, ShownOrder, find_line, find_order
from dashboard.database import db
from dashboard.permissions import Permission
from dashboard.web import fragments
from dashboard.web.guards import requires

blueprint = Blueprint("cancellations", __name__)

FORM = "actions/cancellations/_form.html"
ORDER = "/orders/<identifier:number>/cancellations"
LINE = "/orders/<identifier:number>/lines/<int:line_no>/cancellations"


@blueprint.get(f"{LINE}/new")
@requires(Permission.CANCEL_LINES)
def new(number: str, line_no: int) -> Response:
    """The form for the rest of a line."""
    order, line = _line(number, line_no)
    return answers.hand_out(FORM, CancellationForm(line, back=fragments.page_asked_from()), order=order, line=line)


@blueprint.post(f"{LINE}/preview")
@requires(Permission.CANCEL_LINES)
def preview(number: str, line_no: int) -> Response:
    """What the cancel of a line's rest would do."""
    order, line = _line(number, line_no)
    form = CancellationForm(line, back="")
    return answers.foresee(FORM, form, cancel_rest, order.id, line_no, order=order, line=line)


@blueprint.post(LINE)
@requires(Permission.CANCEL_LINES)
def create(number: str, line_no: int) -> Response:
    """Cancel the rest of a line."""
    order, line = _line(number, line_no)
    return answers.post(FORM, CancellationForm(line, back=""), cancel_rest, order.id, line_no, order=order, line=line)


@blueprint.get(f"{ORDER}/new")
@requires(Permission.CANCEL_LINES)
def new_of_order(number: str) -> Response:
    """The form for all that is open of an order."""
    order = _order(number)
    return answers.hand_out(FORM, CancellationForm(order, back=fragments.page_asked_from()), order=order, line=None)


@blueprint.post(f"{ORDER}/preview")
@requires(Permission.CANCEL_LINES)
def preview_of_order(number: str) -> Response:
    """What the cancel of an order would do."""
    order = _order(number)
    return answers.foresee(FORM, CancellationForm(order, back=""), cancel_rest, order.id, order=order, line=None)


@blueprint.post(ORDER)
@requires(Permission.CANCEL_LINES)
def create_of_order(number: str) -> Response:
    """Cancel all that is open of an order."""
    order = _order(number)
    return answers.post(FORM, CancellationForm(order, back=""), cancel_rest, order.id, order=order, line=None)


def _order(number: str) -> ShownOrder:
    order = find_order(db.session(), number)
    if order is None:
        abort(404)
    return order


def _line(number: str, line_no: int) -> tuple[ShownOrder, ShownLine]:
    found = find_line(db.session(), number, line_no)
    if found is None:
        abort(404)
    return found
