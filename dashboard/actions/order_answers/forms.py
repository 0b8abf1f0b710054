"""What is answered."""

from __future__ import annotations

from wtforms import TextAreaField

from dashboard.actions.forms import ActForm
from dashboard.actions.order_queries import ShownOrder


class AnswerForm(ActForm):
    """The answer as the desk makes it, for the agent to change."""

    title = "Send the answer"
    says = TextAreaField("Answer")

    def __init__(self, order: ShownOrder, *, back: str, says: str = "") -> None:
        super().__init__(order.id, version=1, back=back, says=says)
