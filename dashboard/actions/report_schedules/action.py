"""Have a report mailed to oneself on a schedule, and stop that."""

from __future__ import annotations

from typing import Any

from dashboard import audit, clock, models, planning
from dashboard.actions.clashes import refuse_if_changed
from dashboard.actions.outcomes import Outcome, sent_before
from dashboard.actions.report_schedules.queries import choices_for
from dashboard.database import transaction
from dashboard.domain.mail_to_me import MailRefused, checked_name, refuse_hour, schedule_in_words

SUBJECT = "report-schedule {}"


@planning.repeated
def schedule_report(
    *,
    source: str | None,
    weekday: int | None,
    hour: int | None,
    name: str | None = None,
    version: str | None = None,
    submission: str | None = None,
    actor: Any,
) -> Outcome:
    """Have a report mailed from the next such hour on; of a view, the filters that it keeps now."""
    with transaction() as session:
        if repeated := sent_before(submission):
            return repeated
        choices = choices_for(session, actor)
        if source is None or source not in choices:
            raise MailRefused("There is no such report.", "Choose one of the list.", field="source")
        refuse_hour(hour, field="hour")
        assert hour is not None
        words, report, filters = choices[source]
        row = models.ReportSchedule(
            owner_id=actor,
            report=report,
            filters=filters,
            name=checked_name(name, otherwise=words),
            weekday=weekday,
            hour=hour,
            made_at=clock.real_now(),
        )
        session.add(row)
        session.flush()
        notice = f"“{row.name}” is mailed to you {schedule_in_words(weekday, hour)}, with its rows as a file."
        after = {"report": report, "filters": filters, "weekday": weekday, "hour": hour}
        act = audit.record("report-scheduled", SUBJECT.format(row.id), after=after, actor=actor)
        audit.record_submission(submission, act, notice)
        return Outcome(notice, moves_lines=False)


@planning.repeated
def stop_schedule(
    schedule_id: int, *, version: str | None = None, submission: str | None = None, actor: Any
) -> Outcome:
    """Mail it no longer."""
    with transaction() as session:
        row = session.get_one(models.ReportSchedule, schedule_id, with_for_update=True, populate_existing=True)
        if repeated := sent_before(submission):
            return repeated
        if row.removed_at is not None:
            raise MailRefused("This report is mailed no longer already.")
        refuse_if_changed(version, row.version, SUBJECT.format(schedule_id))
        row.removed_at = clock.real_now()
        notice = f"“{row.name}” is mailed no longer."
        act = audit.record("report-stopped", SUBJECT.format(schedule_id), after={"report": row.report}, actor=actor)
        audit.record_submission(submission, act, notice)
        return Outcome(notice, moves_lines=False)
