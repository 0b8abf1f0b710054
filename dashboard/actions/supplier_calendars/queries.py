"""When a supplier works: as somebody said it, else as its country does."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dashboard import models, public_holidays
from dashboard.domain.supplier_calendars import EVERY_DAY, SupplierCalendar, days_off_of
from dashboard.models import Supplier, SupplierClosure

NEVER_SAID = 0  # the version of a calendar that nobody has said yet


@dataclass(frozen=True, slots=True)
class SaidCalendar:
    """The calendar of a supplier, as its form shows it."""

    supplier_id: int
    code: str
    supplier: str
    country: str | None
    is_country_known: bool
    is_said: bool  # by somebody; else by its country
    days_off: frozenset[int]  # weekdays, Monday 0
    keeps_holidays: bool
    closures: tuple[tuple[date, date], ...]
    version: int

    @property
    def subject(self) -> str:
        """What the history calls it."""
        return f"supplier {self.code}"


def find_calendar(session: Session, code: str, today: date) -> SaidCalendar | None:
    """The calendar of the supplier of that code."""
    supplier_id = session.scalar(select(Supplier.id).where(Supplier.code == code))
    return None if supplier_id is None else read_calendar(session, supplier_id, today)


def read_calendar(session: Session, supplier_id: int, today: date) -> SaidCalendar:
    """The calendar of a supplier (id)."""
    calendar = models.SupplierCalendar
    code, name, country, days_off, keeps, version = session.execute(
        select(
            Supplier.code,
            func.coalesce(Supplier.name, Supplier.code),
            Supplier.country,
            calendar.days_off,
            calendar.keeps_holidays,
            calendar.version,
        )
        .outerjoin(calendar, calendar.supplier_id == Supplier.id)
        .where(Supplier.id == supplier_id)
    ).one()
    closures = session.execute(
        select(SupplierClosure.first_day, SupplierClosure.last_day)
        .where(SupplierClosure.supplier_id == supplier_id)
        .order_by(SupplierClosure.first_day, SupplierClosure.last_day)
    )
    by_country = public_holidays.days_of(country, [today.year])
    usual = by_country.weekend if by_country else frozenset()
    return SaidCalendar(
        supplier_id,
        code,
        name,
        country,
        by_country is not None,
        days_off is not None,
        usual if days_off is None else days_off_of(days_off),
        by_country is not None if keeps is None else keeps,
        tuple((first, last) for first, last in closures),
        NEVER_SAID if version is None else version,
    )


def calendar_of(session: Session, supplier_id: int, years: Iterable[int], today: date) -> SupplierCalendar:
    """When a supplier works, in those years; every day where neither it nor its country says otherwise."""
    said = read_calendar(session, supplier_id, today)
    if not said.is_said and not said.is_country_known and not said.closures:
        return EVERY_DAY
    resting = public_holidays.days_of(said.country, years) if said.keeps_holidays else None
    return SupplierCalendar(said.days_off, resting.holidays if resting else frozenset(), said.closures)
