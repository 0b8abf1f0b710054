"""Somebody says when a supplier works."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm.attributes import flag_modified

from dashboard import audit, clock, models, planning, topics
from dashboard.actions.clashes import refuse_if_changed
from dashboard.actions.outcomes import Outcome, sent_before
from dashboard.actions.supplier_calendars.queries import read_calendar
from dashboard.database import transaction
from dashboard.domain.supplier_calendars import WEEKDAYS, calendar_in_words, number_of, refuse_calendar
from dashboard.models import Supplier, SupplierClosure


@planning.repeated
def say_calendar(
    supplier_id: int,
    *,
    days_off: Collection[int],
    keeps_holidays: bool,
    closures: Sequence[tuple[date, date]],
    why: str | None = None,
    version: str | None = None,
    submission: str | None = None,
    actor: Any,
) -> Outcome:
    """The weekdays on which a supplier does not work (Monday 0), whether it keeps its country's holidays, and when
    it is closed beside. Orders that are sent already keep the dates that they have.
    """
    with transaction() as session:
        session.get_one(Supplier, supplier_id, with_for_update=True)
        if repeated := sent_before(submission):
            return repeated
        before = read_calendar(session, supplier_id, clock.today())
        refuse_if_changed(version, before.version, before.subject)
        refuse_calendar(
            days_off, keeps_holidays=keeps_holidays, country=before.country, is_known=before.is_country_known
        )
        row = session.get(models.SupplierCalendar, supplier_id, populate_existing=True)
        if row is None:
            row = models.SupplierCalendar(supplier_id=supplier_id)
            session.add(row)
        row.days_off, row.keeps_holidays = number_of(days_off), keeps_holidays
        flag_modified(row, "days_off")  # so that it is another version also where only its closures change
        session.execute(delete(SupplierClosure).where(SupplierClosure.supplier_id == supplier_id))
        session.add_all(
            SupplierClosure(supplier_id=supplier_id, first_day=first, last_day=last) for first, last in closures
        )
        session.flush()
        notice = calendar_in_words(before.supplier, days_off, keeps_holidays=keeps_holidays, closures=len(closures))
        act = audit.record(
            "supplier-calendar-said",
            before.subject,
            before=_said(before.days_off, before.keeps_holidays, before.closures),
            after=_said(days_off, keeps_holidays, closures),
            why=why,
            actor=actor,
        )
        audit.record_submission(submission, act, notice)
        topics.bump(session.connection(), topics.WORK)
        return Outcome(notice, moves_lines=False)


def _said(days_off: Collection[int], keeps_holidays: bool, closures: Sequence[tuple[date, date]]) -> dict[str, Any]:
    return {
        "days_off": [WEEKDAYS[day] for day in sorted(days_off)],
        "keeps_holidays": keeps_holidays,
        "closures": [f"{first}..{last}" for first, last in closures],
    }
