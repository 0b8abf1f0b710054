"""What one says of a receipt, and of its reversal."""

from __future__ import annotations

from wtforms import BooleanField, SelectField
from wtforms.validators import InputRequired

from dashboard.actions.forms import ActForm, WholeNumber, reason_field
from dashboard.actions.receipts.queries import ReceivableLine, ReversibleReceipt


class ReceiptForm(ActForm):
    """How much came, and where it stands now."""

    title = "Receive goods"

    qty = WholeNumber("Units that came", [InputRequired("Write how many came.")])
    at = SelectField("Where they stand")
    takes_over = BooleanField("Take what is over")

    def __init__(self, line: ReceivableLine, *, back: str) -> None:
        super().__init__(line.id, version=line.version, back=back, qty=line.qty_open or None, at=line.locations[0])
        self.at.choices = list(line.locations)


class ReversalForm(ActForm):
    """Why a receipt is taken back."""

    title = "Reverse a receipt"
    part = "reversal"

    why = reason_field(required=False)

    def __init__(self, receipt: ReversibleReceipt, *, back: str) -> None:
        super().__init__(receipt.id, version=receipt.version, back=back)
