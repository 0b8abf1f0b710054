"""What one says of a cause."""

from __future__ import annotations

from typing import Any

from wtforms import SelectField
from wtforms.fields.choices import SelectChoice

from dashboard.actions.forms import ActForm, reason_field
from dashboard.actions.order_queries import ShownLine
from dashboard.domain.cause_corrections import AS_FOUND, CAUSE_NAMES


class CauseField(SelectField):
    """A cause, or what the facts say; another one the rule refuses in its own words."""

    def __init__(self, label: str, **carried: Any) -> None:
        named = [SelectChoice("", AS_FOUND[:1].upper() + AS_FOUND[1:])]
        named += [SelectChoice(cause, name) for cause, name in CAUSE_NAMES.items()]
        super().__init__(label, choices=named, validate_choice=False, **carried)


class CauseCorrectionForm(ActForm):
    """Why a line waits, and how one knows."""

    title = "Correct the cause"
    cause = CauseField("Cause")
    why = reason_field("How you know", required=False)

    def __init__(self, line: ShownLine, *, cause: str | None, back: str) -> None:
        super().__init__(line.id, version=line.version, back=back, cause=cause or "")
