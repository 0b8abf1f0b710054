"""Cancellations in a browser: of the rest of a line, or of an order."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from dashboard.actions import answers
from dashboard.actions.cancellations.action import cancel_rest
from dashboard.actions.cancellations.forms import CancellationForm
from dashboard.actions.order_queries import find_line, find_order
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
    shown = _line(number, line_no)
    return answers.hand_out(FORM, CancellationForm(shown["line"], back=fragments.page_asked_from()), **shown)


@blueprint.post(f"{LINE}/preview")
@requires(Permission.CANCEL_LINES)
def preview(number: str, line_no: int) -> Response:
    """What the cancel of a line's rest would do."""
    shown = _line(number, line_no)
    form = CancellationForm(shown["line"], back="")
    return answers.foresee(FORM, form, cancel_rest, shown["order"].id, line_no, **shown)


@blueprint.post(LINE)
@requires(Permission.CANCEL_LINES)
def create(number: str, line_no: int) -> Response:
    """Cancel the rest of a line."""
    shown = _line(number, line_no)
    form = CancellationForm(shown["line"], back="")
    return answers.post(
        FORM, form, cancel_rest, shown["order"].id, line_no, anew=lambda: _line(number, line_no), **shown
    )


@blueprint.get(f"{ORDER}/new")
@requires(Permission.CANCEL_LINES)
def new_of_order(number: str) -> Response:
    """The form for all that is open of an order."""
    shown = _order(number)
    return answers.hand_out(FORM, CancellationForm(shown["order"], back=fragments.page_asked_from()), **shown)


@blueprint.post(f"{ORDER}/preview")
@requires(Permission.CANCEL_LINES)
def preview_of_order(number: str) -> Response:
    """What the cancel of an order would do."""
    shown = _order(number)
    order = shown["order"]
    return answers.foresee(FORM, CancellationForm(order, back=""), cancel_rest, order.id, **shown)


@blueprint.post(ORDER)
@requires(Permission.CANCEL_LINES)
def create_of_order(number: str) -> Response:
    """Cancel all that is open of an order."""
    shown = _order(number)
    form, order = CancellationForm(shown["order"], back=""), shown["order"]
    return answers.post(FORM, form, cancel_rest, order.id, anew=lambda: _order(number), **shown)


def _order(number: str) -> dict[str, Any]:
    return {"order": answers.found(find_order(db.session(), number)), "line": None}


def _line(number: str, line_no: int) -> dict[str, Any]:
    order, line = answers.found(find_line(db.session(), number, line_no))
    return {"order": order, "line": line}
