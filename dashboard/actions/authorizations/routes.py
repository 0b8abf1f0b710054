"""Authorisations in a browser: recording what the gateway answered."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from dashboard.actions import answers
from dashboard.actions.authorizations.action import record_authorization
from dashboard.actions.authorizations.forms import AuthorizationForm
from dashboard.actions.authorizations.queries import find_payable
from dashboard.database import db
from dashboard.permissions import Permission
from dashboard.web import fragments
from dashboard.web.guards import requires

blueprint = Blueprint("authorizations", __name__)

FORM = "actions/authorizations/_form.html"
ORDER = "/orders/<identifier:number>/authorizations"


@blueprint.get(f"{ORDER}/new")
@requires(Permission.TAKE_PAYMENTS)
def new(number: str) -> Response:
    """The form, with what is still to be paid filled in."""
    shown = _shown(number)
    return answers.hand_out(FORM, AuthorizationForm(shown["found"], back=fragments.page_asked_from()), **shown)


@blueprint.post(f"{ORDER}/preview")
@requires(Permission.TAKE_PAYMENTS)
def preview(number: str) -> Response:
    """What the authorisation would change."""
    shown = _shown(number)
    form = AuthorizationForm(shown["found"], back="")
    return answers.foresee(FORM, form, record_authorization, shown["order"].id, **shown)


@blueprint.post(ORDER)
@requires(Permission.TAKE_PAYMENTS)
def create(number: str) -> Response:
    """Record the authorisation."""
    shown = _shown(number)
    form = AuthorizationForm(shown["found"], back="")
    return answers.post(FORM, form, record_authorization, shown["order"].id, anew=lambda: _shown(number), **shown)


def _shown(number: str) -> dict[str, Any]:
    found = answers.found(find_payable(db.session(), number))
    return {"order": found.order, "found": found}
