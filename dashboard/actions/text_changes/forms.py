"""What one types to write a text anew."""

from __future__ import annotations

import unicodedata

from wtforms import StringField, TextAreaField

from dashboard.actions.forms import ActForm, reason_field
from dashboard.messages.texts import StandingText


class LongText(TextAreaField):
    """Text of several lines, whose ends and indents stay: they are the letter's."""

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = [_seen(line) for line in "".join(valuelist).splitlines()]

    def _value(self) -> str:
        return self.data if isinstance(self.data, str) else "\n".join(self.data or [])


class TextForm(ActForm):
    """The text, an order to read it on, and why."""

    title = "A text to customers"

    text = LongText("Text")
    order = StringField("Read it on order")
    why = reason_field("Why", required=False)

    def __init__(self, standing: StandingText, *, text: str, order: str, back: str) -> None:
        super().__init__(
            f"{standing.name}-{standing.language}",
            version=standing.version,
            back=back,
            text=text.splitlines(),
            order=order,
        )

    def said(self) -> dict[str, str | None]:
        """As the act takes it: the lines as one text."""
        return {"text": "\n".join(self.text.data or []).strip(), "why": self.why.data or None}


def _seen(line: str) -> str:
    """A line without what nobody sees: control characters, and spaces at its end."""
    return "".join(one for one in line if unicodedata.category(one) not in {"Cc", "Cs"}).rstrip()
