"""The fast-movers panel as page, fragment, overview and CSV know it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from dashboard.domain.fast_movers import OUT, PRESSING, PRESSING_SKUS, STATUSES
from dashboard.panels.fast_movers.queries import (
    SkuStand,
    StatusCount,
    counts,
    most_pressing,
    stand_page,
)
from dashboard.panels.filters import Selection, SetFilter, set_filters
from dashboard.panels.freshness import planned_at
from dashboard.panels.pages import Page, View, is_walked
from dashboard.panels.snapshots import change_since_yesterday

NO_ROWS: Page[SkuStand] = Page((), "", "")


@dataclass(frozen=True, slots=True)
class FastMoversPanel:
    """What runs out next, for a selection, as of now."""

    view: View  # what the address says
    today: date  # the shop's day
    as_of: datetime | None  # when the rows were last derived; None: never yet
    set_filters: tuple[SetFilter, ...]  # the selection in words

    skus: int  # of the selection
    pressing: int  # of them, out or below their reorder point
    out: int  # of them, with nothing available though somebody wants it
    units_to_order: int  # what is suggested for all of them
    change: int | None  # pressing SKUs more than at the end of yesterday; None while no snapshot knows, or filtered
    total_pressing: int | None  # of all SKUs, where a filter is set

    pictured: tuple[SkuStand, ...]  # the most to order first, then the most waited for
    page: Page[SkuStand]  # the rows


def load(session: Session, view: View, today: date, *, listed: bool = True) -> FastMoversPanel:
    """Everything that the panel shows; its rows only where they are `listed`."""
    selection = view.selection
    found = counts(session, selection, today)
    everything = counts(session, Selection(), today) if selection else found
    skus, all_skus = (sum(each.skus for each in one.values()) for one in (found, everything))
    pressing = _pressing(found)
    walked = is_walked(selection, matching=skus, of=all_skus)

    return FastMoversPanel(
        view=view,
        today=today,
        as_of=planned_at(session),
        set_filters=set_filters(session, selection),
        skus=skus,
        pressing=pressing,
        out=found[STATUSES[OUT]].skus if STATUSES[OUT] in found else 0,
        units_to_order=sum(each.units_to_order for each in found.values()),
        change=None if selection else change_since_yesterday(session, PRESSING_SKUS, pressing, today),
        total_pressing=_pressing(everything) if selection else None,
        pictured=most_pressing(session, selection, today, walked=walked),
        page=stand_page(session, view, today, walked=walked) if listed else NO_ROWS,
    )


def _pressing(found: dict[str, StatusCount]) -> int:
    return sum(each.skus for status, each in found.items() if status in PRESSING)
