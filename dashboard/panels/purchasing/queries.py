"""The purchase plan: every SKU that is to be ordered, what it comes to by supplier, and what is drafted already."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, Select, SQLColumnExpression, cast, func, select
from sqlalchemy.orm import Session

from dashboard.models import (
    PurchaseOrder,
    PurchaseOrderLine,
    Sku,
    SkuFigure,
    Supplier,
    SupplierFigures,
    SupplierSku,
)
from dashboard.panels.choices import Counting
from dashboard.panels.fast_movers.queries import COLUMNS as OF_SKUS
from dashboard.panels.filters import Selection, conditions
from dashboard.panels.pages import Page, Sort, View, read_page
from dashboard.panels.report import ROWS_AT_ONCE

PICTURED = 8  # suppliers of the picture: as many as it has room for

_IDENTITY = (SkuFigure.sku,)
# What nobody sells stands before all suppliers: it needs one.
_SUPPLIER = func.coalesce(Supplier.code, "")
_IS_PLANNED = SkuFigure.to_order == 1
DEFAULT_SORT = "-unmet"
SORTS: dict[str, Sort] = {
    "sku": Sort(_IDENTITY),
    "supplier": Sort((_SUPPLIER, *_IDENTITY)),
    "unmet": Sort((SkuFigure.unmet, *_IDENTITY), largest_first=True),
    "waiting": Sort((SkuFigure.unmet_lines, *_IDENTITY), largest_first=True),
    "incoming": Sort((SkuFigure.incoming, *_IDENTITY), largest_first=True),
    "lead": Sort((SkuFigure.lead_order, *_IDENTITY), largest_first=True),
    "order": Sort((SkuFigure.suggested_order, *_IDENTITY), largest_first=True),
    "status": Sort((SkuFigure.status_order, SkuFigure.cover_order, *_IDENTITY)),
}
COLUMNS: dict[str, SQLColumnExpression[Any]] = OF_SKUS
COUNTING = Counting("SKU", COLUMNS, among=lambda key: (_IS_PLANNED,))


class SupplierTotal(NamedTuple):
    """What is to be bought of one supplier."""

    supplier_key: int | None  # None: nobody sells it
    skus: int
    units: int  # suggested
    unmet: int
    unmet_lines: int


@dataclass(frozen=True, slots=True)
class NamedTotal:
    """The same with the supplier's name."""

    code: str | None
    name: str | None
    total: SupplierTotal


class PlannedSku(NamedTuple):
    """A SKU to be ordered, from whom it is usually bought."""

    sku_id: int
    sku: str
    product: str | None
    supplier_id: str | None  # None: nobody sells it
    supplier: str | None
    unmet: int
    unmet_lines: int
    incoming: int
    position: int
    suggested_order: int
    min_order_qty: int | None
    pack_size: int | None
    unit_cost: int | None  # micro-units
    currency: str | None
    waiting_lines: int  # pegged to what the supplier has on order of it
    lead_time_days: float | None
    lead_receipts: int
    status: str


def supplier_totals(session: Session, selection: Selection, today: date) -> list[SupplierTotal]:
    """What the plan comes to, supplier by supplier: what is waited for most first."""
    rows = session.execute(
        select(
            SkuFigure.supplier_id,
            func.count(),
            *(
                cast(func.sum(column), BigInteger)
                for column in (SkuFigure.suggested_order, SkuFigure.unmet, SkuFigure.unmet_lines)
            ),
        )
        .where(*_where(session, selection, today))
        .group_by(SkuFigure.supplier_id)
    )
    totals = [SupplierTotal(*row) for row in rows]
    return sorted(totals, key=lambda one: (-one.unmet_lines, -one.units, one.supplier_key or 0))


def named(session: Session, totals: Sequence[SupplierTotal]) -> tuple[NamedTotal, ...]:
    """With the names of their suppliers."""
    keys = [one.supplier_key for one in totals if one.supplier_key is not None]
    rows = session.execute(select(Supplier.id, Supplier.code, Supplier.name).where(Supplier.id.in_(keys)))
    names = {key: (code, name) for key, code, name in rows}
    return tuple(NamedTotal(*names.get(one.supplier_key or 0, (None, None)), one) for one in totals)


def plan_page(session: Session, view: View, today: date, *, walked: bool) -> Page[PlannedSku]:
    """One page of the table."""
    narrow = select(SkuFigure.sku_id).where(*_where(session, view.selection, today, walked=walked))
    if view.sort == "supplier":
        narrow = narrow.outerjoin(Supplier, Supplier.id == SkuFigure.supplier_id)
    return read_page(session, narrow, SORTS[view.sort], view, widen=_widened, make=_planned, walked=walked)


