"""The acts that can be done to a selection, by their words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from dashboard.actions.assignments.action import assign_line
from dashboard.actions.cancellations.action import cancel_rest
from dashboard.actions.cause_corrections.action import correct_cause
from dashboard.actions.outcomes import Outcome
from dashboard.actions.priorities.action import change_priority
from dashboard.actions.selections.forms import (
    AssignmentsForm,
    CancellationsForm,
    CausesForm,
    PrioritiesForm,
    SelectionForm,
)
from dashboard.permissions import Permission


@dataclass(frozen=True, slots=True)
class SelectionAct:
    """One act for many rows: what it is called in the form, what is typed for it, and who may."""

    title: str
    button: str
    icon: str
    permission: Permission
    act: Callable[..., Outcome]
    form: type[SelectionForm]
    of_orders: bool = False  # once for each order, else for each line


SELECTION_ACTS: dict[str, SelectionAct] = {
    "priorities": SelectionAct(
        "Priority",
        "Set class",
        icon="arrow-up",
        permission=Permission.CHANGE_PRIORITIES,
        act=change_priority,
        form=PrioritiesForm,
        of_orders=True,
    ),
    "assignments": SelectionAct(
        "Assign",
        "Assign",
        icon="user-check",
        permission=Permission.ASSIGN_LINES,
        act=assign_line,
        form=AssignmentsForm,
    ),
    "cause-corrections": SelectionAct(
        "Correct the cause",
        "Correct the cause",
        icon="message-question",
        permission=Permission.CORRECT_CAUSES,
        act=correct_cause,
        form=CausesForm,
    ),
    "cancellations": SelectionAct(
        "Cancel the rest",
        "Cancel the rest",
        icon="x",
        permission=Permission.CANCEL_LINES,
        act=cancel_rest,
        form=CancellationsForm,
    ),
}
