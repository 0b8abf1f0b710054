"""What one says of a message that is withdrawn."""

from __future__ import annotations

from dashboard.actions.forms import ActForm, reason_field
from dashboard.actions.message_queries import ShownMessage


class WithdrawalForm(ActForm):
    """Why a message shall not leave."""

    title = "Withdraw a message"
    why = reason_field(required=False)

    def __init__(self, message: ShownMessage, *, back: str) -> None:
        super().__init__(message.id, version=message.version, back=back)
