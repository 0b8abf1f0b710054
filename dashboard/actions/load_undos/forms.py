"""What one says of an undo."""

from __future__ import annotations

from dashboard.actions.forms import ActForm, reason_field
from dashboard.actions.load_undos.queries import UndoableLoad


class UndoForm(ActForm):
    """Why a load is taken back."""

    title = "Undo a load"

    why = reason_field(required=False)

    def __init__(self, load: UndoableLoad, *, back: str) -> None:
        super().__init__(load.id, version=load.version, back=back)
