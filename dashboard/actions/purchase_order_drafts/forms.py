"""What one says of purchase orders that are drafted: how many of each product."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from wtforms import Field, HiddenField
from wtforms.validators import Optional

from dashboard.actions.forms import ActForm, WholeNumber, reason_field
from dashboard.actions.purchase_order_drafts.queries import DraftableSku, version_of


class DraftForm(ActForm):
    """A quantity for each chosen product; the fields of these are made by `draft_form`."""

    title = "Draft purchase orders"

    rows = HiddenField()
    why = reason_field("Note", required=False)

    def __init__(self, chosen: Sequence[DraftableSku], *, back: str) -> None:
        self.skus = tuple(chosen)
        super().__init__(
            "-".join(str(row.sku_id) for row in chosen[:3]) or "none",
            version=version_of(chosen),
            back=back,
            rows=" ".join(str(row.sku_id) for row in chosen),
            **{row.field: row.wanted.proposed for row in chosen},
        )

    def quantity(self, row: DraftableSku) -> Field:
        """The field of a product."""
        return self[row.field]

    @property
    def typed(self) -> Iterator[Field]:
        """The fields that somebody fills in."""
        return (field for field in super().typed if field.short_name != "rows")

    def said(self) -> dict[str, Any]:
        """The quantities by SKU (id)."""
        said = super().said()
        return {"wanted": {row.sku_id: said[row.field] or 0 for row in self.skus}, "why": said["why"]}


def draft_form(chosen: Sequence[DraftableSku], *, back: str) -> DraftForm:
    """The form over these products."""
    fields = {row.field: WholeNumber(f"Units of {row.product}", [Optional()]) for row in chosen}
    return type("DraftForm", (DraftForm,), {**fields, "__module__": DraftForm.__module__})(chosen, back=back)
