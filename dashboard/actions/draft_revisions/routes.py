"""Changing a draft in a browser."""

from __future__ import annotations

from flask import Blueprint, Response

from dashboard.actions import answers
from dashboard.actions.draft_revisions.action import revise_draft
from dashboard.actions.draft_revisions.forms import revision_form
from dashboard.actions.purchase_order_queries import ShownOrder, order_numbered
from dashboard.database import db
from dashboard.permissions import Permission
from dashboard.web import fragments
from dashboard.web.guards import requires

blueprint = Blueprint("draft_revisions", __name__)

FORM = "actions/draft_revisions/_form.html"
ORDER = "/purchase-orders/<identifier:number>/draft-revisions"


@blueprint.get(f"{ORDER}/new")
@requires(Permission.ORDER_SUPPLY)
def new(number: str) -> Response:
    """The form, with what the draft orders."""
    order = _order(number)
    return answers.hand_out(FORM, revision_form(order, back=fragments.page_asked_from()), order=order)


@blueprint.post(f"{ORDER}/preview")
@requires(Permission.ORDER_SUPPLY)
def preview(number: str) -> Response:
    """What it would order."""
    order = _order(number)
    return answers.foresee(FORM, revision_form(order, back=""), revise_draft, order.id, order=order)


@blueprint.post(ORDER)
@requires(Permission.ORDER_SUPPLY)
def create(number: str) -> Response:
    """Change it."""
    order = _order(number)
    form = revision_form(order, back="")
    return answers.post(FORM, form, revise_draft, order.id, anew=lambda: {"order": _order(number)}, order=order)


def _order(number: str) -> ShownOrder:
    return answers.found(order_numbered(db.session(), number))
