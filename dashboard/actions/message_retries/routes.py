"""Sending messages again in a browser."""

from __future__ import annotations

from flask import Blueprint, Response

from dashboard.actions import answers
from dashboard.actions.message_forms import message_of
from dashboard.actions.message_retries.action import retry_message
from dashboard.actions.message_retries.forms import RetryForm
from dashboard.permissions import Permission
from dashboard.web import fragments
from dashboard.web.guards import requires

blueprint = Blueprint("message_retries", __name__)

FORM = "actions/message_retries/_form.html"
MESSAGE = "/messages/<int:message_id>/retries"


@blueprint.get(f"{MESSAGE}/new")
@requires(Permission.CONTACT_CUSTOMERS)
def new(message_id: int) -> Response:
    """The form."""
    message = message_of(message_id)
    return answers.hand_out(FORM, RetryForm(message, back=fragments.page_asked_from()), message=message)


@blueprint.post(f"{MESSAGE}/preview")
@requires(Permission.CONTACT_CUSTOMERS)
def preview(message_id: int) -> Response:
    """What would leave."""
    message = message_of(message_id)
    return answers.foresee(FORM, RetryForm(message, back=""), retry_message, message_id, message=message)


@blueprint.post(MESSAGE)
@requires(Permission.CONTACT_CUSTOMERS)
def create(message_id: int) -> Response:
    """Send it again."""
    message = message_of(message_id)
    return answers.post(
        FORM,
        RetryForm(message, back=""),
        retry_message,
        message_id,
        anew=lambda: {"message": message_of(message_id)},
        message=message,
    )
