"""What one says of a message that is sent again."""

from __future__ import annotations

from dashboard.actions.message_forms import MessageForm


class RetryForm(MessageForm):
    """Why a message shall leave once more."""

    title = "Send a message again"
