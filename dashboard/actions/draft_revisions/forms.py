"""What one says of a draft that is changed: how many units of each of its lines."""

from __future__ import annotations

from typing import Any

from wtforms import Field
from wtforms.validators import Optional

from dashboard.actions.forms import ActForm, WholeNumber, reason_field
from dashboard.actions.purchase_order_queries import ShownLine, ShownOrder


class RevisionForm(ActForm):
    """A quantity for each line; the fields of these are made by `revision_form`."""

    title = "Change a draft"

    why = reason_field("Note", required=False)

    def __init__(self, order: ShownOrder, *, back: str) -> None:
        self.order = order
        quantities = {line.field: line.qty for line in order.revisable}
        super().__init__(order.id, version=order.version, back=back, **quantities)

    def quantity(self, line: ShownLine) -> Field:
        """The field of a line."""
        return self[f"qty_{line.line_no}"]

    def said(self) -> dict[str, Any]:
        """The quantities by line number."""
        said = super().said()
        return {"wanted": {line.line_no: said[line.field] or 0 for line in self.order.revisable}, "why": said["why"]}


def revision_form(order: ShownOrder, *, back: str) -> RevisionForm:
    """The form over the lines of a draft."""
    fields = {line.field: WholeNumber(f"Units of {line.sku}", [Optional()]) for line in order.revisable}
    return type("RevisionForm", (RevisionForm,), {**fields, "__module__": RevisionForm.__module__})(order, back=back)
