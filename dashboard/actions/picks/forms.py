"""The rows of a pick list that somebody has walked."""

from __future__ import annotations

from typing import Any

from wtforms import HiddenField

from dashboard.actions.forms import ActForm
from dashboard.actions.picks.queries import PickList


class PickForm(ActForm):
    """It carries the rows; nothing is typed."""

    title = "Mark as picked"

    rows = HiddenField()

    def __init__(self, picked: PickList, *, back: str) -> None:
        super().__init__("list", version=picked.version, back=back, rows=picked.written)

    def said(self) -> dict[str, Any]:
        """A list without rows is one of which nothing is ticked."""
        return {"rows": self.rows.data or ""}
