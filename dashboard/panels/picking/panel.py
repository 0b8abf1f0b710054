"""The pick list as its templates know it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from dashboard.panels.filters import SetFilter, set_filters
from dashboard.panels.pages import View
from dashboard.panels.picking.queries import (
    COUNTED_AT_MOST,
    PickedOrder,
    PickRow,
    count_pickable,
    pick_rows,
    picked_orders,
    unpaid_orders,
)


@dataclass(frozen=True, slots=True)
class PickingPanel:
    """What can be fetched, and what is fetched."""

    view: View
    today: date
    set_filters: tuple[SetFilter, ...]
    rows: tuple[PickRow, ...]  # by place and product
    count: int  # of the selection; one more than are counted at most, where there are more
    picked: tuple[PickedOrder, ...]
    unpaid: frozenset[str]  # orders among both that do not leave, because their payment was refused

    @property
    def is_capped(self) -> bool:
        return self.count == COUNTED_AT_MOST + 1

    @property
    def units(self) -> int:
        return sum(row.qty for row in self.rows)


def load_picking(session: Session, view: View, today: date) -> PickingPanel:
    """The list that an address means."""
    rows, picked = pick_rows(session, view.selection, today), picked_orders(session)
    return PickingPanel(
        view,
        today,
        set_filters(session, view.selection),
        rows,
        count_pickable(session, view.selection, today),
        picked,
        unpaid_orders(session, {row.order for row in rows} | {one.order for one in picked}),
    )
