"""Withdrawals of messages in a browser."""

from __future__ import annotations

from flask import Blueprint, Response, request

from dashboard.actions import answers
from dashboard.actions.message_forms import message_of
from dashboard.actions.message_withdrawals.action import withdraw_message
from dashboard.actions.message_withdrawals.forms import WithdrawalForm
from dashboard.permissions import Permission
from dashboard.web import fragments
from dashboard.web.guards import requires

blueprint = Blueprint("message_withdrawals", __name__)

FORM = "actions/message_withdrawals/_form.html"
MESSAGE = "/messages/<int:message_id>/withdrawals"


@blueprint.get(f"{MESSAGE}/new")
@requires(Permission.CONTACT_CUSTOMERS)
def new(message_id: int) -> Response:
    """The form."""
    message = message_of(message_id)
    return answers.hand_out(FORM, WithdrawalForm(message, back=fragments.page_asked_from()), message=message)


@blueprint.post(f"{MESSAGE}/preview")
@requires(Permission.CONTACT_CUSTOMERS)
def preview(message_id: int) -> Response:
    """What would not leave."""
    message = message_of(message_id)
    return answers.foresee(FORM, WithdrawalForm(message, back=""), withdraw_message, message_id, message=message)


@blueprint.post(MESSAGE)
@requires(Permission.CONTACT_CUSTOMERS)
def create(message_id: int) -> Response:
    """Withdraw it: by the form, or by the undo of the notice of an act that only wrote it."""
    message = message_of(message_id)
    if "undo" in request.form:
        return answers.undo(withdraw_message, message_id, why=None, back=fragments.page_asked_from())
    return answers.post(
        FORM,
        WithdrawalForm(message, back=""),
        withdraw_message,
        message_id,
        anew=lambda: {"message": message_of(message_id)},
        message=message,
    )
