"""What one says of a message that is withdrawn."""

from __future__ import annotations

from dashboard.actions.message_forms import MessageForm


class WithdrawalForm(MessageForm):
    """Why a message shall not leave."""

    title = "Withdraw a message"
