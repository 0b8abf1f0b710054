"""What one says of a schedule: its days, its time, and why."""

from __future__ import annotations

from typing import Any

from wtforms import SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import CheckboxInput, ListWidget

from dashboard.actions.deal_schedules.queries import ShownSchedule
from dashboard.actions.forms import ActForm, ReasonedForm, reason_field
from dashboard.domain.deal_schedules import WEEKDAYS

# Before people pick, on the days on which they mostly do.
FIRST_DAYS, FIRST_TIME = range(5), "06:00"


class ScheduleForm(ReasonedForm):
    """On which days, at which time."""

    weekdays = SelectMultipleField(
        "On",
        coerce=int,
        choices=[SelectChoice(number, name) for number, name in enumerate(WEEKDAYS)],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    at = StringField("At")
    reason = reason_field(required=True)

    def __init__(self, schedule: ShownSchedule, *, back: str) -> None:
        self.title = f"Run {schedule.name} on a schedule"
        times = schedule.times
        super().__init__(
            schedule.variant_id,
            version=schedule.version,
            back=back,
            weekdays=list(times.weekdays if times else FIRST_DAYS),
            at=f"{times.at:%H:%M}" if times else FIRST_TIME,
            reason=schedule.reason,
        )

    def said(self) -> dict[str, Any]:
        """No day is none, not unsaid."""
        said = super().said()
        return {**said, "weekdays": said["weekdays"] or []}


class PauseForm(ActForm):
    """Why a schedule rests."""

    part = "pause"
    why = reason_field(required=False)

    def __init__(self, schedule: ShownSchedule, *, back: str) -> None:
        self.title = f"Pause the schedule of {schedule.name}"
        super().__init__(schedule.variant_id, version=schedule.version, back=back)


class ResumeForm(ReasonedForm):
    """Why a schedule runs again."""

    part = "resumption"
    reason = reason_field(required=True)

    def __init__(self, schedule: ShownSchedule, *, back: str) -> None:
        self.title = f"Resume the schedule of {schedule.name}"
        super().__init__(schedule.variant_id, version=schedule.version, back=back, reason=schedule.reason)
