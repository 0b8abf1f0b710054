"""Cancelling a purchase order in a browser."""

from __future__ import annotations

from flask import Blueprint, Response, request

from dashboard.actions import answers
from dashboard.actions.purchase_order_cancellations.action import cancel_order
from dashboard.actions.purchase_order_cancellations.forms import CancellationForm
from dashboard.actions.purchase_order_queries import ShownOrder, order_numbered
from dashboard.database import db
from dashboard.permissions import Permission
from dashboard.web import fragments
from dashboard.web.guards import requires

blueprint = Blueprint("purchase_order_cancellations", __name__)

FORM = "actions/purchase_order_cancellations/_form.html"
ORDER = "/purchase-orders/<identifier:number>/purchase-order-cancellations"


@blueprint.get(f"{ORDER}/new")
@requires(Permission.ORDER_SUPPLY)
def new(number: str) -> Response:
    """The form."""
    order = _order(number)
    return answers.hand_out(FORM, CancellationForm(order, back=fragments.page_asked_from()), order=order)


@blueprint.post(f"{ORDER}/preview")
@requires(Permission.ORDER_SUPPLY)
def preview(number: str) -> Response:
    """Who would lose a date."""
    order = _order(number)
    return answers.foresee(FORM, CancellationForm(order, back=""), cancel_order, order.id, order=order)


@blueprint.post(ORDER)
@requires(Permission.ORDER_SUPPLY)
def create(number: str) -> Response:
    """Cancel it: by the form, or by the undo of the notice of an act that drafted it."""
    order = _order(number)
    if "undo" in request.form:
        return answers.undo(cancel_order, order.id, is_undo=True, back=fragments.page_asked_from())
    form = CancellationForm(order, back="")
    return answers.post(FORM, form, cancel_order, order.id, anew=lambda: {"order": _order(number)}, order=order)


def _order(number: str) -> ShownOrder:
    return answers.found(order_numbered(db.session(), number))
