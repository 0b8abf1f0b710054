"""What one says of a release."""

from __future__ import annotations

from dashboard.actions.forms import ReasonedForm
from dashboard.actions.releases.queries import ShownHold


class ReleaseForm(ReasonedForm):
    """Why a hold or a tie ends."""

    def __init__(self, hold: ShownHold, *, back: str) -> None:
        self.title = "Release a hold" if hold.purchase_order is None else "Untie from a purchase order"
        super().__init__(hold.id, version=hold.version, back=back)
