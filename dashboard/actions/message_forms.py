"""What acts on messages have alike in a browser: a form that asks why, and who may open it."""

from __future__ import annotations

from flask import abort
from flask_security import current_user

from dashboard.actions import answers
from dashboard.actions.forms import ActForm, reason_field
from dashboard.actions.message_queries import ShownMessage, find_message
from dashboard.database import db
from dashboard.permissions import Permission, can


class MessageForm(ActForm):
    """Why something is done to a message."""

    why = reason_field(required=False)

    def __init__(self, message: ShownMessage, *, back: str) -> None:
        super().__init__(message.id, version=message.version, back=back)


def message_of(message_id: int) -> ShownMessage:
    """The message of that id; 404 where it is to neither a customer nor a supplier, 403 where it is to a supplier and
    the person may not buy.
    """
    message = answers.found(find_message(db.session(), message_id))
    if message.purchase_order is not None and not can(current_user, Permission.ORDER_SUPPLY):
        abort(403)
    return message
