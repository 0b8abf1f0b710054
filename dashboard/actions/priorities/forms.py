"""What one says of a priority."""

from __future__ import annotations

from typing import Any

from wtforms.validators import Optional

from dashboard.actions.forms import ActForm, WholeNumber, reason_field
from dashboard.actions.order_queries import ShownOrder

NOT_SAID_YET = "…"


class PriorityForm(ActForm):
    """The class of an order, and why."""

    priority = WholeNumber("Class", [Optional()])
    reason = reason_field(required=True)

    def __init__(self, order: ShownOrder, *, back: str) -> None:
        self.title = f"Priority of order {order.number}"
        super().__init__(order.id, version=order.version, back=back, priority=order.priority)

    def said(self) -> dict[str, Any]:
        """What would change is shown before the reason is typed; without one nothing is ever done."""
        return {**super().said(), "reason": self.reason.data or NOT_SAID_YET}
