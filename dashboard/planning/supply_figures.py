"""What each supplier still owes of each SKU, and how many order lines wait for it: out of the plan as it is derived.

Facts and plan are in memory then, so that an act reads only what is stored of its own SKUs, and writes what differs. A
line waits for one SKU, so a supplier as a whole has the sum of its SKUs, and moves by what they moved.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import cache

import numpy as np
from sqlalchemy import delete, func, literal, or_, select, tuple_, update

from dashboard import models
from dashboard.bulk import Among, Rows, columns, number, run, staged, upsert_of
from dashboard.domain.promises import due_on, is_overdue
from dashboard.estimates import keep_figures
from dashboard.estimates.supplier_figures import OPEN, says_nothing
from dashboard.models.supplier_figures import ALL_SKUS
from dashboard.planning.derive import Plan
from dashboard.planning.facts import NOBODY, Facts


@dataclass(frozen=True, slots=True)
class Owed:
    """One row a supplier and SKU, sorted by both."""

    supplier_id: np.ndarray
    sku_id: np.ndarray
    open_units: np.ndarray
    overdue_units: np.ndarray
    waiting_lines: np.ndarray


@dataclass(frozen=True, slots=True)
class OwedDifference:
    """One row a supplier and SKU of which something else is owed than is stored: what is, and how much more that is."""

    supplier_id: np.ndarray
    sku_id: np.ndarray
    open_units: np.ndarray
    overdue_units: np.ndarray
    waiting_lines: np.ndarray
    more_open_units: np.ndarray
    more_overdue_units: np.ndarray
    more_waiting_lines: np.ndarray

    @property
    def is_empty(self) -> bool:
        return not len(self.sku_id)

    def of_skus(self, skus: np.ndarray) -> OwedDifference:
        rows = np.isin(self.sku_id, skus)
        return OwedDifference(*(getattr(self, field.name)[rows] for field in fields(self)))


def owed(facts: Facts, plan: Plan, skus: np.ndarray | None = None) -> Owed:
    """What is owed of all SKUs, or of listed ones (ids)."""
    incoming = facts.incoming
    sku_id = facts.skus.id[incoming.sku]
    # The supplies that were set apart for companions are of other SKUs than those that are planned.
    rows = np.arange(len(sku_id)) if skus is None else np.flatnonzero(np.isin(sku_id, skus))
    supplier_id, sku_id = facts.supplier_id[incoming.dates.supplier[rows]], sku_id[rows]
    units = incoming.open_qty[rows]
    overdue = is_overdue(due_on(incoming.dates)[rows], facts.today)

    span = 1 + int(sku_id.max(initial=0))
    every, of = np.unique(supplier_id * span + sku_id, return_inverse=True)
    return Owed(
        every // span,
        every % span,
        _sums(of, units, len(every)),
        _sums(of, np.where(overdue, units, 0), len(every)),
        _lines_behind(plan.pegs, incoming.id[rows], of, len(every)),
    )


def find_owed_difference(connection, facts: Facts, plan: Plan, skus: np.ndarray | None = None) -> OwedDifference:
    """What is owed otherwise than stored: of everything, or of listed SKUs (ids)."""
    return _compared(owed(facts, plan, skus), _stored(connection, skus))


def write_owed(connection, difference: OwedDifference) -> None:
    """Stores what is owed; whoever calls keeps the SKUs still. Suppliers have many of them, so this comes last."""
    if difference.is_empty:
        return
    keep_figures(connection)
    cells = {field.name: getattr(difference, field.name) for field in fields(difference)}
    with staged(connection, "plan_owed", **cells) as rows:
        for statement in _writing(connection.dialect.name, rows):
            run(connection, statement)
        if not difference.open_units.all():
            run(connection, _emptied(rows))


def findings(connection, facts: Facts, plan: Plan) -> Iterator[str]:
    """Where what is stored differs from a plan derived now, and a supplier from its SKUs, as sentences."""
    for row in find_owed_difference(connection, facts, plan).sku_id[:1]:
        yield f"supplier_figures: what is owed of SKU id {row} differs from a plan derived now; run flask plan"
    for (supplier_id,) in connection.execute(_unlike_their_skus()):
        yield f"supplier_figures: supplier id {supplier_id} owes another sum than its SKUs"


def _lines_behind(pegs, supply_ids, of, count):
    """How many different order lines are pegged to the supplies of each group."""
    result = np.zeros(count, np.int64)
    if not len(supply_ids) or not len(pegs.line_id):
        return result
    at = Rows(supply_ids).of(pegs.purchase_order_line_id)
    ours = at != NOBODY
    span = 1 + int(pegs.line_id.max())
    pairs = of[at[ours]] * span + pegs.line_id[ours]
    pairs.sort()  # quicker than telling them apart by hashes
    return np.bincount(pairs[np.diff(pairs, prepend=-1) != 0] // span, minlength=count)


def _stored(connection, skus):
    return Owed(*columns(connection, _stored_query(skus is not None), **({} if skus is None else {"skus": skus})))


@cache
def _stored_query(listed):
    row = models.SupplierFigures
    query = select(*(number(getattr(row, field.name)) for field in fields(Owed)))
    return query.where(Among(row.sku_id, "skus") if listed else row.sku_id != ALL_SKUS, row.open_units > 0)


def _compared(now, stored):
    span = 1 + max(int(now.sku_id.max(initial=0)), int(stored.sku_id.max(initial=0)))
    keys = np.concatenate([one.supplier_id * span + one.sku_id for one in (now, stored)])
    every, of = np.unique(keys, return_inverse=True)
    split = len(now.sku_id)
    are = {name: _sums(of[:split], getattr(now, name), len(every)) for name in OPEN}
    were = {name: _sums(of[split:], getattr(stored, name), len(every)) for name in OPEN}
    differs = np.any([are[name] != were[name] for name in OPEN], axis=0)
    return OwedDifference(
        (every // span)[differs],
        (every % span)[differs],
        *(are[name][differs] for name in OPEN),
        *((are[name] - were[name])[differs] for name in OPEN),
    )


def _sums(index, amounts, size):
    result = np.zeros(size, np.int64)
    np.add.at(result, index, amounts)
    return result


@cache
def _writing(dialect, rows):
    """Each SKU has what it owes now; its supplier as a whole has so much more than before."""
    row = models.SupplierFigures.__table__
    wholes = select(rows.c.supplier_id, literal(ALL_SKUS).label("sku_id")).distinct().subquery()
    each = _added(dialect, rows, carried=False, units={name: rows.c[name] for name in OPEN})
    more = (
        select(rows.c.supplier_id, *(func.sum(rows.c[f"more_{name}"]).label(name) for name in OPEN))
        .group_by(rows.c.supplier_id)
        .subquery()
    )
    return (
        each.on_conflict_do_update(
            index_elements=["supplier_id", "sku_id"], set_={name: each.excluded[name] for name in OPEN}
        ),
        _added(dialect, wholes, carried=True, units=dict.fromkeys(OPEN, literal(0))).on_conflict_do_nothing(),
        update(row)
        .where(row.c.supplier_id == more.c.supplier_id, row.c.sku_id == ALL_SKUS)
        .values({name: row.c[name] + more.c[name] for name in OPEN}),
    )


def _added(dialect, source, *, carried, units):
    """Rows of which nothing is learnt yet, for where there are none."""
    supplier = models.Supplier.__table__
    cells = {
        "supplier_id": source.c.supplier_id,
        "sku_id": source.c.sku_id,
        "observations": literal(0),
        "quoted_days": supplier.c.lead_time_days,
        "units_due": literal(0),
        "units_on_time": literal(0),
        "carried": literal(carried),
        **units,
    }
    # SQLite cannot tell the clause that follows from that of a join, but for a condition between them.
    query = select(*cells.values()).join_from(source, supplier, supplier.c.id == source.c.supplier_id)
    query = query.where(source.c.sku_id >= ALL_SKUS)
    return upsert_of(dialect, models.SupplierFigures.__table__).from_select(list(cells), query)


@cache
def _emptied(rows):
    row = models.SupplierFigures.__table__
    own = select(rows.c.supplier_id, rows.c.sku_id)
    return delete(row).where(tuple_(row.c.supplier_id, row.c.sku_id).in_(own), says_nothing(row))


def _unlike_their_skus():
    whole, each = models.SupplierFigures, models.SupplierFigures.__table__.alias()
    sums = (
        select(each.c.supplier_id, *(func.sum(each.c[name]).label(name) for name in OPEN))
        .where(each.c.sku_id != ALL_SKUS)
        .group_by(each.c.supplier_id)
        .subquery()
    )
    return (
        select(whole.supplier_id)
        .outerjoin(sums, sums.c.supplier_id == whole.supplier_id)
        .where(whole.sku_id == ALL_SKUS)
        .where(or_(*(getattr(whole, name) != func.coalesce(sums.c[name], 0) for name in OPEN)))
        .order_by(whole.supplier_id)
        .limit(1)
    )
