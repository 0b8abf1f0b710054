"""The purchasing panel as page, fragment and CSV know it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from dashboard.domain.purchase_plans import DRAFTED_AT_MOST
from dashboard.panels.filters import Selection, SetFilter, set_filters
from dashboard.panels.freshness import planned_at
from dashboard.panels.pages import Page, View, is_walked
from dashboard.panels.purchase_orders.queries import count_drafts
from dashboard.panels.purchasing.queries import (
    PICTURED,
    NamedTotal,
    PlannedSku,
    drafted_units,
    named,
    plan_page,
    planned_of,
    skus_matching,
    supplier_totals,
)


@dataclass(frozen=True, slots=True)
class PurchasingPanel:
    """What is to be bought, for a selection, as of now."""

    view: View  # what the address says
    today: date  # the shop's day
    as_of: datetime | None  # when the rows were last derived; None: never yet
    set_filters: tuple[SetFilter, ...]  # the selection in words

    skus: int  # to be ordered, of the selection
    suppliers: int  # to order them from
    units: int  # suggested for all of them
    unmet: int  # units that customers wait for and nobody has ordered
    unmet_lines: int  # the order lines that these are of
    total_unmet_lines: int | None  # of all SKUs, where a filter is set
    drafts: int  # purchase orders that are not yet sent

    pictured: tuple[NamedTotal, ...]  # the suppliers of whom most is waited for
    page: Page[PlannedSku]  # the rows
    drafted: dict[int, int]  # units of the SKUs (ids) of these rows that stand in drafts


@dataclass(frozen=True, slots=True)
class Picked:
    """Rows of the plan that somebody ticked."""

    rows: tuple[PlannedSku, ...]  # by supplier and SKU
    gone: int  # that were ticked and are no SKU any more
    has_more: bool  # more match than can be drafted at once

    @property
    def suppliers(self) -> int:
        return len({row.supplier_id for row in self.rows})

    @property
    def units(self) -> int:
        return sum(row.suggested_order for row in self.rows)

    @property
    def unmet_lines(self) -> int:
        return sum(row.unmet_lines for row in self.rows)


def load(session: Session, view: View, today: date) -> PurchasingPanel:
    """Everything that the panel shows."""
    selection = view.selection
    found = supplier_totals(session, selection, today)
    everything = supplier_totals(session, Selection(), today) if selection else found
    skus, all_skus = (sum(one.skus for one in totals) for totals in (found, everything))
    page = plan_page(session, view, today, walked=is_walked(selection, matching=skus, of=all_skus))
    drafts = count_drafts(session)

    return PurchasingPanel(
        view=view,
        today=today,
        as_of=planned_at(session),
        set_filters=set_filters(session, selection),
        skus=skus,
        suppliers=sum(one.supplier_key is not None for one in found),
        units=sum(one.units for one in found),
        unmet=sum(one.unmet for one in found),
        unmet_lines=sum(one.unmet_lines for one in found),
        total_unmet_lines=sum(one.unmet_lines for one in everything) if selection else None,
        drafts=drafts,
        pictured=named(session, found[:PICTURED]),
        page=page,
        drafted=drafted_units(session, [row.sku_id for row in page.rows]) if drafts else {},
    )


def pick(session: Session, sku_ids: frozenset[int]) -> Picked:
    """What ticked SKUs (ids) come to."""
    rows = planned_of(session, sorted(sku_ids)[:DRAFTED_AT_MOST])
    more = len(sku_ids) > DRAFTED_AT_MOST
    return Picked(rows, 0 if more else len(sku_ids) - len(rows), more)


def pick_all(session: Session, selection: Selection, today: date) -> Picked:
    """What all rows of a selection come to, as far as they can be drafted at once."""
    found = skus_matching(session, selection, today, at_most=DRAFTED_AT_MOST + 1)
    return Picked(planned_of(session, found[:DRAFTED_AT_MOST]), 0, len(found) > DRAFTED_AT_MOST)
