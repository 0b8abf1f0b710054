"""How SKUs stand, counted by status and listed row by row."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, Select, SQLColumnExpression, cast, func, select
from sqlalchemy.orm import Session

from dashboard.domain.fast_movers import OUT, STATUSES
from dashboard.models import DemandForecast, Sku, SkuFigure, Supplier
from dashboard.panels.choices import Counting
from dashboard.panels.filters import Selection, conditions
from dashboard.panels.pages import Page, Sort, View, read_page
from dashboard.panels.report import ROWS_AT_ONCE

PICTURED = 8  # SKUs of the picture: as many as it has room for

_IDENTITY = (SkuFigure.sku,)
DEFAULT_SORT = "status"
SORTS: dict[str, Sort] = {
    "status": Sort((SkuFigure.status_order, SkuFigure.cover_order, *_IDENTITY)),
    "sku": Sort(_IDENTITY),
    "available": Sort((SkuFigure.available, *_IDENTITY)),
    "incoming": Sort((SkuFigure.incoming, *_IDENTITY), largest_first=True),
    "waiting": Sort((SkuFigure.backordered, *_IDENTITY), largest_first=True),
    "demand": Sort((SkuFigure.demand_order, *_IDENTITY), largest_first=True),
    "cover": Sort((SkuFigure.cover_order, *_IDENTITY)),
    "lead": Sort((SkuFigure.lead_order, *_IDENTITY), largest_first=True),
    "point": Sort((SkuFigure.point_order, *_IDENTITY), largest_first=True),
    "order": Sort((SkuFigure.suggested_order, *_IDENTITY), largest_first=True),
}

# What a filter looks at: the supplier is the one that the SKU is usually bought from.
COLUMNS: dict[str, SQLColumnExpression[Any]] = {
    "supplier": SkuFigure.supplier_id,
    "sku": SkuFigure.sku_id,
    "status": SkuFigure.status,
    "class": SkuFigure.sku_class,
}
COUNTING = Counting("SKU", COLUMNS)


class StatusCount(NamedTuple):
    """The SKUs of one status."""

    skus: int
    units_to_order: int


class SkuStand(NamedTuple):
    """How one SKU stands, as the table, the picture and the CSV show it."""

    sku_id: int
    sku: str
    product: str | None
    supplier: str  # whom it is usually bought from; empty where nobody sells it
    on_hand: int | None  # None where nothing was ever counted
    reserved: int
    available: int
    incoming: int
    backordered: int
    demand_per_day: float | None  # None where there was no day on which it could be bought
    demand_sd: float | None
    selling_days: int
    days_of_cover: float | None  # None without demand: it does not run out
    lead_time_days: float | None  # None where nobody says and too little came
    lead_receipts: int  # deliveries that this is the mean of; 0: as quoted
    safety_stock: int | None
    reorder_point: int | None
    is_point_typed: bool
    extra_units: int  # that events add to it
    position: int
    suggested_order: int
    status: str
    forecast_units: float | None  # likely to be ordered within four weeks, with what events add; None: not forecast
    low_units: float | None  # in one case of ten fewer
    high_units: float | None


def counts(session: Session, selection: Selection, today: date) -> dict[str, StatusCount]:
    """How many SKUs of the selection have each status, and what to order of them."""
    rows = session.execute(
        select(SkuFigure.status, func.count(), cast(func.sum(SkuFigure.suggested_order), BigInteger))
        .where(*_where(session, selection, today))
        .group_by(SkuFigure.status)
    )
    return {status: StatusCount(skus, units) for status, skus, units in rows}


def most_pressing(session: Session, selection: Selection, today: date, *, walked: bool) -> tuple[SkuStand, ...]:
    """Those of the selection that are under their reorder point, the most to order first; then those that are out and
    ask for no order, the most waited for first.
    """
    where = _where(session, selection, today, walked=walked)
    under, waited_for = SkuFigure.suggested_order, SkuFigure.backordered
    found = _first(session, under, [under > 0, *where], PICTURED)
    if len(found) < PICTURED:
        is_out = [SkuFigure.status_order == OUT, under == 0]
        found += _first(session, waited_for, [*is_out, *where], PICTURED - len(found))
    return found


def _first(
    session: Session, largest: SQLColumnExpression[int], where: list[ColumnElement[bool]], count: int
) -> tuple[SkuStand, ...]:
    order = (largest.desc(), SkuFigure.sku)
    narrow = select(SkuFigure.sku_id).where(*where).order_by(*order).limit(count)
    return tuple(_stand(row) for row in session.execute(_widened(narrow).order_by(*order)))


def stand_page(session: Session, view: View, today: date, *, walked: bool) -> Page[SkuStand]:
    """One page of the table."""
    return read_page(
        session,
        select(SkuFigure.sku_id).where(*_where(session, view.selection, today, walked=walked)),
        SORTS[view.sort],
        view,
        widen=_widened,
        make=_stand,
        walked=walked,
    )


def stands(session: Session, selection: Selection, today: date) -> Iterator[SkuStand]:
    """Every SKU of the selection, the most pressing first, read as it is used."""
    rows = (
        _SHOWN.where(*_where(session, selection, today))
        .order_by(*SORTS[DEFAULT_SORT].columns)
        .execution_options(yield_per=ROWS_AT_ONCE)
    )
    return (_stand(row) for row in session.execute(rows))


def _where(session: Session, selection: Selection, today: date, *, walked: bool = False) -> list[ColumnElement[bool]]:
    """The selection as conditions; where an order is walked, a status also as its place in the usual one."""
    places = [STATUSES.index(status) for status in selection.of("status")]
    found = conditions(session, selection, today, COLUMNS, walked=walked)
    return [*found, SkuFigure.status_order.in_(places)] if places and walked else found


# Made once, because a statement over so many columns takes longer to make than its page takes to read.
_SHOWN = (
    select(
        SkuFigure.sku_id,
        SkuFigure.sku,
        Sku.name.label("product"),
        Supplier.code.label("supplier_code"),
        Supplier.name.label("supplier_name"),
        SkuFigure.on_hand,
        SkuFigure.reserved,
        SkuFigure.available,
        SkuFigure.incoming,
        SkuFigure.backordered,
        SkuFigure.units,
        SkuFigure.selling_days,
        SkuFigure.demand_sd,
        SkuFigure.lead_receipts,
        SkuFigure.lead_days,
        SkuFigure.safety_stock,
        SkuFigure.reorder_point,
        Sku.reorder_point.is_not(None).label("is_point_typed"),
        SkuFigure.extra_units,
        SkuFigure.position,
        SkuFigure.suggested_order,
        SkuFigure.status,
        (DemandForecast.units + DemandForecast.event_units).label("forecast_units"),
        (DemandForecast.low_units + DemandForecast.event_units).label("low_units"),
        (DemandForecast.high_units + DemandForecast.event_units).label("high_units"),
    )
    .outerjoin(DemandForecast, DemandForecast.sku_id == SkuFigure.sku_id)
    .outerjoin(Sku, Sku.id == SkuFigure.sku_id)
    .outerjoin(Supplier, Supplier.id == SkuFigure.supplier_id)
)


def _widened(narrow: Select) -> Select:
    """What a row shows beside what it is sorted and filtered by, for the few rows found."""
    found = narrow.subquery()
    places = (column for column in found.c if column.name != "sku_id")
    return _SHOWN.add_columns(*places).join(found, found.c.sku_id == SkuFigure.sku_id)


def _stand(row: Any) -> SkuStand:
    has_demand = row.selling_days > 0 and row.units > 0
    return SkuStand(
        sku_id=row.sku_id,
        sku=row.sku,
        product=row.product,
        supplier=row.supplier_name or row.supplier_code or "",
        on_hand=row.on_hand,
        reserved=row.reserved,
        available=row.available,
        incoming=row.incoming,
        backordered=row.backordered,
        demand_per_day=row.units / row.selling_days if row.selling_days else None,
        demand_sd=row.demand_sd,
        selling_days=row.selling_days,
        days_of_cover=row.available * row.selling_days / row.units if has_demand else None,
        lead_time_days=None if row.lead_days is None else row.lead_days / max(row.lead_receipts, 1),
        lead_receipts=row.lead_receipts,
        safety_stock=row.safety_stock,
        reorder_point=row.reorder_point,
        is_point_typed=row.is_point_typed,
        extra_units=row.extra_units,
        position=row.position,
        suggested_order=row.suggested_order,
        status=row.status,
        forecast_units=row.forecast_units,
        low_units=row.low_units,
        high_units=row.high_units,
    )
