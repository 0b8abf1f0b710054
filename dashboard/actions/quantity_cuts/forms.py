"""What one says of a cut."""

from __future__ import annotations

from wtforms.validators import InputRequired

from dashboard.actions.forms import CancellingForm, WholeNumber
from dashboard.actions.order_queries import ShownLine
from dashboard.models.shipments import CUSTOMERS_CANCEL


class QuantityCutForm(CancellingForm):
    """How many the customer gets in all, and who wants it so."""

    wanted = WholeNumber("Units the customer gets in all", [InputRequired("Write how many.")])

    def __init__(self, line: ShownLine, *, back: str) -> None:
        self.title = "Cut the quantity"
        kept = line.units.shipped + line.units.here
        super().__init__(
            line.id,
            version=line.version,
            back=back,
            wanted=kept if 0 < kept < line.units.shipped + line.units.open else None,
            reason=CUSTOMERS_CANCEL,
        )
