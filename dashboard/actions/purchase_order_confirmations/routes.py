"""Confirming a purchase order in a browser."""

from __future__ import annotations

from flask import Blueprint, Response

from dashboard.actions import answers
from dashboard.actions.purchase_order_confirmations.action import confirm_order
from dashboard.actions.purchase_order_confirmations.forms import ConfirmationForm
from dashboard.actions.purchase_order_queries import ShownOrder, order_numbered
from dashboard.database import db
from dashboard.permissions import Permission
from dashboard.web import fragments
from dashboard.web.guards import requires

blueprint = Blueprint("purchase_order_confirmations", __name__)

FORM = "actions/purchase_order_confirmations/_form.html"
ORDER = "/purchase-orders/<identifier:number>/purchase-order-confirmations"


@blueprint.get(f"{ORDER}/new")
@requires(Permission.ORDER_SUPPLY)
def new(number: str) -> Response:
    """The form, with the day that stands."""
    order = _order(number)
    return answers.hand_out(FORM, ConfirmationForm(order, back=fragments.page_asked_from()), order=order)


@blueprint.post(f"{ORDER}/preview")
@requires(Permission.ORDER_SUPPLY)
def preview(number: str) -> Response:
    """Whom the confirmed day moves."""
    order = _order(number)
    return answers.foresee(FORM, ConfirmationForm(order, back=""), confirm_order, order.id, order=order)


@blueprint.post(ORDER)
@requires(Permission.ORDER_SUPPLY)
def create(number: str) -> Response:
    """Confirm it."""
    order = _order(number)
    form = ConfirmationForm(order, back="")
    return answers.post(FORM, form, confirm_order, order.id, anew=lambda: {"order": _order(number)}, order=order)


def _order(number: str) -> ShownOrder:
    return answers.found(order_numbered(db.session(), number))