def planned_skus(session: Session, selection: Selection, today: date) -> Iterator[PlannedSku]:
    """The report: by supplier and SKU, read as it is used."""
    rows = (
        _SHOWN.where(*_where(session, selection, today))
        .order_by(_SUPPLIER, *_IDENTITY)
        .execution_options(yield_per=ROWS_AT_ONCE)
    )
    return (_planned(row) for row in session.execute(rows))


def count_planned(session: Session, selection: Selection, today: date) -> int:
    """How many SKUs of a selection are to be ordered."""
    return session.scalar(select(func.count()).where(*_where(session, selection, today))) or 0


def drafted_units(session: Session, sku_ids: Sequence[int]) -> dict[int, int]:
    """Units of SKUs (ids) that stand in drafts, and supply nothing before these are sent."""
    line, order = PurchaseOrderLine, PurchaseOrder
    rows = session.execute(
        select(line.sku_id, cast(func.sum(line.qty), BigInteger))
        .join(order, order.id == line.purchase_order_id)
        .where(line.sku_id.in_(sku_ids), order.status == "draft")
        .group_by(line.sku_id)
    )
    return dict(rows.all())


def skus_matching(session: Session, selection: Selection, today: date, *, at_most: int) -> list[int]:
    """The SKUs (ids) of the plan that a selection leaves, by supplier and code; at most so many."""
    return list(
        session.scalars(
            select(SkuFigure.sku_id)
            .outerjoin(Supplier, Supplier.id == SkuFigure.supplier_id)
            .where(*_where(session, selection, today))
            .order_by(_SUPPLIER, *_IDENTITY)
            .limit(at_most)
        )
    )


def planned_of(session: Session, sku_ids: Sequence[int]) -> tuple[PlannedSku, ...]:
    """Some SKUs (ids), by supplier and code, whether they are still to be ordered or not."""
    rows = session.execute(_SHOWN.where(SkuFigure.sku_id.in_(sku_ids)).order_by(_SUPPLIER, *_IDENTITY))
    return tuple(_planned(row) for row in rows)


def _where(session: Session, selection: Selection, today: date, *, walked: bool = False) -> list[ColumnElement[bool]]:
    return [_IS_PLANNED, *conditions(session, selection, today, COLUMNS, walked=walked)]


# Made once, because a statement over so many columns takes longer to make than its page takes to read.
_SHOWN = (
    select(
        SkuFigure.sku_id,
        SkuFigure.sku,
        Sku.name.label("product"),
        Supplier.code.label("supplier_code"),
        Supplier.name.label("supplier_name"),
        SkuFigure.unmet,
        SkuFigure.unmet_lines,
        SkuFigure.incoming,
        SkuFigure.position,
        SkuFigure.suggested_order,
        SupplierSku.min_order_qty,
        SupplierSku.pack_size,
        SupplierSku.unit_cost,
        Sku.currency,
        func.coalesce(SupplierFigures.waiting_lines, 0).label("waiting_lines"),
        SkuFigure.lead_days,
        SkuFigure.lead_receipts,
        SkuFigure.status,
    )
    .join(Sku, Sku.id == SkuFigure.sku_id)
    .outerjoin(Supplier, Supplier.id == SkuFigure.supplier_id)
    .outerjoin(
        SupplierSku, (SupplierSku.supplier_id == SkuFigure.supplier_id) & (SupplierSku.sku_id == SkuFigure.sku_id)
    )
    .outerjoin(
        SupplierFigures,
        (SupplierFigures.supplier_id == SkuFigure.supplier_id) & (SupplierFigures.sku_id == SkuFigure.sku_id),
    )
)


def _widened(narrow: Select) -> Select:
    """What a row shows beside what it is sorted and filtered by, for the few rows found."""
    found = narrow.subquery()
    places = (column for column in found.c if column.name != "sku_id")
    return _SHOWN.add_columns(*places).join(found, found.c.sku_id == SkuFigure.sku_id)


def _planned(row: Any) -> PlannedSku:
    return PlannedSku(
        sku_id=row.sku_id,
        sku=row.sku,
        product=row.product,
        supplier_id=row.supplier_code,
        supplier=row.supplier_name or row.supplier_code,
        unmet=row.unmet,
        unmet_lines=row.unmet_lines,
        incoming=row.incoming,
        position=row.position,
        suggested_order=row.suggested_order,
        min_order_qty=row.min_order_qty,
        pack_size=row.pack_size,
        unit_cost=row.unit_cost,
        currency=row.currency,
        waiting_lines=row.waiting_lines,
        lead_time_days=None if row.lead_days is None else row.lead_days / max(row.lead_receipts, 1),
        lead_receipts=row.lead_receipts,
        status=row.status,
    )
