"""What one says of a delivery, line by line, and of its reversal."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField, SelectField, StringField
from wtforms.validators import Length, Optional

from dashboard.actions.deliveries.queries import AwaitedRow, ReceivableOrder, ReversibleDelivery
from dashboard.actions.forms import ActForm, WholeNumber, reason_field

LONGEST_LABEL = 100  # more than any SKU's; what is longer was scanned into the wrong field


class DeliveryForm(ActForm):
    """How much came of each line, how much of it is damaged, where it stands, and what nobody ordered."""

    title = "Receive a delivery"

    at = SelectField("Where they stand")
    takes_over = BooleanField("Take what is over")
    strange_sku = StringField("Came, though nobody ordered it", [Length(max=LONGEST_LABEL, message="Scan one label.")])
    strange_qty = WholeNumber("Units of it", [Optional()])
    strange_stocked = BooleanField("Put them on the shelf")
    remark = reason_field("Remark", required=False)

    def line_fields(self, line: AwaitedRow) -> tuple[Any, Any]:
        """What came of a line, and what of that is damaged."""
        return self[f"came_{line.line_no}"], self[f"damaged_{line.line_no}"]

    def said(self) -> dict[str, Any]:
        """As the act takes it: units by line number. What was filled in and did not come back, nobody said."""
        said = {name: value for name, value in super().said().items() if not name.startswith(("came_", "damaged_"))}
        return {**said, "came": self._by_line("came_"), "damaged": self._by_line("damaged_")}

    def _by_line(self, prefix: str) -> dict[int, int]:
        sent = [field for field in self.typed if field.short_name.startswith(prefix) and field.raw_data]
        return {int(field.short_name.removeprefix(prefix)): field.data for field in sent if field.data}


class ReversalForm(ActForm):
    """Why a delivery is taken back."""

    title = "Reverse a delivery"
    part = "reversal"

    why = reason_field(required=False)

    def __init__(self, delivery: ReversibleDelivery, *, back: str) -> None:
        super().__init__(delivery.id, version=delivery.version, back=back)


def delivery_form(order: ReceivableOrder, *, back: str, scanned: str = "") -> DeliveryForm:
    """The form for one purchase order, with all that is open filled in; where a SKU was scanned, of that alone."""
    fields: dict[str, Any] = {}
    filled: dict[str, Any] = {"at": order.locations[0]}
    for line in order.lines:
        fields[f"came_{line.line_no}"] = WholeNumber(f"Came of {line.sku}", [Optional()])
        fields[f"damaged_{line.line_no}"] = WholeNumber(f"Damaged of {line.sku}", [Optional()])
        if line.qty_open and scanned in ("", line.sku):
            filled[f"came_{line.line_no}"] = line.qty_open
    of_this_order: type[DeliveryForm] = type("DeliveryForm", (DeliveryForm,), {"__module__": __name__, **fields})
    form = of_this_order(order.id, version=order.version, back=back, **filled)
    form.at.choices = list(order.locations)
    return form
