"""What one says of a shipment."""

from __future__ import annotations

from wtforms import BooleanField, StringField
from wtforms.validators import InputRequired, Length

from dashboard.actions.forms import ActForm, WholeNumber
from dashboard.actions.order_queries import ShownLine, ShownOrder

# Longer than any carrier's name or number; what is longer was pasted into the wrong field.
LONGEST_TRACKING = 100


class _ParcelForm(ActForm):
    """With whom it goes, and under which number of theirs."""

    _short = Length(max=LONGEST_TRACKING, message=f"At most {LONGEST_TRACKING} characters.")
    carrier = StringField("Carrier", [_short])
    tracking = StringField("Tracking number", [_short])
    tell = BooleanField("Tell the customer")


class OrderShipmentForm(_ParcelForm):
    """All that is here of an order leaves."""

    def __init__(self, order: ShownOrder, *, back: str) -> None:
        self.title = f"Ship what is here of order {order.number}"
        super().__init__(f"order-{order.id}", version=order.version, back=back, tell=True)


class LineShipmentForm(_ParcelForm):
    """How much of a line leaves."""

    qty = WholeNumber("Units that leave", [InputRequired("Write how many leave.")])

    def __init__(self, line: ShownLine, *, back: str) -> None:
        self.title = "Ship what is here"
        super().__init__(line.id, version=line.version, back=back, qty=line.units.here or None, tell=True)
