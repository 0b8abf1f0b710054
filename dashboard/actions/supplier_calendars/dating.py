"""On which day a supplier's calendar expects what is ordered from it today."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta

from sqlalchemy.orm import Session

from dashboard.actions.supplier_calendars.queries import calendar_of
from dashboard.domain.supplier_calendars import arrival


def days_by_calendar(
    session: Session, supplier_id: int, lead_days: Collection[int], *, ordered_on: date
) -> dict[int, date]:
    """The day for each quoted lead time of which the calendar makes another than the quoted one."""
    if not lead_days:
        return {}
    # Holidays of as many years as the slowest may take, and one more for what it waits for at its end.
    last = ordered_on + timedelta(max(lead_days))
    calendar = calendar_of(session, supplier_id, range(ordered_on.year, last.year + 2), ordered_on)
    found = {lead: arrival(ordered_on, lead, calendar) for lead in lead_days}
    return {lead: day for lead, day in found.items() if day is not None and day != ordered_on + timedelta(lead)}
