"""Ending a session, in a browser."""

from __future__ import annotations

from flask import Blueprint, Response, abort
from flask_security import current_user

from dashboard.actions import answers
from dashboard.actions.session_ends.action import end_session
from dashboard.actions.session_ends.forms import SessionEndForm
from dashboard.actions.session_ends.queries import ListedSession, find_session
from dashboard.database import db
from dashboard.permissions import Permission, can
from dashboard.web import fragments
from dashboard.web.guards import requires

blueprint = Blueprint("session_ends", __name__)

FORM = "actions/session_ends/_form.html"
SESSION = "/sessions/<int:session_id>/session-ends"


@blueprint.get(f"{SESSION}/new")
@requires(Permission.SEE_DESK)
def new(session_id: int) -> Response:
    """The form that ends it."""
    listed = _session(session_id)
    return answers.hand_out(FORM, SessionEndForm(listed, back=fragments.page_asked_from()), listed=listed)


@blueprint.post(f"{SESSION}/preview")
@requires(Permission.SEE_DESK)
def preview(session_id: int) -> Response:
    """What would be done."""
    listed = _session(session_id)
    return answers.foresee(FORM, SessionEndForm(listed, back=""), end_session, session_id, listed=listed)


@blueprint.post(SESSION)
@requires(Permission.SEE_DESK)
def create(session_id: int) -> Response:
    """End it."""
    listed = _session(session_id)
    return answers.post(
        FORM,
        SessionEndForm(listed, back=""),
        end_session,
        session_id,
        anew=lambda: {"listed": _session(session_id)},
        listed=listed,
    )


def _session(session_id: int) -> ListedSession:
    """One's own, or anybody's for who manages people; of others' nobody learns that they are."""
    listed = answers.found(find_session(db.session(), session_id))
    if listed.person_id != current_user.id and not can(current_user, Permission.MANAGE_PEOPLE):
        abort(404)
    return listed
