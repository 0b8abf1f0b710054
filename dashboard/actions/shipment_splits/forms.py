"""What one says of a split, and of its undo."""

from __future__ import annotations

import re
from typing import Any

from wtforms import BooleanField, Field, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import TextInput

from dashboard.actions.forms import ActForm, WholeNumber, reason_field
from dashboard.actions.money_field import MoneyField
from dashboard.actions.shipment_splits.queries import SplittableLine, UndoableSplit
from dashboard.actions.shipments.forms import LONGEST_TRACKING
from dashboard.domain.quantities import LARGEST_QUANTITY
from dashboard.domain.shipment_splits import DIVIDE, HERE
from dashboard.web.formats import currency_decimals

WE_PAY, CHARGE = "absorb", "charge"
TO_PACK, LEFT = "to-pack", "left"


class Quantities(Field):
    """Several whole numbers in one field: `6, 4`."""

    widget = TextInput()
    data: list[int] | None

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return ", ".join(map(str, self.data or ()))

    def process_formdata(self, valuelist: list[str]) -> None:
        words = [word for word in re.split(r"[\s,;+/]+", valuelist[0] if valuelist else "") if word]
        if any(not word.isdecimal() or int(word) > LARGEST_QUANTITY for word in words):
            self.data = None
            raise ValueError("Write whole numbers: 6, 4.")
        self.data = [int(word) for word in words] or None


class ShipmentSplitForm(ActForm):
    """What leaves, or into which parts it is divided; what the further parcel costs, and who pays for it."""

    title = "Split the shipment"

    _short = Length(max=LONGEST_TRACKING, message=f"At most {LONGEST_TRACKING} characters.")
    mode = RadioField("What is split", choices=[SelectChoice(HERE, "What is here"), SelectChoice(DIVIDE, "Divide")])
    of_part = SelectField("Of which part")
    qty = WholeNumber("Ship now", [Optional()])
    parts = Quantities("Units of each part", [Optional()])
    cost = MoneyField("Second parcel", [InputRequired("Write what it costs; 0 where it costs nothing.")])
    charged = RadioField("Who pays for it", choices=[SelectChoice(WE_PAY, "We pay"), SelectChoice(CHARGE, "Charge")])
    left = RadioField("The parcel", choices=[SelectChoice(TO_PACK, "To be packed"), SelectChoice(LEFT, "Has left")])
    carrier = StringField("Carrier", [_short])
    tracking = StringField("Tracking number", [_short])
    tell = BooleanField("Tell the customer about both parcels")

    def __init__(self, found: SplittableLine, *, back: str) -> None:
        units = found.line.units
        here, left = found.here, found.left
        super().__init__(
            units.line_id,
            version=found.line.version,
            back=back,
            mode=HERE if 0 < here < left else DIVIDE,
            of_part=str(found.part),
            qty=min(here, left - 1) or None,
            # What is here by itself, else all but one: something that can be done as it stands.
            parts=[here, left - here] if 0 < here < left else [left - 1, 1],
            cost=found.cost,
            charged=WE_PAY,
            left=TO_PACK,
            tell=True,
        )
        self.of_part.choices = [SelectChoice(value, label) for value, label in found.parts]
        self.cost.decimals = currency_decimals(found.currency)
        self.cost.label.text = f"Second parcel, {found.currency}" if found.currency else "Second parcel"

    def said(self) -> dict[str, Any]:
        """As the act takes it."""
        said = super().said()
        return {
            **said,
            "of_part": int(said["of_part"]),
            "charged": said["charged"] == CHARGE,
            "left": said["left"] == LEFT,
        }


class UndoForm(ActForm):
    """Why a split is undone."""

    title = "Undo a split"
    part = "undo"

    why = reason_field(required=False)

    def __init__(self, split: UndoableSplit, *, back: str) -> None:
        super().__init__(split.id, version=split.line.version, back=back)
