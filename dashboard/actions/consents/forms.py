"""What one says of a customer's answer."""

from __future__ import annotations

from typing import Any

from wtforms import RadioField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from dashboard.actions.consents.queries import ShownAnswers
from dashboard.actions.forms import ActForm, ShopDay, reason_field
from dashboard.domain.consents import AS_TOLD, CANCELS, OPEN_ENDED, UNTIL

WHOLE_ORDER = ""
WORDS = {
    AS_TOLD: "Wait, as told",
    UNTIL: "Wait until a day",
    OPEN_ENDED: "Wait, no day",
    CANCELS: "Cancel it",
}


class ConsentForm(ActForm):
    """Whether they wait, for which line, and until when."""

    title = "Record an answer"
    line = SelectField("About")
    answer = RadioField("What they said")
    until = ShopDay("Until", [Optional()])
    why = reason_field("How they said it", required=False)

    def __init__(self, order: ShownAnswers, *, back: str) -> None:
        usual = AS_TOLD if order.was_told else UNTIL
        super().__init__(order.id, version=order.version, back=back, answer=usual, until=order.latest, line=WHOLE_ORDER)
        self.line.choices = [
            SelectChoice(WHOLE_ORDER, "all that waits"),
            *(SelectChoice(str(line.line_no), f"line {line.line_no}, {line.product}") for line in order.lines),
        ]
        self.answer.choices = [
            SelectChoice(word, said) for word, said in WORDS.items() if word != AS_TOLD or order.was_told
        ]

    def said(self) -> dict[str, Any]:
        """The line by its number."""
        said = super().said()
        line = said.pop("line")
        return {**said, "line_no": int(line) if line else None}
