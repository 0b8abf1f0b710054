"""How somebody reads the desk, in a browser."""

from __future__ import annotations

from flask import Blueprint, Response
from flask_security import current_user

from dashboard.actions import answers
from dashboard.actions.preferences.action import set_preferences
from dashboard.actions.preferences.forms import PreferenceForm
from dashboard.actions.preferences.queries import preference_of
from dashboard.database import db
from dashboard.permissions import Permission
from dashboard.web import fragments
from dashboard.web.guards import requires

blueprint = Blueprint("preferences", __name__)

FORM = "actions/preferences/_form.html"
PREFERENCES = "/you/preferences"


@blueprint.get(f"{PREFERENCES}/new")
@requires(Permission.SEE_DESK)
def new() -> Response:
    """The form, with what was said."""
    return answers.hand_out(FORM, _form(back=fragments.page_asked_from()))


@blueprint.post(f"{PREFERENCES}/preview")
@requires(Permission.SEE_DESK)
def preview() -> Response:
    """What would be."""
    return answers.foresee(FORM, _form(), set_preferences)


@blueprint.post(PREFERENCES)
@requires(Permission.SEE_DESK)
def create() -> Response:
    """Say it."""
    return answers.post(FORM, _form(), set_preferences)


def _form(back: str = "") -> PreferenceForm:
    return PreferenceForm(preference_of(db.session(), current_user.id), back=back)
