"""The aging panel as page, fragment, overview and CSV know it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from dashboard.domain.aging import BUCKET_KEYS, BUCKETS, Bucket, trend_days
from dashboard.panels.aging.queries import (
    BucketFigures,
    OldestLine,
    WaitingLine,
    bucket_figures,
    lines_on,
    nothing_in,
    oldest_line,
    part_of,
    waiting_page,
)
from dashboard.panels.filters import Selection, SetFilter, set_filters
from dashboard.panels.freshness import planned_at
from dashboard.panels.pages import Page, View, is_walked
from dashboard.panels.sums import CurrencyValue
from dashboard.panels.ticked import CurrencySums, Ticked

MEASURES = ("value", "lines", "units")
NO_ROWS: Page[WaitingLine] = Page((), "", "")


@dataclass(frozen=True, slots=True)
class BucketTotal:
    """One bar of the picture: what waits in a bucket, over all currencies where that can be added."""

    bucket: Bucket
    chosen: bool  # False: the filter on age leaves it out, and the bar is paled
    lines: int
    orders: int | None
    units: int
    values: tuple[CurrencyValue, ...]


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """How many lines waited on a day."""

    day: date
    lines: int


@dataclass(frozen=True, slots=True)
class AgingPanel:
    """How long customers have waited, for a selection, as of now."""

    view: View  # what the address says
    today: date  # the shop's day that ages are counted to
    as_of: datetime | None  # when the rows were last derived; None: never yet
    set_filters: tuple[SetFilter, ...]  # the selection in words

    lines: int  # backordered lines of the selection
    orders: int | None  # orders that they belong to; None where a filter by ETA or deadline counts only lines
    units: int  # backordered units
    values: tuple[CurrencyValue, ...]  # their value, by currency
    oldest: OldestLine | None  # the longest-waiting line; None where nothing waits
    oldest_days: int | None  # and how long that is
    change: (
        int | None
    )  # lines more than at the end of yesterday, over all; None while no snapshot knows it, or filtered
    total_lines: int | None  # all waiting lines, where a filter is set

    measure: str  # what the bars show: value, lines or units
    can_show_value: bool  # False where two currencies are in the selection
    buckets: tuple[BucketTotal, ...]  # every bucket, youngest first
    figures: tuple[BucketFigures, ...]  # the chosen ages by bucket and currency, as the CSV has them but for customers

    trend: tuple[TrendPoint, ...]  # lines a week apart, today's last; empty before there is a snapshot
    trend_is_whole: bool  # of all lines, whatever the selection: it is not kept of this one, or not yet
    page: Page[WaitingLine]  # the rows

    @property
    def currency(self) -> str | None:
        """The one currency of the selection; None where there are several."""
        return self.values[0].currency if len(self.values) == 1 else None


def load(session: Session, view: View, today: date, *, listed: bool = True) -> AgingPanel:
    """Everything that the panel shows; its rows only where they are `listed`."""
    selection = view.selection
    every_age = bucket_figures(session, selection, today, with_customers=False)
    figures = of_chosen_ages(every_age, selection)
    lines = sum(figure.lines for figure in figures)
    values = _values(figures)
    can_show_value = len({figure.currency for figure in every_age}) <= 1
    oldest_on = min((figure.oldest_on for figure in figures if figure.oldest_on), default=None)
    recent = lines_on(session, [today - timedelta(days=1), *trend_days(today)])
    part = part_of(session, selection)
    own_trend = _trend(lines_on(session, trend_days(today), part), today, lines) if part else ()
    everything = lines if not selection else _lines_in_all(session, today)
    yesterday = recent.get(today - timedelta(days=1))
    walked = is_walked(selection, matching=lines, of=everything)

    return AgingPanel(
        view=view,
        today=today,
        as_of=planned_at(session),
        set_filters=set_filters(session, selection),
        lines=lines,
        orders=_orders(figures),
        units=sum(figure.units for figure in figures),
        values=values,
        oldest=oldest_line(session, selection, oldest_on, today, walked=walked),
        oldest_days=max((figure.oldest_days for figure in figures if figure.oldest_days is not None), default=None),
        change=None if selection or yesterday is None else lines - yesterday,
        total_lines=everything if selection else None,
        measure=_measure(view.by, can_show_value),
        can_show_value=can_show_value,
        buckets=_bucket_totals(every_age, selection),
        figures=tuple(figures),
        trend=own_trend or _trend(recent, today, everything),
        trend_is_whole=not own_trend,
        page=waiting_page(session, view, today, walked=walked) if listed else NO_ROWS,
    )


def count_lines(session: Session, selection: Selection, today: date) -> int:
    """How many backordered lines a selection has; the parts of a divided one are one."""
    figures = bucket_figures(session, selection, today, with_customers=False)
    return sum(figure.lines for figure in of_chosen_ages(figures, selection))


def all_ticked(session: Session, selection: Selection, today: date) -> Ticked:
    """What all lines of a selection come to, by the figures of the panel."""
    figures = of_chosen_ages(bucket_figures(session, selection, today, with_customers=False), selection)
    sums: dict[str, tuple[int, int]] = {}
    for figure in figures:
        units, value = sums.get(figure.currency, (0, 0))
        sums[figure.currency] = (units + figure.units, value + figure.value)
    return Ticked(
        sum(figure.lines for figure in figures),
        tuple(CurrencySums(currency, *sums[currency], 0) for currency in sorted(sums)),
    )


def of_chosen_ages(figures: list[BucketFigures], selection: Selection) -> list[BucketFigures]:
    """The figures as the filter on age leaves them: buckets outside it are empty, and so may be whole currencies."""
    chosen = selection.of("age") or BUCKET_KEYS
    kept = [figure if figure.bucket.key in chosen else nothing_in(figure.bucket, figure.currency) for figure in figures]
    present = {figure.currency for figure in kept if figure.lines}
    return [figure for figure in kept if figure.currency in present]


def _lines_in_all(session: Session, today: date) -> int:
    return sum(figure.lines for figure in bucket_figures(session, Selection(), today, with_customers=False))


def _measure(asked: str, can_show_value: bool) -> str:
    """Value while it is one currency, else lines; another one when asked for."""
    usual = "value" if can_show_value else "lines"
    return usual if not asked or (asked == "value" and not can_show_value) else asked


def _values(figures: list[BucketFigures]) -> tuple[CurrencyValue, ...]:
    sums: dict[str, int] = {}
    for figure in figures:
        sums[figure.currency] = sums.get(figure.currency, 0) + figure.value
    return tuple(CurrencyValue(currency, value) for currency, value in sorted(sums.items()))


def _orders(figures: list[BucketFigures]) -> int | None:
    """Of all of them; None where those of one are not known."""
    known = 0
    for figure in figures:
        if not figure.lines:
            continue
        if figure.orders is None:
            return None
        known += figure.orders
    return known


def _bucket_totals(figures: list[BucketFigures], selection: Selection) -> tuple[BucketTotal, ...]:
    chosen = selection.of("age") or BUCKET_KEYS
    totals = []
    for bucket in BUCKETS:
        inside = [figure for figure in figures if figure.bucket is bucket]
        totals.append(
            BucketTotal(
                bucket,
                bucket.key in chosen,
                sum(figure.lines for figure in inside),
                _orders(inside),
                sum(figure.units for figure in inside),
                _values(inside),
            )
        )
    return tuple(totals)


def _trend(recent: dict[date, int], today: date, everything: int) -> tuple[TrendPoint, ...]:
    """The weeks that a snapshot knows, ending in what waits now; nothing before there is a snapshot."""
    days = [day for day in trend_days(today) if day in recent and day != today]
    if not days:
        return ()
    return (*(TrendPoint(day, recent[day]) for day in days), TrendPoint(today, everything))
