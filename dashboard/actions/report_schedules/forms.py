"""Which report somebody has mailed, and when."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wtforms import SelectField, StringField
from wtforms.fields.choices import SelectChoice

from dashboard.actions.forms import ActForm, WholeNumber
from dashboard.actions.report_schedules.queries import OwnSchedule
from dashboard.domain.mail_to_me import WEEKDAYS

EVERY_DAY = "every-day"
FIRST_HOUR = 7


class ScheduleForm(ActForm):
    """A report, its day and its hour."""

    title = "A report by mail"

    source = SelectField("Report", validate_choice=False)
    when = SelectField(
        "When",
        choices=[
            SelectChoice(EVERY_DAY, "Every day"),
            *(SelectChoice(str(number), f"Every {day}") for number, day in enumerate(WEEKDAYS)),
        ],
    )
    hour = WholeNumber("From")
    name = StringField("Name")

    def __init__(self, choices: Mapping[str, tuple[str, str, str]], *, back: str, source: str = "") -> None:
        super().__init__("new", version="", back=back, when=EVERY_DAY, hour=FIRST_HOUR, source=source)
        self.source.choices = [
            SelectChoice(key, words, optgroup="Kept views" if key.startswith("view ") else "Reports")
            for key, (words, _, _) in choices.items()
        ]

    def said(self) -> dict[str, Any]:
        """The day of the week as its number."""
        said = super().said()
        when = said.pop("when")
        return {**said, "weekday": None if when == EVERY_DAY else int(when)}


class StopForm(ActForm):
    """That a report is mailed no longer."""

    title = "Stop a report by mail"
    part = "removal"

    def __init__(self, schedule: OwnSchedule, *, back: str) -> None:
        super().__init__(schedule.id, version=schedule.version, back=back)
