"""Messages that came back, in a browser."""

from __future__ import annotations

from flask import Blueprint, Response

from dashboard.actions import answers
from dashboard.actions.message_bounces.action import note_bounce
from dashboard.actions.message_bounces.forms import BounceForm
from dashboard.actions.message_forms import message_of
from dashboard.permissions import Permission
from dashboard.web import fragments
from dashboard.web.guards import requires

blueprint = Blueprint("message_bounces", __name__)

FORM = "actions/message_bounces/_form.html"
MESSAGE = "/messages/<int:message_id>/bounces"


@blueprint.get(f"{MESSAGE}/new")
@requires(Permission.CONTACT_CUSTOMERS)
def new(message_id: int) -> Response:
    """The form."""
    message = message_of(message_id)
    return answers.hand_out(FORM, BounceForm(message, back=fragments.page_asked_from()), message=message)


@blueprint.post(f"{MESSAGE}/preview")
@requires(Permission.CONTACT_CUSTOMERS)
def preview(message_id: int) -> Response:
    """What would be known of it."""
    message = message_of(message_id)
    return answers.foresee(FORM, BounceForm(message, back=""), note_bounce, message_id, message=message)


@blueprint.post(MESSAGE)
@requires(Permission.CONTACT_CUSTOMERS)
def create(message_id: int) -> Response:
    """Note that it came back."""
    message = message_of(message_id)
    return answers.post(
        FORM,
        BounceForm(message, back=""),
        note_bounce,
        message_id,
        anew=lambda: {"message": message_of(message_id)},
        message=message,
    )
