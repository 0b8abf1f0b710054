"""Customers' answers in a browser."""

from __future__ import annotations

from flask import Blueprint, Response

from dashboard.actions import answers
from dashboard.actions.consents.action import record_consent
from dashboard.actions.consents.forms import ConsentForm
from dashboard.actions.consents.queries import ShownAnswers, find_answers
from dashboard.database import db
from dashboard.permissions import Permission
from dashboard.web import fragments
from dashboard.web.guards import requires

blueprint = Blueprint("consents", __name__)

FORM = "actions/consents/_form.html"
ORDER = "/orders/<identifier:number>/consents"


@blueprint.get(f"{ORDER}/new")
@requires(Permission.CANCEL_LINES)
def new(number: str) -> Response:
    """The form."""
    order = _order(number)
    return answers.hand_out(FORM, ConsentForm(order, back=fragments.page_asked_from()), order=order)


@blueprint.post(f"{ORDER}/preview")
@requires(Permission.CANCEL_LINES)
def preview(number: str) -> Response:
    """What follows from it."""
    order = _order(number)
    return answers.foresee(FORM, ConsentForm(order, back=""), record_consent, order.id, order=order)


@blueprint.post(ORDER)
@requires(Permission.CANCEL_LINES)
def create(number: str) -> Response:
    """Record it."""
    order = _order(number)
    form = ConsentForm(order, back="")
    return answers.post(FORM, form, record_consent, order.id, anew=lambda: {"order": _order(number)}, order=order)


def _order(number: str) -> ShownAnswers:
    return answers.found(find_answers(db.session(), number))
