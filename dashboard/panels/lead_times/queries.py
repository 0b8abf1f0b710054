"""Suppliers and what they deliver: how long each took, how much came when promised, what is still to come."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, Select, SQLColumnExpression, case, cast, func, select, type_coerce
from sqlalchemy.orm import Session

from dashboard.domain.lead_times import ENOUGH_OBSERVATIONS, MICROS, TENTHS
from dashboard.models import Sku, Supplier, SupplierFigures, SupplierMonth
from dashboard.models.supplier_figures import ALL_SKUS
from dashboard.panels.choices import Counting
from dashboard.panels.filters import Selection, conditions
from dashboard.panels.pages import Page, Sort, View, read_page
from dashboard.panels.report import ROWS_AT_ONCE

FILTERED_BY = ("supplier", "sku")
# What its filters look at.
COLUMNS: dict[str, SQLColumnExpression[Any]] = {"supplier": SupplierFigures.supplier_id, "sku": SupplierFigures.sku_id}
# So many rows are pictured: as many as can be told apart.
PICTURED_AT_MOST = 10
COUNTED_AT_MOST = 10_000  # rows of the report; beyond, it has more than these
# A rate as a whole number, to sort by; of what has none, beyond all that have one.
RATE_STEPS = 1_000_000


class SupplierRow(NamedTuple):
    """A supplier, or one SKU of its."""

    supplier_key: int
    sku_key: int
    supplier_id: str
    supplier: str | None
    country: str | None
    sku: str | None  # None: all that the supplier delivers
    product: str | None
    observations: int
    mean_days: float | None
    sd_days: float | None
    p50_days: float | None
    p90_days: float | None
    quoted_days: int | None
    units_due: int  # first promised for one of the 365 days to yesterday
    units_on_time: int
    open_units: int
    overdue_units: int
    waiting_lines: int

    @property
    def name(self) -> str:
        """What the row is called: the SKU where it is of one, else the supplier."""
        return (self.product or self.sku) if self.sku is not None else self.supplier_name

    @property
    def supplier_name(self) -> str:
        return self.supplier or self.supplier_id

    @property
    def enough_data(self) -> bool:
        return self.observations >= ENOUGH_OBSERVATIONS

    @property
    def on_time_rate(self) -> float | None:
        """None where nothing was due."""
        return self.units_on_time / self.units_due if self.units_due else None


@dataclass(frozen=True, slots=True)
class Totals:
    """What a selection comes to."""

    rows: int  # of the report; one more than are counted where there are more
    listed: int  # of the table
    observations: int
    open_units: int
    overdue_units: int
    units_due: int
    units_on_time: int

    @property
    def enough_data(self) -> bool:
        return self.observations >= ENOUGH_OBSERVATIONS

    @property
    def on_time_rate(self) -> float | None:
        return self.units_on_time / self.units_due if self.units_due else None


@dataclass(frozen=True, slots=True)
class Month:
    """What was first promised for days of a month, and came by then."""

    first: date
    units_due: int
    units_on_time: int


_ROW = SupplierFigures
_NAMES = (Supplier.code, func.coalesce(Sku.code, ""))
_enough = _ROW.observations >= ENOUGH_OBSERVATIONS


def _largest_first(figure: SQLColumnExpression[Any]) -> Sort:
    """Names rise while the figure falls, so that what is alike stands by name either way round."""
    return Sort((type_coerce(-func.coalesce(figure, -1), BigInteger), *_NAMES), falls=True, largest_first=True)


def _told(figure: SQLColumnExpression[Any]) -> SQLColumnExpression[Any]:
    """A figure where it is shown: not of too few deliveries."""
    return case((_enough, figure))


_rate = case(
    (_enough & (_ROW.units_due > 0), _ROW.units_on_time * RATE_STEPS // _ROW.units_due),
    else_=2 * RATE_STEPS,
)

DEFAULT_SORT = "-overdue"
SORTS: dict[str, Sort] = {
    "supplier": Sort(_NAMES),
    "deliveries": _largest_first(_ROW.observations),
    "quoted": _largest_first(_ROW.quoted_days),
    "mean": _largest_first(_told(_ROW.mean_micros)),
    "spread": _largest_first(_told(_ROW.sd_micros)),
    "median": _largest_first(_told(_ROW.p50_tenths)),
    "nine-of-ten": _largest_first(_told(_ROW.p90_tenths)),
    "on-time": Sort((type_coerce(_rate, BigInteger), *_NAMES)),
    "open": _largest_first(_ROW.open_units),
    "overdue": _largest_first(_ROW.overdue_units),
    "waiting": _largest_first(_ROW.waiting_lines),
}


def listed(session: Session, selection: Selection, today: date) -> list[ColumnElement[bool]]:
    """The rows of the table: suppliers; once a filter is set, the SKUs that it leaves."""
    if not selection:
        return [_ROW.sku_id == ALL_SKUS]
    return [_ROW.sku_id != ALL_SKUS, *conditions(session, selection, today, COLUMNS)]


def of_suppliers(session: Session, selection: Selection, today: date) -> list[ColumnElement[bool]]:
    """The rows of whole suppliers that a selection without a SKU leaves."""
    return [_ROW.sku_id == ALL_SKUS, *conditions(session, selection, today, COLUMNS)]


def supplier_page(session: Session, view: View, today: date) -> Page[SupplierRow]:
    """One page of the table."""
    narrow = (
        select(_ROW.supplier_id, _ROW.sku_id)
        .join(Supplier, Supplier.id == _ROW.supplier_id)
        .outerjoin(Sku, Sku.id == _ROW.sku_id)
        .where(*listed(session, view.selection, today))
    )
    return read_page(session, narrow, SORTS[view.sort], view, widen=_widened, make=_row)


def whole_suppliers(session: Session, selection: Selection, today: date) -> tuple[SupplierRow, ...]:
    """The suppliers that a filter names, as a whole: they stand over their SKUs. None where it names SKUs too."""
    if not selection.of("supplier") or selection.of("sku"):
        return ()
    rows = session.execute(_SHOWN.where(*of_suppliers(session, selection, today)).order_by(Supplier.code))
    return tuple(_row(row) for row in rows)


def most_waited_for(session: Session, selection: Selection, today: date) -> list[SupplierRow]:
    """The rows on which most hangs now: lines that wait, then units on order, then deliveries."""
    by = (_ROW.waiting_lines.desc(), _ROW.open_units.desc(), _ROW.observations.desc(), *_NAMES)
    found = _SHOWN.where(*listed(session, selection, today)).order_by(*by).limit(PICTURED_AT_MOST)
    return [_row(row) for row in session.execute(found)]


def totals(session: Session, selection: Selection, today: date) -> Totals:
    """Sums over whole suppliers, or over the SKUs that are asked for; a supplier has the sums of its SKUs."""
    counted = listed(session, selection, today) if selection.of("sku") else of_suppliers(session, selection, today)
    summed = (_ROW.observations, _ROW.open_units, _ROW.overdue_units, _ROW.units_due, _ROW.units_on_time)
    sums = session.execute(select(*(_sum(column) for column in summed)).where(*counted)).one()
    rows = _count(session, conditions(session, selection, today, COLUMNS))
    return Totals(rows, _count(session, listed(session, selection, today)), *sums)


def months(session: Session, selection: Selection, today: date) -> tuple[Month, ...]:
    """What was due and came in each of the last months, of the suppliers of a selection."""
    by_supplier = conditions(session, selection.only(["supplier"]), today, {"supplier": SupplierMonth.supplier_id})
    rows = session.execute(
        select(SupplierMonth.month, _sum(SupplierMonth.units_due), _sum(SupplierMonth.units_on_time))
        .where(*by_supplier)
        .group_by(SupplierMonth.month)
        .order_by(SupplierMonth.month)
    )
    return tuple(Month(*row) for row in rows)


def lead_times(session: Session, selection: Selection, today: date) -> Iterator[SupplierRow]:
    """The report: the suppliers of a selection, then their SKUs; only SKUs where it names any."""
    of_skus = case((_ROW.sku_id == ALL_SKUS, 0), else_=1)
    rows = _SHOWN.where(*conditions(session, selection, today, COLUMNS)).order_by(of_skus, *_NAMES)
    for row in session.execute(rows.execution_options(yield_per=ROWS_AT_ONCE)):
        yield _row(row)


def _count(session: Session, where: list[ColumnElement[bool]]) -> int:
    found = select(_ROW.supplier_id).where(*where).limit(COUNTED_AT_MOST + 1).subquery()
    return session.scalar(select(func.count()).select_from(found)) or 0


def _sum(column: Any) -> ColumnElement[int]:
    """A sum as a whole number on both databases: PostgreSQL adds up to a decimal."""
    return cast(func.coalesce(func.sum(column), 0), BigInteger)


_SHOWN = (
    select(
        _ROW.supplier_id.label("supplier_key"),
        _ROW.sku_id.label("sku_key"),
        Supplier.code.label("supplier_code"),
        Supplier.name.label("supplier_name"),
        Supplier.country,
        Sku.code.label("sku_code"),
        Sku.name.label("product"),
        _ROW.observations,
        _ROW.mean_micros,
        _ROW.sd_micros,
        _ROW.p50_tenths,
        _ROW.p90_tenths,
        _ROW.quoted_days,
        _ROW.units_due,
        _ROW.units_on_time,
        _ROW.open_units,
        _ROW.overdue_units,
        _ROW.waiting_lines,
    )
    .join(Supplier, Supplier.id == _ROW.supplier_id)
    .outerjoin(Sku, Sku.id == _ROW.sku_id)
)


def _widened(narrow: Select) -> Select:
    found = narrow.subquery()
    places = (column for column in found.c if column.name not in ("supplier_id", "sku_id"))
    here = (found.c.supplier_id == _ROW.supplier_id) & (found.c.sku_id == _ROW.sku_id)
    return _SHOWN.add_columns(*places).join(found, here)


def _row(row: Any) -> SupplierRow:
    return SupplierRow(
        supplier_key=row.supplier_key,
        sku_key=row.sku_key,
        supplier_id=row.supplier_code,
        supplier=row.supplier_name,
        country=row.country,
        sku=row.sku_code,
        product=row.product,
        observations=row.observations,
        mean_days=_days(row.mean_micros, MICROS),
        sd_days=_days(row.sd_micros, MICROS),
        p50_days=_days(row.p50_tenths, TENTHS),
        p90_days=_days(row.p90_tenths, TENTHS),
        quoted_days=row.quoted_days,
        units_due=row.units_due,
        units_on_time=row.units_on_time,
        open_units=row.open_units,
        overdue_units=row.overdue_units,
        waiting_lines=row.waiting_lines,
    )


def _days(parts: int | None, of_a_day: int) -> float | None:
    return None if parts is None else parts / of_a_day


# The row of a supplier as a whole names no SKU.
COUNTING = Counting("row", COLUMNS, among=lambda key: (_ROW.sku_id != ALL_SKUS,) if key == "sku" else ())
