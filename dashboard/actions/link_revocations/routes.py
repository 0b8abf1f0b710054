"""Closing a customer's links in a browser."""

from __future__ import annotations

from flask import Blueprint, Response

from dashboard.actions import answers
from dashboard.actions.link_revocations.action import revoke_links
from dashboard.actions.link_revocations.forms import LinkRevocationForm
from dashboard.actions.link_revocations.queries import LinkedOrder, find_linked
from dashboard.database import db
from dashboard.permissions import Permission
from dashboard.web import fragments
from dashboard.web.guards import requires

blueprint = Blueprint("link_revocations", __name__)

FORM = "actions/link_revocations/_form.html"
ORDER = "/orders/<identifier:number>/link-revocations"


@blueprint.get(f"{ORDER}/new")
@requires(Permission.CONTACT_CUSTOMERS)
def new(number: str) -> Response:
    """The form."""
    order = _order(number)
    return answers.hand_out(FORM, LinkRevocationForm(order, back=fragments.page_asked_from()), order=order)


@blueprint.post(f"{ORDER}/preview")
@requires(Permission.CONTACT_CUSTOMERS)
def preview(number: str) -> Response:
    """What would open nothing any more."""
    order = _order(number)
    return answers.foresee(FORM, LinkRevocationForm(order, back=""), revoke_links, order.id, order=order)


@blueprint.post(ORDER)
@requires(Permission.CONTACT_CUSTOMERS)
def create(number: str) -> Response:
    """Close them."""
    order = _order(number)
    return answers.post(
        FORM,
        LinkRevocationForm(order, back=""),
        revoke_links,
        order.id,
        anew=lambda: {"order": _order(number)},
        order=order,
    )


def _order(number: str) -> LinkedOrder:
    return answers.found(find_linked(db.session(), number))
