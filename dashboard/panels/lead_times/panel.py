"""The lead times panel as page, fragment, overview and CSV know it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from dashboard.domain.lead_times import OVERDUE_UNITS
from dashboard.panels.filters import SetFilter, set_filters
from dashboard.panels.freshness import planned_at
from dashboard.panels.lead_times.queries import (
    COUNTED_AT_MOST,
    PICTURED_AT_MOST,
    Month,
    SupplierRow,
    Totals,
    months,
    most_waited_for,
    supplier_page,
    totals,
    whole_suppliers,
)
from dashboard.panels.pages import Page, View
from dashboard.panels.snapshots import change_since_yesterday

NO_ROWS: Page[SupplierRow] = Page((), "", "")
# A month of one supplier is a handful of promises; so many of them together tell a trend.
MONTHS_TOGETHER = 3


@dataclass(frozen=True, slots=True)
class Stretch:
    """What was first promised for some months in a row, and came by then."""

    first: date  # the first day of the first month
    last: date  # and of the last one
    units_due: int
    units_on_time: int

    @property
    def on_time_rate(self) -> float:
        return self.units_on_time / self.units_due


@dataclass(frozen=True, slots=True)
class LeadTimesPanel:
    """Whom the shop can trust, for a selection, as of now."""

    view: View  # what the address says
    today: date  # the shop's day
    as_of: datetime | None  # when what is open was last derived; None: never yet
    set_filters: tuple[SetFilter, ...]  # the selection in words

    totals: Totals  # what the selection comes to
    counted_to: int  # how far rows are counted: where there are more, it says so
    change: int | None  # overdue units more than at the end of yesterday; None while no snapshot knows it, or filtered

    pictured: tuple[SupplierRow, ...]  # the rows on which most hangs, the least punctual first
    is_all_pictured: bool  # there are no more of them
    trend: tuple[Stretch, ...]  # punctuality, three months at a time; empty where it is not kept: of single SKUs

    whole: tuple[SupplierRow, ...]  # the suppliers that a filter names: they stand over their SKUs
    page: Page[SupplierRow]  # the rows: suppliers, or the SKUs of a selection

    @property
    def is_of_skus(self) -> bool:
        """Whether the rows are SKUs of suppliers rather than suppliers."""
        return bool(self.view.selection)

    @property
    def is_by_supplier(self) -> bool:
        """Whether its rows are told apart by their supplier rather than by their SKU."""
        return not self.view.selection.of("supplier")


def load(session: Session, view: View, today: date, *, listed: bool = True) -> LeadTimesPanel:
    """Everything that the panel shows; its rows only where they are `listed`."""
    selection = view.selection
    sums = totals(session, selection, today)
    pictured = most_waited_for(session, selection, today)
    return LeadTimesPanel(
        view=view,
        today=today,
        as_of=planned_at(session),
        set_filters=set_filters(session, selection),
        totals=sums,
        counted_to=COUNTED_AT_MOST,
        change=None if selection else change_since_yesterday(session, OVERDUE_UNITS, sums.overdue_units, today),
        pictured=tuple(sorted(pictured, key=_least_punctual_first)),
        is_all_pictured=len(pictured) < PICTURED_AT_MOST,
        trend=() if selection.of("sku") else _trend(months(session, selection, today)),
        whole=whole_suppliers(session, selection, today) if listed else (),
        page=supplier_page(session, view, today) if listed else NO_ROWS,
    )


def _trend(found: tuple[Month, ...]) -> tuple[Stretch, ...]:
    """One stretch for each month that has others before it, ending there; months without a promise lie within."""
    if not found:
        return ()
    by_month = {_month_number(month.first): month for month in found}
    stretches = []
    for last in range(min(by_month) + MONTHS_TOGETHER - 1, max(by_month) + 1):
        inside = [by_month[one] for one in range(last - MONTHS_TOGETHER + 1, last + 1) if one in by_month]
        if inside:
            stretches.append(
                Stretch(
                    _month_of(last - MONTHS_TOGETHER + 1),
                    _month_of(last),
                    sum(month.units_due for month in inside),
                    sum(month.units_on_time for month in inside),
                )
            )
    return tuple(stretches) if len(stretches) > 1 else ()  # a single one goes nowhere


def _month_number(day: date) -> int:
    return day.year * 12 + day.month - 1


def _month_of(number: int) -> date:
    return date(number // 12, number % 12 + 1, 1)


def _least_punctual_first(row: SupplierRow) -> tuple[bool, bool, float, str]:
    """What nothing can be said of stands last."""
    rate = row.on_time_rate
    return not row.enough_data, rate is None, rate or 0.0, row.name
