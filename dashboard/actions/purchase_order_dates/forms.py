"""What one says of a date that moves."""

from __future__ import annotations

from wtforms import BooleanField
from wtforms.validators import InputRequired

from dashboard.actions.forms import ActForm, ShopDay, reason_field
from dashboard.actions.purchase_order_dates.queries import DatedLine


class DateForm(ActForm):
    """The new day, of one line or of all, and what the supplier said."""

    title = "Move a purchase order's date"

    to = ShopDay("New date", [InputRequired("Choose the day.")])
    whole = BooleanField()
    why = reason_field("What the supplier said", required=True)

    def __init__(self, line: DatedLine, *, back: str) -> None:
        super().__init__(line.id, version=line.version, back=back, to=line.stated)
