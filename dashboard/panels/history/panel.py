"""The history, page by page, each act with what it changed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from dashboard.domain.particulars import OF_PEOPLE
from dashboard.panels.filters import SetFilter, set_filters
from dashboard.panels.history.queries import WrittenAct, acts_page, count_acts
from dashboard.panels.pages import Page, View
from dashboard.people import names_of

# So many are counted; of more one is told "more than".
COUNTED_AT_MOST = 10_000


@dataclass(frozen=True, slots=True)
class Change:
    """One particular of an act: what it is, and what it was where that is known."""

    name: str
    after: Any
    before: Any
    differs: bool  # whether it is known what it was, and that was another


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
        Page(_shown(page.rows), page.newer, page.older),
    )


def _shown(rows: Sequence[WrittenAct]) -> tuple[ShownAct, ...]:
    """Acts with what they say of themselves, people by their names."""
    said = [tuple(json.loads(one) if one else {} for one in (row.before, row.after)) for row in rows]
    names = names_of({one[name] for both in said for one in both for name in OF_PEOPLE if one.get(name) is not None})

    def changes(before: dict[str, Any], after: dict[str, Any]) -> Iterator[Change]:
        for name, now in after.items():
            then: Any = before.get(name)
            differs = name in before and then != now
            if name in OF_PEOPLE:
                then, now = names.get(then, then), names.get(now, now)
            yield Change(name, now, then, differs)

    return tuple(
        ShownAct(row.id, row.at, row.who, row.act, row.subject, tuple(changes(before, after)), after, row.why)
        for row, (before, after) in zip(rows, said, strict=True)
    )
