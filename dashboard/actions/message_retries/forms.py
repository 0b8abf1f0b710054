"""What one says of a message that is sent again."""

from __future__ import annotations

from dashboard.actions.forms import ActForm, reason_field
from dashboard.actions.message_queries import ShownMessage


class RetryForm(ActForm):
    """Why a message shall leave once more."""

    title = "Send a message again"
    why = reason_field(required=False)

    def __init__(self, message: ShownMessage, *, back: str) -> None:
        super().__init__(message.id, version=message.version, back=back)
