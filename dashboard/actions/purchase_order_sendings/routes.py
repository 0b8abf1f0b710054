"""Sending a purchase order in a browser."""

from __future__ import annotations

from flask import Blueprint, Response

from dashboard.actions import answers
from dashboard.actions.purchase_order_sendings.action import send_draft
from dashboard.actions.purchase_order_sendings.forms import SendingForm
from dashboard.actions.purchase_order_sendings.queries import DraftedOrder, find_order
from dashboard.database import db
from dashboard.permissions import Permission
from dashboard.web import fragments
from dashboard.web.guards import requires

blueprint = Blueprint("purchase_order_sendings", __name__)

FORM = "actions/purchase_order_sendings/_form.html"
ORDER = "/purchase-orders/<identifier:number>/purchase-order-sendings"


@blueprint.get(f"{ORDER}/new")
@requires(Permission.ORDER_SUPPLY)
def new(number: str) -> Response:
    """The form, with what is ordered."""
    order = _order(number)
    return answers.hand_out(FORM, SendingForm(order, back=fragments.page_asked_from()), order=order)


@blueprint.post(f"{ORDER}/preview")
@requires(Permission.ORDER_SUPPLY)
def preview(number: str) -> Response:
    """What the sending would do."""
    order = _order(number)
    return answers.foresee(FORM, SendingForm(order, back=""), send_draft, order.id, order=order)


@blueprint.post(ORDER)
@requires(Permission.ORDER_SUPPLY)
def create(number: str) -> Response:
    """Send it."""
    order = _order(number)
    form = SendingForm(order, back="")
    return answers.post(FORM, form, send_draft, order.id, anew=lambda: {"order": _order(number)}, order=order)


def _order(number: str) -> DraftedOrder:
    return answers.found(find_order(db.session(), number))
