"""What one says of a message that came back."""

from __future__ import annotations

from dashboard.actions.forms import ActForm, reason_field
from dashboard.actions.message_queries import ShownMessage


class BounceForm(ActForm):
    """Why a message came back."""

    title = "Note that a message came back"
    why = reason_field(required=False)

    def __init__(self, message: ShownMessage, *, back: str) -> None:
        super().__init__(message.id, version=message.version, back=back)
