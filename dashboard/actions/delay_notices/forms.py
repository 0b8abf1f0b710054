"""What one says when a customer is told of another date."""

from __future__ import annotations

from dashboard.actions.delay_notices.queries import ShownOrderToTell
from dashboard.actions.forms import ActForm, reason_field


class DelayNoticeForm(ActForm):
    """Why, for the history; the letter is made of the facts."""

    title = "Tell the customer"
    why = reason_field(required=False)

    def __init__(self, order: ShownOrderToTell, *, back: str) -> None:
        super().__init__(order.id, version=order.version, back=back)
