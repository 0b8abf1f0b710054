"""How dates held and forecasts did, as estimates keep it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, SQLColumnExpression, cast, func, select
from sqlalchemy.orm import Session

from dashboard.domain.kept_dates import LIKELY, NOTHING_JUDGED, PLAIN, REPLAYED, SHOWN, Record, holds_better
from dashboard.models import DemandForecast, ForecastRecord, KeptDates, ReceiptLine, Sku, SkuFigure, Supplier
from dashboard.panels.choices import Counting
from dashboard.panels.filters import Selection, conditions

ORIGINS = (REPLAYED, SHOWN)
RULES = (PLAIN, LIKELY)

# What the filters of the reports look at. A supplier's dates are one row for each origin.
KEPT: dict[str, SQLColumnExpression[Any]] = {"supplier": KeptDates.supplier_id}
KEPT_COUNTING = Counting("row", KEPT, count=func.count(KeptDates.origin.distinct()))
FORECAST: dict[str, SQLColumnExpression[Any]] = {"supplier": SkuFigure.supplier_id, "sku": DemandForecast.sku_id}
FORECAST_COUNTING = Counting(
    "SKU",
    FORECAST,
    rows=DemandForecast.__table__.outerjoin(SkuFigure.__table__, SkuFigure.sku_id == DemandForecast.sku_id),
)


@dataclass(frozen=True, slots=True)
class SupplierRecord:
    """How the dates of one supplier's goods held, by both rules."""

    supplier_id: str
    supplier: str
    origin: str
    plain: Record
    likely: Record


@dataclass(frozen=True, slots=True)
class MethodRecord:
    """How far a method was off at one kind of demand."""

    kind: str
    method: str
    forecasts: int
    units: float
    missed: float
    covered: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class SkuForecast:
    """What a SKU is likely to sell over the next four weeks."""

    sku: str
    product: str | None
    kind: str
    method: str
    units: float
    low_units: float
    high_units: float
    event_units: int
    as_of: date


def record(session: Session, *, origin: str, rule: str) -> Record:
    """What the dates of one rule came to, of all suppliers together."""
    found = session.execute(_whole(), {}).all()
    return next(
        (Record(*row[2:]) for row in found if (row.origin, row.rule) == (ORIGINS.index(origin), RULES.index(rule))),
        NOTHING_JUDGED,
    )


@lru_cache(maxsize=1)
def _whole() -> Select:
    return select(KeptDates.origin, KeptDates.rule, *_sums()).group_by(KeptDates.origin, KeptDates.rule)


def _sums() -> list[Any]:
    columns = (KeptDates.judged, KeptDates.held, KeptDates.eta_held, KeptDates.loss_tenths)
    return [cast(func.sum(column), BigInteger) for column in columns]


def judged_origin(session: Session) -> str:
    """What to judge by: what was shown, once enough of it is judged; until then what history replayed says."""
    return SHOWN if record(session, origin=SHOWN, rule=LIKELY).is_enough else REPLAYED


def shows_likely_dates(session: Session) -> bool:
    """Whether likely dates have earned their place beside those of the plain rule."""
    origin = judged_origin(session)
    return holds_better(record(session, origin=origin, rule=LIKELY), record(session, origin=origin, rule=PLAIN))


def suppliers(session: Session, *, origin: str, where: Sequence[ColumnElement[bool]] = ()) -> list[SupplierRecord]:
    """Every supplier of which a date was judged, the most judged first; or those of a condition."""
    place = ORIGINS.index(origin)
    rows = session.execute(
        select(Supplier.code, Supplier.name, KeptDates.rule, *_sums())
        .join(Supplier, Supplier.id == KeptDates.supplier_id)
        .where(KeptDates.origin == place, *where)
        .group_by(Supplier.code, Supplier.name, KeptDates.rule)
    )
    by_supplier: dict[tuple[str, str], dict[int, Record]] = {}
    for code, name, rule, *sums in rows:
        by_supplier.setdefault((code, name or code), {})[rule] = Record(*sums)
    found = [
        SupplierRecord(
            code,
            name,
            origin,
            rules.get(RULES.index(PLAIN), NOTHING_JUDGED),
            rules.get(RULES.index(LIKELY), NOTHING_JUDGED),
        )
        for (code, name), rules in by_supplier.items()
    ]
    return sorted(found, key=lambda one: (-one.likely.judged, one.supplier_id))


def kept_dates(session: Session, selection: Selection, today: date) -> Iterator[SupplierRecord]:
    """The rows of the report: by supplier, then whether replayed or shown."""
    where = conditions(session, selection, today, KEPT)
    both = [one for origin in ORIGINS for one in suppliers(session, origin=origin, where=where)]
    return iter(sorted(both, key=lambda one: (one.supplier_id, ORIGINS.index(one.origin))))


def methods(session: Session) -> list[MethodRecord]:
    """How each method did at each kind of demand."""
    row = ForecastRecord
    return [
        MethodRecord(*found)
        for found in session.execute(
            select(row.kind, row.method, row.forecasts, row.units, row.missed_units, row.covered, row.chosen)
        )
    ]


def forecasts(session: Session, selection: Selection, today: date) -> Iterator[SkuForecast]:
    """The forecast of every SKU that sold, by SKU."""
    row = DemandForecast
    query = (
        select(
            Sku.code, Sku.name, row.kind, row.method, row.units, row.low_units, row.high_units, row.event_units,
            row.as_of,
        )
        .join(Sku, Sku.id == row.sku_id)
        .outerjoin(SkuFigure, SkuFigure.sku_id == row.sku_id)
        .where(*conditions(session, selection, today, FORECAST))
        .order_by(Sku.code)
    )  # fmt: skip
    return (SkuForecast(*found) for found in session.execute(query.execution_options(yield_per=2_000)))


def forecast_count(session: Session, *where: ColumnElement[bool]) -> int:
    """How many SKUs have a forecast; or those of a condition."""
    count = (
        select(func.count()).select_from(FORECAST_COUNTING.rows) if where else select(func.count(DemandForecast.sku_id))
    )
    return session.scalar(count.where(*where)) or 0


def judged_as_of(session: Session) -> date | None:
    """The day as of which dates were judged; None: not yet."""
    return session.scalar(select(func.max(KeptDates.as_of)))


def first_receipt(session: Session) -> date | None:
    """The day of the oldest receipt."""
    return session.scalar(select(func.min(ReceiptLine.received_on)))
