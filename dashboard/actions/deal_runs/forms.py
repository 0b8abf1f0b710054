"""What one says of a run: nothing to see it, a reason to commit it."""

from __future__ import annotations

from dashboard.actions.deal_runs.queries import RunnableVariant, ShownRun
from dashboard.actions.forms import ActForm, ReasonedForm, reason_field


class RunForm(ActForm):
    """That a way of dealing is simulated."""

    part = "simulation"

    def __init__(self, variant: RunnableVariant, *, back: str) -> None:
        self.title = f"Simulate {variant.name}"
        super().__init__(variant.id, version=variant.version, back=back)


class CommitForm(ReasonedForm):
    """Why a run is put in force."""

    reason = reason_field(required=True)

    def __init__(self, run: ShownRun, *, back: str) -> None:
        self.title = f"Commit run {run.id}"
        super().__init__(run.id, version=run.state, back=back)


class UndoForm(ActForm):
    """Why a run is taken back."""

    part = "undo"
    why = reason_field(required=False)

    def __init__(self, run: ShownRun, *, back: str) -> None:
        self.title = f"Undo run {run.id}"
        super().__init__(run.id, version=run.state, back=back)
