"""What one says of a message that came back."""

from __future__ import annotations

from dashboard.actions.message_forms import MessageForm


class BounceForm(MessageForm):
    """Why a message came back."""

    title = "Note that a message came back"
