"""Deliveries in a browser: taking in what came for a purchase order, and taking a delivery back."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request, url_for

from dashboard.actions import answers
from dashboard.actions.deliveries.action import reverse_delivery, take_in_delivery
from dashboard.actions.deliveries.forms import ReversalForm, delivery_form
from dashboard.actions.deliveries.queries import ReceivableOrder, ReversibleDelivery, find_delivery, find_order
from dashboard.database import db
from dashboard.permissions import Permission
from dashboard.web import fragments
from dashboard.web.guards import requires

blueprint = Blueprint("deliveries", __name__)

FORM = "actions/deliveries/_form.html"
REVERSAL = "actions/deliveries/_reversal.html"
ORDER = "/purchase-orders/<identifier:number>/deliveries"
DELIVERY = "/deliveries/<identifier:number>/reversals"


@blueprint.get(f"{ORDER}/new")
@requires(Permission.RECEIVE_GOODS)
def new(number: str) -> Response:
    """The form; `sku` in the address is the label that was scanned."""
    order = _order(number)
    scanned = request.args.get("sku", "")
    form = delivery_form(order, back=fragments.page_asked_from(), scanned=scanned)
    return answers.hand_out(FORM, form, order=order, scanned=scanned)


@blueprint.post(f"{ORDER}/preview")
@requires(Permission.RECEIVE_GOODS)
def preview(number: str) -> Response:
    """What the delivery would do."""
    order = _order(number)
    return answers.foresee(FORM, delivery_form(order, back=""), take_in_delivery, order.id, order=order)


@blueprint.post(ORDER)
@requires(Permission.RECEIVE_GOODS)
def create(number: str) -> Response:
    """Take in what came."""
    order = _order(number)

    def anew() -> dict[str, Any]:
        return {"order": _order(number)}

    return answers.post(
        FORM,
        delivery_form(order, back=""),
        take_in_delivery,
        order.id,
        undo=lambda outcome: url_for("deliveries.create_reversal", number=outcome.made),
        anew=anew,
        order=order,
    )


@blueprint.get(f"{DELIVERY}/new")
@requires(Permission.RECEIVE_GOODS)
def new_reversal(number: str) -> Response:
    """The form that takes a delivery back."""
    delivery = _delivery(number)
    return answers.hand_out(REVERSAL, ReversalForm(delivery, back=fragments.page_asked_from()), delivery=delivery)


@blueprint.post(f"{DELIVERY}/preview")
@requires(Permission.RECEIVE_GOODS)
def preview_reversal(number: str) -> Response:
    """What taking the delivery back would do."""
    delivery = _delivery(number)
    return answers.foresee(REVERSAL, ReversalForm(delivery, back=""), reverse_delivery, delivery.id, delivery=delivery)


@blueprint.post(DELIVERY)
@requires(Permission.RECEIVE_GOODS)
def create_reversal(number: str) -> Response:
    """Take the delivery back: by its form, or by the undo of its notice."""
    delivery = _delivery(number)
    if "undo" in request.form:
        return answers.undo(reverse_delivery, delivery.id, why=None, back=fragments.page_asked_from())
    return answers.post(
        REVERSAL,
        ReversalForm(delivery, back=""),
        reverse_delivery,
        delivery.id,
        anew=lambda: {"delivery": _delivery(number)},
        delivery=delivery,
    )


def _order(number: str) -> ReceivableOrder:
    return answers.found(find_order(db.session(), number))


def _delivery(number: str) -> ReversibleDelivery:
    return answers.found(find_delivery(db.session(), number))
