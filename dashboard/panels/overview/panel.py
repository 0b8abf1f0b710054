"""The overview as its page knows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from dashboard.domain.aging import WAITING_LINES
from dashboard.panels.aging.panel import AgingPanel
from dashboard.panels.aging.panel import load as load_aging
from dashboard.panels.aging.queries import DEFAULT_SORT
from dashboard.panels.filters import Selection
from dashboard.panels.overview.queries import (
    COUNTED_AT_MOST,
    THINGS_SHOWN,
    Thing,
    lines_at_the_end_of,
    lines_due,
    lines_joined_on,
    things_to_do,
)
from dashboard.panels.pages import View

ONE_DAY = timedelta(days=1)
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
    aging: AgingPanel  # what it shows without filters, rows left out
    since: SinceYesterday | None  # None while no snapshot knows yesterday


def load(session: Session, today: date) -> OverviewPanel:
    """Everything that the overview shows."""
    view = View(Selection(), DEFAULT_SORT, descending=False, default_sort=DEFAULT_SORT)
    aging = load_aging(session, view, today, listed=False)
    undated = load_aging(session, view.filtered(view.selection.having("dated", "no")), today, listed=False).lines
    things = things_to_do(session, today, until=today)
    return OverviewPanel(
        today=today,
        as_of=aging.as_of,
        things=things,
        has_more=len(things) == THINGS_SHOWN,
        due_today=_due(lines_due(session, until=today)),
        due_tomorrow=_due(lines_due(session, after=today, until=today + ONE_DAY)),
        due_this_week=_due(lines_due(session, after=today, until=today + WEEK_DAYS * ONE_DAY)),
        undated=undated,
        aging=aging,
        since=_since_yesterday(session, today, aging.lines),
    )


def _due(counted: int) -> Due:
    return Due(min(counted, COUNTED_AT_MOST), counted > COUNTED_AT_MOST)


def _since_yesterday(session: Session, today: date, now: int) -> SinceYesterday | None:
    were = lines_at_the_end_of(session, today - ONE_DAY, WAITING_LINES)
    if were is None:
        return None
    joined = lines_joined_on(session, today)
    return SinceYesterday(were, joined, were + joined - now, now)
