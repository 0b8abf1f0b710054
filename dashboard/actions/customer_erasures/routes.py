"""Erasing a customer in a browser."""

from __future__ import annotations

from flask import Blueprint, Response

from dashboard.actions import answers
from dashboard.actions.customer_erasures.action import erase_customer
from dashboard.actions.customer_erasures.forms import ErasureForm
from dashboard.actions.customer_erasures.queries import ErasedCustomer, find_customer
from dashboard.database import db
from dashboard.permissions import Permission
from dashboard.web import fragments
from dashboard.web.guards import requires

blueprint = Blueprint("customer_erasures", __name__)

FORM = "actions/customer_erasures/_form.html"
ERASURES = "/customers/<int:customer_id>/customer-erasures"


@blueprint.get(f"{ERASURES}/new")
@requires(Permission.KEEP_PERSONAL_DATA)
def new(customer_id: int) -> Response:
    """The form."""
    customer = _customer(customer_id)
    return answers.hand_out(FORM, ErasureForm(customer, back=fragments.page_asked_from()), customer=customer)


@blueprint.post(f"{ERASURES}/preview")
@requires(Permission.KEEP_PERSONAL_DATA)
def preview(customer_id: int) -> Response:
    """What would go."""
    customer = _customer(customer_id)
    return answers.foresee(FORM, ErasureForm(customer, back=""), erase_customer, customer.id, customer=customer)


@blueprint.post(ERASURES)
@requires(Permission.KEEP_PERSONAL_DATA)
def create(customer_id: int) -> Response:
    """Erase it."""
    customer = _customer(customer_id)
    return answers.post(
        FORM,
        ErasureForm(customer, back=""),
        erase_customer,
        customer.id,
        anew=lambda: {"customer": _customer(customer_id)},
        customer=customer,
    )


def _customer(customer_id: int) -> ErasedCustomer:
    return answers.found(find_customer(db.session(), customer_id))
