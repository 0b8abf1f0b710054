"""What somebody says of an order that they follow: nothing is typed."""

from __future__ import annotations

from dashboard.actions.forms import ActForm
from dashboard.actions.order_queries import ShownOrder


class FollowForm(ActForm):
    """From now on."""

    title = "Follow an order"

    def __init__(self, order: ShownOrder, *, back: str) -> None:
        super().__init__(order.id, version=1, back=back)


class LookForm(FollowForm):
    """Seen up to now."""

    title = "Seen"
    part = "look"


class LetGoForm(FollowForm):
    """No longer."""

    title = "Follow an order no longer"
    part = "end"
