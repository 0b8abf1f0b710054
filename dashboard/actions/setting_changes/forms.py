"""What one types to set a rule of the house."""

from __future__ import annotations

from typing import Any

from wtforms import Field
from wtforms.validators import ValidationError

from dashboard.actions.forms import ActForm, readable, reason_field
from dashboard.domain.settings import SPARE_ROWS, SettingRefused, Shape, Table
from dashboard.settings import Standing


class Typed(Field):
    """Everything that is sent under the field's name, read by the shape of the setting."""

    shape: Shape

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = [readable(text) for text in valuelist]

    def post_validate(self, form: Any, validation_stopped: bool) -> None:
        try:
            self.shape.read(self.data or [])
        except SettingRefused as refused:
            raise ValidationError(str(refused)) from None

    @property
    def rows(self) -> list[tuple[str, str]]:
        """The pairs of a table, with some to spare where words may be added."""
        typed = list(self.data or [])
        pairs = list(zip(typed[::2], typed[1::2], strict=False))
        if not isinstance(self.shape, Table):
            return []
        if self.shape.fixed:
            said = dict(pairs)
            return [(word, said.get(word, "")) for word in self.shape.fixed]
        return [pair for pair in pairs if any(pair)] + [("", "")] * SPARE_ROWS


class SettingForm(ActForm):
    """The value, and why."""

    title = "A rule of the house"

    value = Typed("Value")
    why = reason_field("Why", required=False)

    def __init__(self, standing: Standing, *, value: Any, back: str) -> None:
        super().__init__(
            standing.setting.key, version=standing.version, back=back, value=standing.setting.shape.write(value)
        )
        self.value.shape = standing.setting.shape

    def said(self) -> dict[str, Any]:
        """As the act takes it: nothing ticked is nothing, and not unknown."""
        return {**super().said(), "value": self.value.data or []}
