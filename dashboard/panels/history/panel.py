"""The history, page by page, each act with what it changed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from dashboard.panels.filters import SetFilter, set_filters
from dashboard.panels.history.queries import WrittenAct, acts_page, count_acts
from dashboard.panels.pages import Page, View

# So many are counted; of more one is told "more than".
COUNTED_AT_MOST = 10_000
NOTHING = "nothing"
# Particulars that are money, in micro-units as it is stored; of which currency, their order says.
OF_MONEY = frozenset({"amount", "captured", "cost", "extra_cost", "shipping"})
MICROS = Decimal(1_000_000)


@dataclass(frozen=True, slots=True)
class Change:
    """One particular of an act: what it was, where that is known and another, and what it is."""

    name: str
    before: str | None
    after: str


@dataclass(frozen=True, slots=True)
class ShownAct:
    """One act as the page shows it."""

    id: int
    at: datetime
    who: str  # empty: the desk itself
    act: str
    subject: str
    changes: tuple[Change, ...]
    particulars: Mapping[str, Any]  # what it says of itself afterwards
    why: str | None

    @property
    def words(self) -> str:
        """What was done, as people say it."""
        return self.act.replace("-", " ")


@dataclass(frozen=True, slots=True)
class HistoryPanel:
    """The acts of a selection, page by page."""

    view: View
    today: date
    set_filters: tuple[SetFilter, ...]
    count: int  # of the selection; one more than are counted at most, where there are more
    page: Page[ShownAct]

    @property
    def is_capped(self) -> bool:
        return self.count == COUNTED_AT_MOST + 1


def load_history(session: Session, view: View, today: date) -> HistoryPanel:
    """A page of the acts that an address means."""
    page = acts_page(session, view, today)
    return HistoryPanel(
        view,
        today,
        set_filters(session, view.selection),
        count_acts(session, view.selection, today, at_most=COUNTED_AT_MOST),
        Page(tuple(shown(row) for row in page.rows), page.newer, page.older),
    )


def shown(row: WrittenAct) -> ShownAct:
    """An act with its particulars in words."""
    before, after = (json.loads(said) if said else {} for said in (row.before, row.after))
    changes = tuple(
        Change(
            name.replace("_", " "),
            in_words(before[name], name) if name in before and before[name] != value else None,
            in_words(value, name),
        )
        for name, value in after.items()
    )
    return ShownAct(row.id, row.at, row.who, row.act, row.subject, changes, after, row.why)


def in_words(value: Any, name: str = "") -> str:
    """A particular of that name as people read it."""
    if value is None or value in ("", [], {}):
        return NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return ", ".join(f"{inner.replace('_', ' ')}: {in_words(one, inner)}" for inner, one in value.items())
    if isinstance(value, list):
        return ", ".join(in_words(one, name) for one in value)
    if isinstance(value, int) and name in OF_MONEY:
        return f"{Decimal(value) / MICROS:.2f}"
    return str(value)
