"""What one says once for many lines."""

from __future__ import annotations

from collections.abc import Iterator

from wtforms import Field, HiddenField
from wtforms.validators import Optional

from dashboard.actions.assignments.forms import PersonField
from dashboard.actions.assignments.queries import people_who_act
from dashboard.actions.cause_corrections.forms import CauseField
from dashboard.actions.forms import ActForm, CancellingForm, ReasonedForm, ShopDay, WholeNumber, reason_field
from dashboard.database import db
from dashboard.models.shipments import CUSTOMERS_CANCEL


class SelectionForm(ActForm):
    """A form of an act for a selection: it carries the rows, and nobody types them."""

    rows = HiddenField()

    def __init__(self, word: str, rows: str, *, back: str) -> None:
        super().__init__(word, version="", back=back, rows=rows, **self.usual())

    def usual(self) -> dict[str, object]:
        """What is filled in at first."""
        return {}

    @property
    def typed(self) -> Iterator[Field]:
        """The fields that somebody fills in."""
        return (field for field in super().typed if field.short_name != "rows")


class PrioritiesForm(SelectionForm, ReasonedForm):
    """The class of several orders, and why."""

    priority = WholeNumber("Class", [Optional()])


class CancellationsForm(SelectionForm, CancellingForm):
    """Who wants the rest of several lines no more."""

    def usual(self) -> dict[str, object]:
        return {"reason": CUSTOMERS_CANCEL}


class AssignmentsForm(SelectionForm):
    """Whose several lines are, and when they are back."""

    person = PersonField("Whose they are")
    until = ShopDay("Back on", [Optional()])
    why = reason_field(required=False)

    def __init__(self, word: str, rows: str, *, back: str) -> None:
        super().__init__(word, rows, back=back)
        self.person.offer(people_who_act(db.session()))


class CausesForm(SelectionForm):
    """Why several lines wait, and how one knows."""

    cause = CauseField("Cause")
    why = reason_field("How you know", required=False)
