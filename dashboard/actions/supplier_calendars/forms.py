"""What one says of a supplier's days."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField, SelectMultipleField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from dashboard.actions.forms import ActForm, reason_field
from dashboard.actions.supplier_calendars.queries import SaidCalendar
from dashboard.domain.supplier_calendars import WEEKDAYS, CalendarRefused, closures_in_words, closures_written

LONGEST_CLOSURES = 2_000


class Lines(TextAreaField):
    """Text of several lines, which commas divide from here on: what nobody sees is taken out of what is typed."""

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata([", ".join(text.splitlines()) for text in valuelist])


class CalendarForm(ActForm):
    """Weekdays, holidays, closed days."""

    title = "When a supplier works"

    days_off = SelectMultipleField(
        "Does not work on",
        coerce=int,
        choices=[SelectChoice(number, name) for number, name in enumerate(WEEKDAYS)],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    keeps_holidays = BooleanField()
    closures = Lines("Closed beside", [Length(max=LONGEST_CLOSURES, message=f"At most {LONGEST_CLOSURES} characters.")])
    why = reason_field("Note", required=False)

    def __init__(self, calendar: SaidCalendar, *, back: str) -> None:
        super().__init__(
            calendar.supplier_id,
            version=calendar.version,
            back=back,
            days_off=sorted(calendar.days_off),
            keeps_holidays=calendar.keeps_holidays,
            closures=closures_in_words(calendar.closures),
        )

    def validate_closures(self, field: Lines) -> None:
        """In the words of the rule that reads them."""
        try:
            closures_written(field.data or "")
        except CalendarRefused as refused:
            raise ValidationError(str(refused)) from None

    def said(self) -> dict[str, Any]:
        """As the act takes it."""
        said = super().said()
        return {**said, "days_off": said["days_off"] or [], "closures": closures_written(said["closures"] or "")}
