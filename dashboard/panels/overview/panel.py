"""The overview as its page knows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from dashboard import clock
from dashboard.domain.aging import WAITING_LINES
from dashboard.panels.aging.panel import AgingPanel
from dashboard.panels.aging.panel import load as load_aging
from dashboard.panels.aging.queries import DEFAULT_SORT as AGING_SORT
from dashboard.panels.aging.queries import bucket_figures
from dashboard.panels.cancellation_risk.panel import RiskPanel
from dashboard.panels.cancellation_risk.panel import load as load_cancellation_risk
from dashboard.panels.cancellation_risk.queries import DEFAULT_SORT as CANCELLATION_RISK_SORT
from dashboard.panels.expiring_payments.panel import PaymentsPanel
from dashboard.panels.expiring_payments.panel import load as load_expiring_payments
from dashboard.panels.expiring_payments.queries import DEFAULT_SORT as EXPIRING_PAYMENTS_SORT
from dashboard.panels.fast_movers.panel import FastMoversPanel
from dashboard.panels.fast_movers.panel import load as load_fast_movers
from dashboard.panels.fast_movers.queries import DEFAULT_SORT as FAST_MOVERS_SORT
from dashboard.panels.filters import Selection
from dashboard.panels.lead_times.panel import LeadTimesPanel
from dashboard.panels.lead_times.panel import load as load_lead_times
from dashboard.panels.lead_times.queries import DEFAULT_SORT as LEAD_TIMES_SORT
from dashboard.panels.offers.queries import count_waiting
from dashboard.panels.overview.queries import (
    COUNTED_AT_MOST,
    THINGS_SHOWN,
    Deed,
    Thing,
    deeds_since,
    lines_due,
    lines_joined_on,
    things_to_do,
)
from dashboard.panels.pages import View
from dashboard.panels.snapshots import ONE_DAY, at_the_end_of

WEEK_DAYS = 7


@dataclass(frozen=True, slots=True)
class Due:
    """How many lines have a deadline within some days."""

    lines: int
    is_more: bool  # there are more than were counted


@dataclass(frozen=True, slots=True)
class SinceYesterday:
    """A sum that one can check: were + joined − left = now."""

    were: int  # lines waiting when yesterday ended
    joined: int  # lines waiting now of orders that came today
    left: int  # what the sum leaves: filled, shipped or cancelled, less what waits again
    now: int


@dataclass(frozen=True, slots=True)
class OverviewPanel:
    """The day at a glance."""

    today: date
    as_of: datetime | None  # when the rows were last derived; None: never yet
    things: tuple[Thing, ...]  # what to do today, the most urgent first
    has_more: bool  # there are more of them than are shown
    due_today: Due
    due_tomorrow: Due
    due_this_week: Due  # on the next seven days
    undated: int  # waiting lines without a date
    offers_waiting: int  # for somebody with a higher limit to allow them
    # What each panel shows without filters; rows left out.
    aging: AgingPanel
    cancellation_risk: RiskPanel
    expiring_payments: PaymentsPanel
    fast_movers: FastMoversPanel
    lead_times: LeadTimesPanel
    since: SinceYesterday | None  # None while no snapshot knows yesterday
    deeds: tuple[Deed, ...]  # what was done at the desk since yesterday began, the newest first


def load(session: Session, today: date) -> OverviewPanel:
    """Everything that the overview shows."""
    whole = _unfiltered(AGING_SORT)
    ages = load_aging(session, whole, today, listed=False)
    undated = bucket_figures(session, Selection().having("dated", "no"), today, with_customers=False)
    things = things_to_do(session, today, until=today)
    return OverviewPanel(
        today=today,
        as_of=ages.as_of,
        things=things,
        has_more=len(things) == THINGS_SHOWN,
        due_today=_due(lines_due(session, today=today, until=today)),
        due_tomorrow=_due(lines_due(session, today=today, after=today, until=today + ONE_DAY)),
        due_this_week=_due(lines_due(session, today=today, after=today, until=today + WEEK_DAYS * ONE_DAY)),
        undated=sum(figure.lines for figure in undated),
        offers_waiting=count_waiting(session),
        aging=ages,
        cancellation_risk=load_cancellation_risk(session, _unfiltered(CANCELLATION_RISK_SORT), today, listed=False),
        expiring_payments=load_expiring_payments(session, _unfiltered(EXPIRING_PAYMENTS_SORT), today, listed=False),
        fast_movers=load_fast_movers(session, _unfiltered(FAST_MOVERS_SORT), today, listed=False),
        lead_times=load_lead_times(session, _unfiltered(LEAD_TIMES_SORT), today, listed=False),
        since=_since_yesterday(session, today, ages.lines),
        deeds=deeds_since(session, clock.start_of(today - ONE_DAY)),
    )


def _unfiltered(sort: str) -> View:
    return View(Selection(), sort, descending=False, default_sort=sort)


def _due(counted: int) -> Due:
    return Due(min(counted, COUNTED_AT_MOST), counted > COUNTED_AT_MOST)


def _since_yesterday(session: Session, today: date, now: int) -> SinceYesterday | None:
    were = at_the_end_of(session, today - ONE_DAY, WAITING_LINES)
    if were is None:
        return None
    joined = lines_joined_on(session, today)
    return SinceYesterday(were, joined, were + joined - now, now)
