"""The panel of cancellation risk as page, fragment, overview and CSV know it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from dashboard.domain.cancellation_risk import LIKELY_BANDS, LIKELY_LINES, MODEL, RISK_BANDS, UNSCORED, VALUE_AT_RISK
from dashboard.estimates import cancellation
from dashboard.panels.cancellation_risk.groups import PICTURED, RiskGroup, risk_groups, units_waiting
from dashboard.panels.cancellation_risk.points import RiskPoint, most_at_risk
from dashboard.panels.cancellation_risk.queries import RiskLine, risk_page
from dashboard.panels.filters import Selection, SetFilter, is_told, set_filters
from dashboard.panels.freshness import planned_at
from dashboard.panels.pages import Page, View, is_walked
from dashboard.panels.snapshots import change_since_yesterday
from dashboard.panels.sums import CurrencyValue, Groups, all_lines
from dashboard.panels.ticked import CurrencySums, Ticked

MEASURES = ("value", "lines")
NO_ROWS: Page[RiskLine] = Page((), "", "")


@dataclass(frozen=True, slots=True)
class BandTotal:
    """One bar of the picture: what waits with a chance in a band."""

    band: str  # the key of the filter
    chosen: bool  # False: the filter leaves it out, and it is paled
    lines: int
    values: tuple[CurrencyValue, ...]  # what waits
    at_risk: tuple[CurrencyValue, ...]  # each line's value × its chance, added up


@dataclass(frozen=True, slots=True)
class RiskPanel:
    """Who is about to leave, for a selection, as of now."""

    view: View  # what the address says
    today: date  # the shop's day
    as_of: datetime | None  # when the rows were last derived and scored; None: never yet
    set_filters: tuple[SetFilter, ...]  # the selection in words
    model: str  # by what lines are scored: `prior`, or the version of a learnt model
    has_signal: bool  # False: nothing tells who leaves, and every line has the base rate

    lines: int  # backordered lines of the selection
    total_lines: int  # all waiting lines
    currency: str | None  # the one currency of the selection; None where there are several
    at_risk: tuple[CurrencyValue, ...]  # value × chance of all of them, by currency
    values: tuple[CurrencyValue, ...]  # what they are worth
    likely_lines: int  # those with a chance of a fifth or more
    # By how much both are more than at the end of yesterday, over all; None while no snapshot knows it, or filtered.
    at_risk_change: int | None  # None also where there are several currencies
    likely_change: int | None

    measure: str  # what the bars show: value (waiting, and at risk) or lines
    can_show_value: bool  # False where two currencies are in the selection
    bands: tuple[BandTotal, ...]  # every band, the least chance first; what is not scored only where there is any

    points: tuple[RiskPoint, ...]  # the lines of which most is at risk, in the currency in which most lines wait

    page: Page[RiskLine]  # the rows


def load(session: Session, view: View, today: date, *, listed: bool = True) -> RiskPanel:
    """Everything that the panel shows; its rows only where they are `listed`."""
    selection = view.selection
    chosen = selection.of(PICTURED) or RISK_BANDS
    every = risk_groups(session, selection, today)
    meant = every.among(lambda group: group.band in chosen)
    total_lines = all_lines(session)
    scoring = cancellation.scoring(session.connection())
    can_show_value = len(every.currencies) <= 1
    told = is_told(selection)
    walked = is_walked(selection, matching=meant.lines, of=total_lines, evenly=False, told=told)
    told = told and not walked
    at_risk = meant.values(lambda group: group.value_at_risk)
    likely_lines = meant.among(lambda group: group.band in LIKELY_BANDS).lines
    bands = []
    for band in RISK_BANDS:
        among = every.among(lambda group, band=band: group.band == band)  # type: ignore[misc]
        if among.groups or band != UNSCORED:
            at_risk_there = among.values(lambda group: group.value_at_risk)
            bands.append(BandTotal(band, band in chosen, among.lines, among.values(), at_risk_there))
    return RiskPanel(
        view=view,
        today=today,
        as_of=planned_at(session),
        set_filters=set_filters(session, selection),
        model=MODEL if scoring is None else scoring.version,
        has_signal=scoring is None or scoring.model.has_signal,
        lines=meant.lines,
        total_lines=total_lines,
        currency=next(iter(meant.currencies)) if len(meant.currencies) == 1 else None,
        at_risk=at_risk,
        values=meant.values(),
        likely_lines=likely_lines,
        at_risk_change=None if selection else _at_risk_change(session, at_risk, today),
        likely_change=None if selection else change_since_yesterday(session, LIKELY_LINES, likely_lines, today),
        measure=_measure(view.by, can_show_value),
        can_show_value=can_show_value,
        bands=tuple(bands),
        points=_points(session, meant, selection, today, walked=walked, told=told),
        page=risk_page(session, view, today, walked=walked, told=told) if listed else NO_ROWS,
    )


def all_ticked(session: Session, selection: Selection, today: date) -> Ticked:
    """What all lines of a selection come to, by the figures of the panel."""
    chosen = selection.of(PICTURED) or RISK_BANDS
    meant = risk_groups(session, selection, today).among(lambda group: group.band in chosen)
    at_risk = dict(meant.values(lambda group: group.value_at_risk))
    units = units_waiting(session, selection, today)
    return Ticked(
        meant.lines,
        tuple(CurrencySums(code, units.get(code, 0), value, at_risk[code]) for code, value in meant.values()),
    )


def _points(
    session: Session, meant: Groups[RiskGroup], selection: Selection, today: date, *, walked: bool, told: bool
) -> tuple[RiskPoint, ...]:
    """Values of two currencies have no place on one scale, so only those of one are shown."""
    parts: Counter[str] = Counter()
    for group in meant.groups:
        parts[group.currency] += group.parts
    at_risk = [currency for currency, value in meant.values(lambda group: group.value_at_risk) if value]
    if not at_risk:
        return ()
    currency = min(at_risk, key=lambda name: (-parts[name], name))
    return most_at_risk(session, selection, currency, today, walked=walked, told=told)


def _at_risk_change(session: Session, at_risk: tuple[CurrencyValue, ...], today: date) -> int | None:
    if len(at_risk) != 1:
        return None
    ((currency, value),) = at_risk
    return change_since_yesterday(session, VALUE_AT_RISK, value, today, currency=currency)


def _measure(asked: str, can_show_value: bool) -> str:
    """Value while it is one currency, else lines; another one when asked for."""
    usual = "value" if can_show_value else "lines"
    return usual if not asked or (asked == "value" and not can_show_value) else asked
