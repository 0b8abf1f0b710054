"""Whose a line is to be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wtforms import SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from dashboard.actions.assignments.queries import ShownAssignment
from dashboard.actions.forms import ActForm, ShopDay, reason_field
from dashboard.actions.order_queries import ShownLine


def number_or_nobody(chosen: str | int | None) -> int | None:
    """The number of a person, or nobody."""
    return int(chosen) if chosen not in (None, "", "None") and str(chosen).isdecimal() else None


class PersonField(SelectField):
    """Somebody who may act, or nobody."""

    def __init__(self, label: str, **carried: Any) -> None:
        super().__init__(label, coerce=number_or_nobody, validate_choice=False, **carried)

    def offer(self, people: Mapping[int, str]) -> None:
        """Whom one can choose."""
        self.choices = [SelectChoice("", "Nobody"), *(SelectChoice(one, name) for one, name in people.items())]


class AssignmentForm(ActForm):
    """Who does it, from when on, and why."""

    title = "Assign the line"
    person = PersonField("Whose it is")
    until = ShopDay("Back on", [Optional()])
    why = reason_field(required=False)

    def __init__(self, line: ShownLine, shown: ShownAssignment, people: Mapping[int, str], *, back: str) -> None:
        assigned = shown.assigned
        super().__init__(line.id, version=shown.version, back=back, person=assigned.person, until=assigned.until)
        self.person.offer(people)
