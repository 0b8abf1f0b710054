"""Releases in a browser: of holds, and of ties."""

from __future__ import annotations

from flask import Blueprint, Response, request

from dashboard.actions import answers
from dashboard.actions.releases.action import release_hold
from dashboard.actions.releases.forms import ReleaseForm
from dashboard.actions.releases.queries import ShownHold, find_hold
from dashboard.database import db
from dashboard.domain.releases import UNDONE
from dashboard.permissions import Permission
from dashboard.web import fragments
from dashboard.web.guards import requires

blueprint = Blueprint("releases", __name__)

FORM = "actions/releases/_form.html"
# The largest key that databases take; what is above it leads nowhere.
HOLD = "/holds/<int(max=9223372036854775807):hold_id>/releases"


@blueprint.get(f"{HOLD}/new")
@requires(Permission.FIX_LINES)
def new(hold_id: int) -> Response:
    """The form."""
    hold = _hold(hold_id)
    return answers.hand_out(FORM, ReleaseForm(hold, back=fragments.page_asked_from()), hold=hold)


@blueprint.post(f"{HOLD}/preview")
@requires(Permission.FIX_LINES)
def preview(hold_id: int) -> Response:
    """To whom the units would go."""
    hold = _hold(hold_id)
    return answers.foresee(FORM, ReleaseForm(hold, back=""), release_hold, hold_id, hold=hold)


@blueprint.post(HOLD)
@requires(Permission.FIX_LINES)
def create(hold_id: int) -> Response:
    """Release the units: by the form, or by the undo of the notice that they are held."""
    hold = _hold(hold_id)
    if "undo" in request.form:
        return answers.undo(release_hold, hold_id, reason=UNDONE, back=fragments.page_asked_from())
    form = ReleaseForm(hold, back="")
    return answers.post(FORM, form, release_hold, hold_id, anew=lambda: {"hold": _hold(hold_id)}, hold=hold)


def _hold(hold_id: int) -> ShownHold:
    return answers.found(find_hold(db.session(), hold_id))
