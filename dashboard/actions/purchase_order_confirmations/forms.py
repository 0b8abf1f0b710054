"""What one says of a purchase order that its supplier confirmed."""

from __future__ import annotations

from wtforms.validators import Optional

from dashboard.actions.forms import ActForm, ShopDay, reason_field
from dashboard.actions.purchase_order_queries import ShownOrder


class ConfirmationForm(ActForm):
    """The day that the supplier named, if it named one."""

    title = "Confirm a purchase order"

    to = ShopDay("Delivers on", [Optional()])
    why = reason_field("Note", required=False)

    def __init__(self, order: ShownOrder, *, back: str) -> None:
        super().__init__(order.id, version=order.version, back=back, to=order.common_day)
