"""What one says of a release."""

from __future__ import annotations

from typing import Any

from dashboard.actions.forms import ActForm, reason_field
from dashboard.actions.releases.queries import ShownHold

NOT_SAID_YET = "…"


class ReleaseForm(ActForm):
    """Why a hold or a tie ends."""

    reason = reason_field(required=True)

    def __init__(self, hold: ShownHold, *, back: str) -> None:
        self.title = "Release a hold" if hold.purchase_order is None else "Untie from a purchase order"
        super().__init__(hold.id, version=hold.version, back=back)

    def said(self) -> dict[str, Any]:
        """What would change is shown before the reason is typed; without one nothing is ever done."""
        return {**super().said(), "reason": self.reason.data or NOT_SAID_YET}
