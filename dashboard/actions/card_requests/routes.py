"""Requests for a new card in a browser."""

from __future__ import annotations

from flask import Blueprint, Response, url_for

from dashboard.actions import answers
from dashboard.actions.card_requests.action import request_card
from dashboard.actions.card_requests.forms import CardRequestForm
from dashboard.actions.card_requests.queries import ShownPayment, find_payment
from dashboard.database import db
from dashboard.permissions import Permission
from dashboard.web import fragments
from dashboard.web.guards import requires

blueprint = Blueprint("card_requests", __name__)

FORM = "actions/card_requests/_form.html"
ORDER = "/orders/<identifier:number>/card-requests"


@blueprint.get(f"{ORDER}/new")
@requires(Permission.CONTACT_CUSTOMERS)
def new(number: str) -> Response:
    """The form."""
    order = _order(number)
    return answers.hand_out(FORM, CardRequestForm(order, back=fragments.page_asked_from()), order=order)


@blueprint.post(f"{ORDER}/preview")
@requires(Permission.CONTACT_CUSTOMERS)
def preview(number: str) -> Response:
    """What the customer would read."""
    order = _order(number)
    return answers.foresee(FORM, CardRequestForm(order, back=""), request_card, order.id, order=order)


@blueprint.post(ORDER)
@requires(Permission.CONTACT_CUSTOMERS)
def create(number: str) -> Response:
    """Ask; taken back while the message waits."""
    order = _order(number)
    return answers.post(
        FORM,
        CardRequestForm(order, back=""),
        request_card,
        order.id,
        undo=lambda outcome: url_for("message_withdrawals.create", message_id=int(outcome.made)),
        anew=lambda: {"order": _order(number)},
        order=order,
    )


def _order(number: str) -> ShownPayment:
    return answers.found(find_payment(db.session(), number))
