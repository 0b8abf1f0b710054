"""What one says of a cancel."""

from __future__ import annotations

from wtforms import BooleanField

from dashboard.actions.forms import CancellingForm
from dashboard.actions.order_queries import ShownLine, ShownOrder
from dashboard.models.shipments import CUSTOMERS_CANCEL


class CancellationForm(CancellingForm):
    """Who wants the rest of a line, or of an order, no more."""

    tell = BooleanField("Tell the customer")

    def __init__(self, subject: ShownLine | ShownOrder, *, back: str) -> None:
        whole = isinstance(subject, ShownOrder)
        self.title = "Cancel the order" if whole else "Cancel the rest of the line"
        key = f"order-{subject.id}" if whole else subject.id
        super().__init__(key, version=subject.version, back=back, reason=CUSTOMERS_CANCEL, tell=True)
