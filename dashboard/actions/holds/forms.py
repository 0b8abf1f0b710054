"""What one says of a hold."""

from __future__ import annotations

from wtforms import SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from dashboard.actions.forms import ActForm, WholeNumber, reason_field
from dashboard.actions.order_queries import ShownLine
from dashboard.domain.holds import FIXED, KINDS_BY_HAND, PICKED

WORDS = {FIXED: "Fixed: nobody else gets them", PICKED: "Picked: out of the shelf, on the way to the parcel"}


class HoldForm(ActForm):
    """How many units are held, as what, and why."""

    kind = SelectField("They are", choices=[SelectChoice(kind, WORDS[kind]) for kind in KINDS_BY_HAND])
    qty = WholeNumber("Units", [InputRequired("Write how many.")])
    reason = reason_field(required=False)

    def __init__(self, line: ShownLine, *, back: str) -> None:
        self.title = "Hold units for this line"
        loose = sum(one.qty for one in line.units.reserved if not one.held)
        super().__init__(line.id, version=line.version, back=back, qty=loose or None, kind=FIXED)
