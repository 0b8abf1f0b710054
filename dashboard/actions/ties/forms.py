"""What one says of a tie."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from wtforms import SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from dashboard.actions.forms import ActForm, WholeNumber, reason_field
from dashboard.actions.order_queries import ShownLine
from dashboard.actions.ties.queries import OfferedSupply
from dashboard.domain.ties import supply_in_words


class TieForm(ActForm):
    """To which purchase order how many units are tied, and why."""

    # Which ones can be chosen is a rule's to say: one that came in meanwhile is refused in its words.
    supply = SelectField("Purchase order", coerce=int, validate_choice=False)
    qty = WholeNumber("Units", [InputRequired("Write how many.")])
    reason = reason_field(required=False)

    def __init__(self, line: ShownLine, offered: Sequence[OfferedSupply], *, today: date, back: str) -> None:
        self.title = "Tie to a purchase order"
        waiting = line.units.open - line.units.here - sum(one.qty for one in line.units.holds if one.is_tie)
        super().__init__(line.id, version=line.version, back=back, qty=waiting or None)
        self.supply.choices = [
            SelectChoice(
                one.id,
                supply_in_words(one.purchase_order, one.line_no, qty_open=one.open, stated=one.stated, today=today),
            )
            for one in offered
        ]
