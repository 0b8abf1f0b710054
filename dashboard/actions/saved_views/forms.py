"""What one says of a view: its name, what it keeps, and who sees it."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField, HiddenField, StringField

from dashboard.actions.forms import ActForm
from dashboard.actions.saved_views.queries import ShownView


class ViewForm(ActForm):
    """A new view."""

    title = "Save as view"

    name = StringField("Name")
    shared = BooleanField("Everybody sees it")
    kept = HiddenField()

    def __init__(self, word: str, *, kept: str, back: str) -> None:
        super().__init__(word, version="", back=back, kept=kept)


class ChangeForm(ActForm):
    """What is to be different about a view; `may_share`: whether the person may decide who sees it."""

    title = "Change a view"
    part = "change"

    name = StringField("Name")
    shared = BooleanField("Everybody sees it")
    replaces = BooleanField("Keep what is shown now instead")
    kept = HiddenField()

    def __init__(self, shown: ShownView, *, kept: str, back: str, may_share: bool) -> None:
        view = shown.view
        super().__init__(shown.id, version=shown.version, back=back, kept=kept, name=view.name, shared=view.shared)
        self._stays = None if may_share else view.shared

    def said(self) -> dict[str, Any]:
        """What is kept is replaced where that is ticked; who sees it stays where the person has no say in that."""
        said = super().said()
        replaces = said.pop("replaces")
        said["kept"] = (said["kept"] or "") if replaces else None
        return said if self._stays is None else {**said, "shared": self._stays}


class RemovalForm(ActForm):
    """That a view is removed."""

    title = "Remove a view"
    part = "removal"

    def __init__(self, shown: ShownView, *, back: str) -> None:
        super().__init__(shown.id, version=shown.version, back=back)
