"""What one says of a count."""

from __future__ import annotations

from wtforms import SelectField
from wtforms.validators import InputRequired

from dashboard.actions.forms import ActForm, WholeNumber, reason_field
from dashboard.actions.stock_counts.queries import CountableSku


class StockCountForm(ActForm):
    """Where, and how many stand there. Nothing is filled in: whoever counts does not copy."""

    title = "Count a shelf"

    at = SelectField("Where")
    qty = WholeNumber("Units that stand there", [InputRequired("Write how many stand there.")])
    why = reason_field(required=False)

    def __init__(self, sku: CountableSku, *, back: str, at: str | None = None) -> None:
        known = [place.location for place in sku.places]
        super().__init__(sku.id, version=sku.version, back=back, at=at if at in known else known[0])
        self.at.choices = known
