"""What one says when the links to an order are taken back."""

from __future__ import annotations

from dashboard.actions.forms import ActForm, reason_field
from dashboard.actions.link_revocations.queries import LinkedOrder


class LinkRevocationForm(ActForm):
    """Why a link shall open nothing any more."""

    title = "Close the customer’s links"

    why = reason_field(required=False)

    def __init__(self, order: LinkedOrder, *, back: str) -> None:
        super().__init__(order.id, version=order.open_links, back=back)
