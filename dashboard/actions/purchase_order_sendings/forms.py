"""What one says of a purchase order that is sent."""

from __future__ import annotations

from wtforms import BooleanField
from wtforms.validators import Optional

from dashboard.actions.forms import ActForm, ShopDay, reason_field
from dashboard.actions.purchase_order_sendings.queries import DraftedOrder


class SendingForm(ActForm):
    """The day that the supplier promised, if it did already."""

    title = "Send a purchase order"

    promised = ShopDay("Promised for", [Optional()])
    mail = BooleanField()
    why = reason_field("Note", required=False)

    def __init__(self, order: DraftedOrder, *, back: str) -> None:
        super().__init__(order.id, version=order.version, back=back, mail=bool(order.email))
