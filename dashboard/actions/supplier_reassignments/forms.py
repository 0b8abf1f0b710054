"""What one says of a reassignment, and of its undo."""

from __future__ import annotations

from wtforms import BooleanField, RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Optional

from dashboard.actions.forms import ActForm, WholeNumber, reason_field
from dashboard.actions.supplier_reassignments.queries import PastReassignment, Scope


class ReassignmentForm(ActForm):
    """To whom, how many, and whether they are ordered at once."""

    title = "Reassign to another supplier"

    qty = WholeNumber("Units to move", [Optional()])
    # Who can be chosen is a rule's to say: one that is inactive since is refused in its words.
    to = RadioField("To", [InputRequired("Choose a supplier.")], validate_choice=False)
    dropship = BooleanField("Straight to the customer")
    send_now = BooleanField("It is ordered now")
    why = reason_field(required=False)

    def __init__(self, scope: Scope, *, back: str) -> None:
        others = [one for one in scope.candidates if one.name not in scope.suppliers] or list(scope.candidates)
        super().__init__(
            scope.key,
            version=scope.version,
            back=back,
            qty=min(scope.waiting, scope.movable) or scope.movable or None,
            to=others[0].code if others else None,
        )
        self.to.choices = [SelectChoice(one.code, one.name) for one in scope.candidates]

    def said(self) -> dict[str, object]:
        """Of a line that goes straight to its customer all goes, whatever is typed."""
        return {**super().said(), "qty": self.qty.data or 0}


class UndoForm(ActForm):
    """Why a reassignment is taken back."""

    title = "Undo a reassignment"
    part = "undo"

    why = reason_field(required=False)

    def __init__(self, past: PastReassignment, *, back: str) -> None:
        super().__init__(past.id, version=past.version, back=back)
