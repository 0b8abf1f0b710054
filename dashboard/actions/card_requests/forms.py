"""What one says when a customer is asked for another means of payment."""

from __future__ import annotations

from wtforms import BooleanField

from dashboard.actions.card_requests.queries import ShownPayment
from dashboard.actions.forms import ActForm, reason_field


class CardRequestForm(ActForm):
    """Whether to ask once more, and why."""

    title = "Ask for a new card"
    again = BooleanField("Ask again")
    why = reason_field(required=False)

    def __init__(self, order: ShownPayment, *, back: str) -> None:
        super().__init__(order.id, version=order.version, back=back)
