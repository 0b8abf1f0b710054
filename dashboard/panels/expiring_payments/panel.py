"""The panel of expiring payments as page, fragment, overview and CSV know it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from dashboard.domain.expiring_payments import IN_DANGER, LINES_IN_DANGER, PAYMENT_STATES, Period, calendar
from dashboard.panels.expiring_payments.groups import PaymentGroup, payment_groups
from dashboard.panels.expiring_payments.queries import PaymentLine, payment_page
from dashboard.panels.filters import NOT_KNOWN, Selection, SetFilter, days_of, days_written, set_filters
from dashboard.panels.freshness import planned_at
from dashboard.panels.pages import Page, View, is_walked
from dashboard.panels.snapshots import change_since_yesterday
from dashboard.panels.sums import CurrencyValue, Groups, all_lines
from dashboard.panels.ticked import CurrencySums, Ticked

MEASURES = ("lines", "value")
NO_ROWS: Page[PaymentLine] = Page((), "", "")


@dataclass(frozen=True, slots=True)
class StateTotal:
    """The lines whose means of payment is in one state."""

    state: str
    chosen: bool  # False: a filter leaves them out, and they are paled
    lines: int
    values: tuple[CurrencyValue, ...]


@dataclass(frozen=True, slots=True)
class PeriodTotal:
    """One bar of the picture: the lines whose means of payment is good until a day of a period, by state."""

    period: Period
    states: tuple[StateTotal, ...]  # the worst first; only those that some line is in

    @property
    def lines(self) -> int:
        return sum(total.lines for total in self.states)

    @property
    def expires(self) -> str:
        """The value of the filter that means these days."""
        return days_written(self.period.first, self.period.last)


@dataclass(frozen=True, slots=True)
class PaymentsPanel:
    """Which cards and authorisations die before their lines can ship, for a selection, as of now."""

    view: View  # what the address says
    today: date  # the shop's day
    as_of: datetime | None  # when the rows were last derived; None: never yet
    set_filters: tuple[SetFilter, ...]  # the selection in words

    lines: int  # backordered lines of the selection
    total_lines: int  # all waiting lines
    currency: str | None  # the one currency of the selection; None where there are several
    in_danger: int  # lines of the selection that cannot be charged when they ship: dead, or dying before
    change: int | None  # and how many more than at the end of yesterday; None while no snapshot knows it, or filtered
    values_in_danger: tuple[CurrencyValue, ...]  # and what they are worth, by currency
    states: tuple[StateTotal, ...]  # every state, the worst first, whatever the filter on state says

    measure: str  # what the bars show: lines or value
    can_show_value: bool  # False where two currencies are in the selection
    periods: tuple[PeriodTotal, ...]  # the calendar: over, week by week, later; whatever the filters on it say
    undated_lines: int  # lines for which no last good day is known: they have no place in the calendar

    page: Page[PaymentLine]  # the rows

    @property
    def has_calendar(self) -> bool:
        """False where lines wait and none of them has a place in it."""
        return not self.undated_lines or any(period.lines for period in self.periods)


def load(session: Session, view: View, today: date, *, listed: bool = True) -> PaymentsPanel:
    """Everything that the panel shows; its rows only where they are `listed`."""
    selection = view.selection.on(today)
    periods = calendar(today)
    every = payment_groups(session, selection, today, [*_starts(periods), *_edges(selection)])
    meant = every.among(lambda group: _is_meant(group, selection))
    in_danger = meant.among(lambda group: group.state in IN_DANGER)
    total_lines = all_lines(session)
    can_show_value = len(every.currencies) <= 1
    walked = is_walked(selection, matching=meant.lines, of=total_lines)
    return PaymentsPanel(
        view=view,
        today=today,
        as_of=planned_at(session),
        set_filters=set_filters(session, view.selection),
        lines=meant.lines,
        total_lines=total_lines,
        currency=next(iter(meant.currencies)) if len(meant.currencies) == 1 else None,
        in_danger=in_danger.lines,
        change=None if selection else change_since_yesterday(session, LINES_IN_DANGER, in_danger.lines, today),
        values_in_danger=in_danger.values(),
        states=_states(every.among(lambda group: _is_within(group, selection)), selection),
        measure=view.by if view.by and (can_show_value or view.by != "value") else "lines",
        can_show_value=can_show_value,
        periods=tuple(_period_total(every, period, selection) for period in periods),
        undated_lines=every.among(lambda group: not group.is_known).lines,
        page=payment_page(session, view, today, walked=walked) if listed else NO_ROWS,
    )


def all_ticked(session: Session, selection: Selection, today: date) -> Ticked:
    """What all lines of a selection come to, by the figures of the panel."""
    selection = selection.on(today)
    every = payment_groups(session, selection, today, _edges(selection))
    meant = every.among(lambda group: _is_meant(group, selection))
    units = dict(meant.values(lambda group: group.units))
    return Ticked(
        meant.lines, tuple(CurrencySums(one.currency, units[one.currency], one.value, 0) for one in meant.values())
    )


def _starts(periods: tuple[Period, ...]) -> list[date]:
    return [period.first for period in periods if period.first]


def _edges(selection: Selection) -> list[date]:
    """Where the days that are asked for begin, and where others begin after them."""
    edges = []
    for value in selection.of("expires"):
        if value != NOT_KNOWN:
            first, last = days_of("expires", value)
            edges += [first] if first else []
            edges += [date.fromordinal(last.toordinal() + 1)] if last and last != date.max else []
    return edges


def _is_meant(group: PaymentGroup, selection: Selection) -> bool:
    states = selection.of("state")
    return (not states or group.state in states) and _is_within(group, selection)


def _is_within(group: PaymentGroup, selection: Selection) -> bool:
    """Whether the filter on days means a group; its days all lie on one side of any edge."""
    asked = selection.of("expires")
    if not group.is_known:
        return not asked or NOT_KNOWN in asked
    day = group.first or group.last
    return not asked or any(
        Period(*days_of("expires", value)).holds(day) for value in asked if day and value != NOT_KNOWN
    )


def _states(groups: Groups[PaymentGroup], selection: Selection) -> tuple[StateTotal, ...]:
    chosen = selection.of("state")
    totals = []
    for state in PAYMENT_STATES:
        among = groups.among(lambda group, state=state: group.state == state)  # type: ignore[misc]
        totals.append(StateTotal(state, not chosen or state in chosen, among.lines, among.values()))
    return tuple(totals)


def _period_total(every: Groups[PaymentGroup], period: Period, selection: Selection) -> PeriodTotal:
    def is_inside(group: PaymentGroup) -> bool:
        day = group.first or group.last
        return group.is_known and day is not None and period.holds(day)

    inside = every.among(is_inside)
    totals = []
    for total in _states(inside, selection):
        groups = inside.among(lambda group, state=total.state: group.state == state)  # type: ignore[misc]
        is_meant = any(_is_meant(group, selection) for group in groups.groups)
        if total.lines:
            totals.append(StateTotal(total.state, is_meant, total.lines, total.values))
    return PeriodTotal(period, tuple(totals))
