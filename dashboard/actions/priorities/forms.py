"""What one says of a priority."""

from __future__ import annotations

from wtforms.validators import Optional

from dashboard.actions.forms import ReasonedForm, WholeNumber
from dashboard.actions.order_queries import ShownOrder


class PriorityForm(ReasonedForm):
    """The class of an order, and why."""

    priority = WholeNumber("Class", [Optional()])

    def __init__(self, order: ShownOrder, *, back: str) -> None:
        self.title = f"Priority of order {order.number}"
        super().__init__(order.id, version=order.version, back=back, priority=order.priority)
