"""How each SKU stands, one row each: written with the plan, because what is reserved, comes and waits is part of it.

The past says how fast a SKU sells and how long its supplier takes (`demand_estimates`), the merchant what was typed,
and the plan in memory the rest. Nobody else writes these rows: learnt figures reach them with the plan that follows
the learning, so that two writers never leave a row half of one and half of the other.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import cache

import numpy as np
from sqlalchemy import BigInteger, case, func, or_, select, type_coerce

from dashboard import models
from dashboard.bulk import Among, Rows, Words, columns, number, run, staged, text, upsert_of
from dashboard.domain import fast_movers, purchase_plans
from dashboard.domain.allocation import total
from dashboard.domain.columns import NONE
from dashboard.domain.fast_movers import STATUSES
from dashboard.planning.derive import Plan, fingerprint, fingerprints_of
from dashboard.planning.facts import Facts

NEVER_WRITTEN = NONE  # the fingerprint of a row that is not there


@dataclass(frozen=True, slots=True)
class FigureRows:
    """Rows to write, one a SKU; whole numbers throughout, NONE where empty."""

    sku_id: np.ndarray
    supplier_id: np.ndarray
    on_hand: np.ndarray
    reserved: np.ndarray
    available: np.ndarray
    incoming: np.ndarray
    backordered: np.ndarray
    units: np.ndarray
    selling_days: np.ndarray
    demand_order: np.ndarray
    cover_order: np.ndarray
    lead_receipts: np.ndarray
    lead_days: np.ndarray
    lead_order: np.ndarray
    extra_units: np.ndarray
    safety_stock: np.ndarray
    reorder_point: np.ndarray
    point_order: np.ndarray
    position: np.ndarray
    suggested_order: np.ndarray
    status_order: np.ndarray
    unmet: np.ndarray
    unmet_lines: np.ndarray
    to_order: np.ndarray
    digest: np.ndarray

    @property
    def is_empty(self) -> bool:
        return not len(self.sku_id)

    def of(self, skus) -> FigureRows:
        """Those of some SKUs (ids)."""
        return self.at(np.isin(self.sku_id, skus))

    def at(self, rows) -> FigureRows:
        return FigureRows(*(getattr(self, field.name)[rows] for field in fields(self)))


def changed_figures(connection, facts: Facts, plan: Plan, skus=None) -> FigureRows:
    """The rows that are not stored as the facts and the plan of them say: of all SKUs, or of some (sorted ids) whose
    facts are all there.
    """
    found, stored_digest = _derived(connection, facts, plan, skus)
    return found.at(found.digest != stored_digest)


def write_figures(connection, rows: FigureRows) -> None:
    """Writes rows; the caller keeps their SKUs still."""
    if rows.is_empty:
        return
    rows = rows.at(np.argsort(rows.sku_id))  # written so, each page is touched once
    cells = {field.name: getattr(rows, field.name) for field in fields(rows)}
    with staged(connection, "plan_figures", **cells) as table:
        run(connection, _upsert(connection.dialect.name, table))


def check_figures(connection, facts: Facts, plan: Plan) -> Iterator[str]:
    """What is stored of SKUs and is not so, cell by cell."""
    derived, _ = _derived(connection, facts, plan, None)
    names = [field.name for field in fields(FigureRows)]
    expected = {row[0]: row for row in zip(*(getattr(derived, name).tolist() for name in names), strict=True)}
    stored = {row[0]: row for row in zip(*(each.tolist() for each in columns(connection, _stored())), strict=True)}
    for sku_id in sorted(expected.keys() | stored.keys()):
        was, should = stored.get(sku_id), expected.get(sku_id)
        if was != should:
            cells = [name for place, name in enumerate(names) if was and should and was[place] != should[place]]
            said = ", ".join(cells) or "the row"
            yield f"sku_figures of SKU id {sku_id}: {said} differ from figures derived now; run flask plan"
    for (code,) in connection.execute(_miscopied()):
        yield f"sku_figures of {code}: its code, class, status or the spread of its demand is copied wrongly"


def _derived(connection, facts, plan, skus):
    """Every row as it should be, with the fingerprint of the one that is stored."""
    (
        ids,
        typed_safety,
        typed_point,
        units,
        selling_days,
        own_units,
        own_squares,
        supplier_id,
        lead_receipts,
        lead_days,
        least,
        pack,
        extra,
        safety,
        stored_digest,
        classes,
    ) = columns(connection, _learnt(skus is not None), **({} if skus is None else {"skus": skus}))
    shelf = _shelf(Rows(ids), facts, plan)
    found = fast_movers.stand(
        shelf,
        fast_movers.Rules(
            units, selling_days, lead_days, lead_receipts, extra, safety, typed_safety, typed_point, least, pack
        ),
    )
    cells = (
        ids,
        supplier_id,
        shelf.on_hand,
        shelf.reserved,
        found.available,
        shelf.incoming,
        shelf.backordered,
        units,
        selling_days,
        found.demand_order,
        found.cover_order,
        lead_receipts,
        lead_days,
        found.lead_order,
        extra,
        found.safety_stock,
        found.reorder_point,
        np.where(found.reorder_point == NONE, fast_movers.UNKNOWN_FIRST, found.reorder_point),
        found.position,
        found.suggested_order,
        found.status,
        *_unmet(Rows(ids), plan),
        purchase_plans.is_to_order(found.suggested_order, found.position).astype(np.int64),
    )
    # What is looked up where a row is written, or what that follows from, is in the fingerprint too.
    words = Words()
    sku_class = words.numbers(classes)
    return FigureRows(
        *cells, fingerprint(*cells, own_units, own_squares, fingerprints_of(words.words)[sku_class])
    ), stored_digest


def _shelf(rows, facts, plan):
    """Units of each SKU by the facts and the plan; those of SKUs that are not asked for belong nowhere."""
    row_of = rows.of(facts.skus.id)
    lying = row_of[facts.shelf.rules.sku]
    counted = np.zeros(rows.count, bool)
    counted[lying[lying >= 0]] = True
    on_hand = total(lying, facts.shelf.rules.on_hand, rows.count)
    waiting = plan.waiting
    return fast_movers.Shelf(
        np.where(counted, on_hand, NONE),
        total(lying, plan.stock_reserved, rows.count),
        total(row_of[facts.incoming.sku], facts.incoming.open_qty, rows.count),
        total(rows.of(waiting.sku_id), waiting.qty_open - waiting.qty_reserved, rows.count),
    )


def _unmet(rows, plan):
    """Units of each SKU that nobody has ordered, and how many lines wait for them."""
    short = np.flatnonzero(plan.unmet > 0)
    row_of = rows.of(plan.waiting.sku_id[short])
    # Parts of one line are of one SKU.
    _, firsts = np.unique(plan.waiting.line_id[short], return_index=True)
    return (
        total(row_of, plan.unmet[short], rows.count),
        total(row_of[firsts], np.ones(len(firsts), np.int64), rows.count),
    )


@cache
def _learnt(listed):
    """What of each SKU is typed and learnt, and the fingerprint of the row that is stored."""
    sku, learnt, figure = models.Sku, models.DemandEstimate, models.SkuFigure

    def learnt_or(column, otherwise):
        return func.coalesce(type_coerce(column, BigInteger), otherwise)

    query = (
        select(
            number(sku.id),
            number(sku.safety_stock),
            number(sku.reorder_point),
            learnt_or(learnt.units, 0),
            learnt_or(learnt.selling_days, 0),
            learnt_or(learnt.units_on_selling_days, 0),
            learnt_or(learnt.squares_on_selling_days, 0),
            learnt_or(learnt.supplier_id, NONE),
            learnt_or(learnt.lead_receipts, 0),
            learnt_or(learnt.lead_days, NONE),
            learnt_or(learnt.min_order_qty, NONE),
            learnt_or(learnt.pack_size, NONE),
            learnt_or(learnt.extra_units, 0),
            learnt_or(learnt.safety_stock, NONE),
            learnt_or(figure.digest, NEVER_WRITTEN),
            text(sku.sku_class),
        )
        .outerjoin(learnt, learnt.sku_id == sku.id)
        .outerjoin(figure, figure.sku_id == sku.id)
    )
    return query.where(Among(sku.id, "skus")) if listed else query


@cache
def _stored():
    return select(*(number(getattr(models.SkuFigure, field.name)) for field in fields(FigureRows)))


@cache
def _miscopied():
    sku, learnt, figure = models.Sku, models.DemandEstimate, models.SkuFigure
    unknown = -1.0
    spread = func.coalesce(figure.demand_sd, unknown) != func.coalesce(learnt.demand_sd, unknown)
    sku_class = figure.sku_class != func.coalesce(sku.sku_class, "")
    status = figure.status_order != case({word: place for place, word in enumerate(STATUSES)}, value=figure.status)
    return (
        select(sku.code)
        .join(figure, figure.sku_id == sku.id)
        .outerjoin(learnt, learnt.sku_id == sku.id)
        .where(or_(figure.sku != sku.code, sku_class, status, spread))
        .order_by(sku.code)
    )


@cache
def _upsert(dialect, cells):
    sku, learnt, figure = models.Sku.__table__, models.DemandEstimate.__table__, models.SkuFigure.__table__
    source = {
        name: func.nullif(cell, NONE) if figure.c[name].nullable else cell for name, cell in dict(cells.c).items()
    } | {
        "sku": sku.c.code,
        "sku_class": func.coalesce(sku.c.sku_class, ""),
        "demand_sd": learnt.c.demand_sd,
        "status": case(dict(enumerate(STATUSES)), value=cells.c.status_order),
    }
    query = (
        select(*source.values())
        .select_from(cells)
        .join(sku, sku.c.id == cells.c.sku_id)
        .outerjoin(learnt, learnt.c.sku_id == cells.c.sku_id)
        # SQLite cannot tell the clause that follows from that of a join, but for a condition between them.
        .where(cells.c.sku_id > 0)
    )
    statement = upsert_of(dialect, figure).from_select(list(source), query)
    return statement.on_conflict_do_update(
        index_elements=["sku_id"],
        set_={name: statement.excluded[name] for name in source if name != "sku_id"},
    )
