"""What one says of a purchase order that is cancelled."""

from __future__ import annotations

from dashboard.actions.forms import ActForm, reason_field
from dashboard.actions.purchase_order_queries import ShownOrder


class CancellationForm(ActForm):
    """Why nothing more of it shall come."""

    title = "Cancel a purchase order"

    why = reason_field(required=False)

    def __init__(self, order: ShownOrder, *, back: str) -> None:
        super().__init__(order.id, version=order.version, back=back)
