"""Whose a line is to be."""

from __future__ import annotations

from collections.abc import Mapping

from wtforms.validators import Optional

from dashboard.actions.assignments.queries import ShownAssignment
from dashboard.actions.forms import ActForm, PersonField, ShopDay, reason_field
from dashboard.actions.order_queries import ShownLine


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
