"""What was said of supply and what came of it: dates shown are kept day by day, history is replayed, both are judged.

The replay stands on the first day of each of the last twelve months, knows what was known then, and dates what was
open on that day and what was ordered in the month after, by the plain rule and by the likely one. So a merchant who
brings a history has an answer on the first day. Dates that suppliers moved on the way are not replayed: nobody kept
what they said before.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache, lru_cache

import numpy as np
from sqlalchemy import delete, func, insert, literal, select, type_coerce
from sqlalchemy.types import Integer

from dashboard import models
from dashboard.bulk import Rows, columns, number, run, staged
from dashboard.domain.columns import NONE, known, sorting
from dashboard.domain.kept_dates import LIKELY, PLAIN, REPLAYED, SHOWN, WHEN_ORDERED, WHILE_OPEN, Said, sum_up
from dashboard.domain.lead_times import OBSERVED_DAYS, Observations
from dashboard.domain.likely_dates import learn_lateness, likely_supply
from dashboard.domain.promises import SupplyFacts, date_supply
from dashboard.estimates.likely_dates import Came, read_came, read_lateness_learnt, read_shifts
from dashboard.estimates.spikes import DAYS_KEPT
from dashboard.estimates.terms import read_terms
from dashboard.models.purchase_orders import PROMISING_STATUSES, STATED_DATE, SUPPLYING_STATUSES

REPLAYED_DAYS = 365
RULES = (PLAIN, LIKELY)
OCCASIONS = (WHEN_ORDERED, WHILE_OPEN)
ORIGINS = (REPLAYED, SHOWN)


@dataclass(frozen=True, slots=True)
class Deliveries:
    """One row a receipt, or what of a line has not come: suppliers and SKUs are rows, days NONE where not known."""

    line_id: np.ndarray
    supplier: np.ndarray
    sku: np.ndarray
    ordered_on: np.ndarray
    first_promise: np.ndarray
    quoted_days: np.ndarray
    received_on: np.ndarray

    def taken(self, rows):
        return Deliveries(*(getattr(self, name)[rows] for name in self.__slots__))


def judge_dates(connection, today) -> None:
    """Replays the last twelve months, judges what was shown, and writes how often dates held, as of today."""
    (supplier_ids,), (sku_ids,) = columns(connection, _suppliers_query()), columns(connection, _skus_query())
    supplier_rows, sku_rows = Rows(supplier_ids), Rows(sku_ids)
    deliveries = _deliveries(connection, supplier_rows, sku_rows, today)
    came = read_came(connection, supplier_rows, sku_rows, today, days=OBSERVED_DAYS + REPLAYED_DAYS)
    said = {(ORIGINS.index(REPLAYED), rule): one for rule, one in enumerate(replay(deliveries, came, today))} | {
        (ORIGINS.index(SHOWN), rule): one for rule, one in enumerate(_shown(connection, deliveries, today))
    }
    cells: dict[str, list[np.ndarray]] = {name: [] for name in _KEPT}
    for (origin, rule), one in said.items():
        for occasion in (0, 1):
            among = one.is_first == (occasion == 0)
            sums = sum_up(one, today, len(supplier_ids), among)
            some = np.flatnonzero(sums[0])
            if len(some):
                keys = (np.full(len(some), place) for place in (origin, rule, occasion))
                for name, column in zip(
                    _KEPT, (*keys, supplier_ids[some], *(column[some] for column in sums)), strict=True
                ):
                    cells[name].append(column)
    connection.execute(delete(models.KeptDates))
    none = [np.zeros(0, np.int64)]
    with staged(
        connection, "estimates_of_kept_dates", **{name: np.concatenate(none + of) for name, of in cells.items()}
    ) as cell:
        run(connection, _kept_insert(cell, today))


_KEPT = ("origin", "rule", "occasion", "supplier_id", "judged", "held", "eta_held", "loss_tenths")


def replay(deliveries: Deliveries, came: Came, today) -> tuple[Said, ...]:
    """What would have been said on the first of each of the last twelve months, by the plain and by the likely rule."""
    cuts = _firsts_of_months(today)
    by_plain: list[Said] = []
    by_likely: list[Said] = []
    for cut, following in zip(cuts, [*cuts[1:], today], strict=True):
        before = (came.received_on < cut) & (came.received_on >= cut - OBSERVED_DAYS)
        known_then = came.taken(before)
        promised = known(known_then.first_promise) & (known_then.first_promise >= known_then.ordered_on)
        late = Observations.from_counts(
            known_then.supplier[promised],
            (known_then.received_on - known_then.first_promise)[promised],
            np.ones(int(promised.sum()), np.int64),
        )
        first, moved = known_then.late(cut)
        lateness, shifts = learn_lateness(first, moved.none())
        not_yet = ~known(deliveries.received_on) | (deliveries.received_on >= cut)
        for is_first, rows in (
            (True, (deliveries.ordered_on >= cut) & (deliveries.ordered_on < following)),
            (False, (deliveries.ordered_on < cut) & not_yet),
        ):
            some = deliveries.taken(rows)
            facts = _facts(some, shifts)
            dates = date_supply(facts, late, cut)  # what is not ordered yet on that day is not overdue on it either
            for kept, (eta, late_eta) in (
                (by_plain, (dates.eta, dates.late_eta)),
                (by_likely, likely_supply(facts, lateness, cut)),
            ):
                kept.append(Said(some.supplier, np.full(len(some.line_id), is_first), eta, late_eta, some.received_on))
    plain, likely = _joined(by_plain), _joined(by_likely)
    # Only what both rules dated is compared.
    both = known(plain.late_eta) & known(likely.late_eta)
    return tuple(
        replace(one, eta=np.where(both, one.eta, NONE), late_eta=np.where(both, one.late_eta, NONE))
        for one in (plain, likely)
    )


def keep_shown(connection, today) -> int:
    """Notes the dates of open supply as they stand today, where they differ from what was noted last; how many did."""
    (supplier_ids,), (sku_ids,) = columns(connection, _suppliers_query()), columns(connection, _skus_query())
    supplier_rows, sku_rows = Rows(supplier_ids), Rows(sku_ids)
    line_id, supplier_id, sku_id, ordered_on, first_promise, stated = columns(connection, _open_query())
    supplier, sku = supplier_rows.of(supplier_id), sku_rows.of(sku_id)
    quoted, _ = read_terms(connection, supplier_rows, sku_rows)
    shifts = read_shifts(connection, supplier_rows, sku_rows)
    facts = SupplyFacts(
        supplier, np.arange(len(line_id)), stated, np.full(len(line_id), NONE), ordered_on,
        quoted.of(supplier, sku), first_promise, shifts.of(supplier, sku),
    )  # fmt: skip
    counted_supplier, days, receipts = columns(connection, _lateness_query())
    late = Observations.from_counts(supplier_rows.of(counted_supplier), days, receipts)
    plain = date_supply(facts, late, today)
    likely = likely_supply(facts, read_lateness_learnt(connection, supplier_rows), today)
    said = np.array([plain.eta, plain.late_eta, *likely])

    noted_line, *noted = _sorted(columns(connection, _last_noted_query()))
    place = np.minimum(np.searchsorted(noted_line, line_id), max(len(noted_line) - 1, 0))
    new = np.ones(len(line_id), bool)
    if len(noted_line):
        new = (noted_line[place] != line_id) | (np.array(noted)[:, place] != said).any(axis=0)
    rows = np.flatnonzero(new)
    connection.execute(delete(models.ShownDate).where(type_coerce(models.ShownDate.shown_on, Integer) > today))
    with staged(
        connection,
        "estimates_of_shown_dates",
        purchase_order_line_id=line_id[rows],
        **dict(zip(_SAID, said[:, rows], strict=True)),
    ) as cell:
        run(connection, _shown_deletion(cell, today))
        run(connection, _shown_insert(cell, today))
    return len(rows)


_SAID = ("eta", "late_eta", "likely_eta", "likely_late_eta")


def _shown(connection, deliveries, today) -> tuple[Said, ...]:
    """What was shown when a line was first known, and on the first of each month that it was open."""
    line_id, shown_on, *said = _sorted(columns(connection, _shown_query()))
    cuts = np.array(_firsts_of_months(today))
    by = np.argsort(deliveries.line_id, kind="stable")
    first = np.searchsorted(deliveries.line_id, line_id, sorter=by)
    after = np.searchsorted(deliveries.line_id, line_id, side="right", sorter=by)
    is_first = np.diff(line_id, prepend=-1) != 0
    until = np.append(np.where(line_id[1:] == line_id[:-1], shown_on[1:], today + 1), today + 1)[: len(line_id)]
    # Each row as first shown, and again for each first of a month on which it stood.
    rows = [np.flatnonzero(is_first)]
    firsts = [np.ones(len(rows[0]), bool)]
    stood = [shown_on[rows[0]]]
    for cut in cuts.tolist():
        found = np.flatnonzero((shown_on <= cut) & (cut < until) & ~(is_first & (shown_on == cut)))
        rows.append(found)
        firsts.append(np.zeros(len(found), bool))
        stood.append(np.full(len(found), cut))
    row, was_first, day = (np.concatenate(column) for column in (rows, firsts, stood))
    # Once for each delivery of the line that had not come by then.
    count = (after - first)[row]
    place = np.repeat(np.arange(len(row)), count)
    within = np.arange(len(place)) - np.repeat(np.cumsum(count) - count, count)
    delivery = by[first[row[place]] + within] if len(place) else place
    received = deliveries.received_on[delivery]
    open_then = ~known(received) | (received >= day[place])
    place, delivery, received = place[open_then], delivery[open_then], received[open_then]
    supplier = deliveries.supplier[delivery]
    both = known(said[1][row[place]]) & known(said[3][row[place]])
    return tuple(
        Said(
            supplier,
            was_first[place],
            np.where(both, eta[row[place]], NONE),
            np.where(both, late_eta[row[place]], NONE),
            received,
        )
        for eta, late_eta in (said[:2], said[2:])
    )


def _deliveries(connection, supplier_rows, sku_rows, today) -> Deliveries:
    found = columns(connection, _received_query(today)), columns(connection, _not_received_query())
    line_id, supplier_id, sku_id, ordered_on, first_promise, received_on = (
        np.concatenate(column) for column in zip(*found, strict=True)
    )
    supplier, sku = supplier_rows.of(supplier_id), sku_rows.of(sku_id)
    quoted, _ = read_terms(connection, supplier_rows, sku_rows)
    # A promise from before the order is no promise, and a receipt from before it teaches nothing.
    first_promise = np.where(first_promise < ordered_on, NONE, first_promise)
    return Deliveries(line_id, supplier, sku, ordered_on, first_promise, quoted.of(supplier, sku), received_on)


def _facts(some: Deliveries, shifts):
    nothing = np.full(len(some.line_id), NONE)
    return SupplyFacts(
        some.supplier, np.arange(len(some.line_id)), nothing, some.first_promise, some.ordered_on, some.quoted_days,
        some.first_promise, shifts.of(some.supplier, some.sku),
    )  # fmt: skip


def _sorted(table):
    """Columns by the first two of them."""
    by = sorting(*table[:2])
    return [column[by] for column in table]


def _joined(parts: list[Said]) -> Said:
    return Said(*(np.concatenate([getattr(part, name) for part in parts]) for name in Said.__slots__))


def _firsts_of_months(today) -> list[int]:
    """The first day of each of the last twelve months, oldest first, as day numbers."""
    month = np.datetime64(int(today), "D").astype("datetime64[M]")
    firsts = (month - np.arange(11, -1, -1)).astype("datetime64[D]").astype(np.int64)
    return firsts.tolist()


# What is asked of the database: kept, so that it is put into SQL once, those of a day as long as it lasts.


@cache
def _suppliers_query():
    return select(number(models.Supplier.id))


@cache
def _skus_query():
    return select(number(models.Sku.id))


@cache
def _lateness_query():
    count = models.LatenessCount
    return select(number(count.supplier_id), number(count.lateness_days), number(count.receipts))


@lru_cache(maxsize=DAYS_KEPT)
def _received_query(today):
    receipt, line, order = models.ReceiptLine, models.PurchaseOrderLine, models.PurchaseOrder
    received = type_coerce(receipt.received_on, Integer)
    return (
        select(
            number(line.id),
            number(order.supplier_id),
            number(line.sku_id),
            number(order.ordered_on),
            number(line.first_promise),
            number(receipt.received_on),
        )
        .select_from(receipt)
        .join(line, line.id == receipt.purchase_order_line_id)
        .join(order, order.id == line.purchase_order_id)
        .where(
            receipt.observed.is_(True),
            receipt.reversed_at.is_(None),
            received >= today - REPLAYED_DAYS,
            received < today,
            order.status.in_(PROMISING_STATUSES),
        )
    )


@cache
def _not_received_query():
    line, order = models.PurchaseOrderLine, models.PurchaseOrder
    return (
        select(
            number(line.id),
            number(order.supplier_id),
            number(line.sku_id),
            number(order.ordered_on),
            number(line.first_promise),
            literal(NONE),
        )
        .select_from(line)
        .join(order, order.id == line.purchase_order_id)
        .where(line.qty_open > 0, order.status.in_(SUPPLYING_STATUSES))
    )


@cache
def _open_query():
    line, order = models.PurchaseOrderLine, models.PurchaseOrder
    return (
        select(
            number(line.id),
            number(order.supplier_id),
            number(line.sku_id),
            number(order.ordered_on),
            number(line.first_promise),
            func.coalesce(type_coerce(STATED_DATE, Integer), NONE),
        )
        .select_from(line)
        .join(order, order.id == line.purchase_order_id)
        .where(line.qty_open > 0, order.status.in_(SUPPLYING_STATUSES))
    )


@cache
def _shown_query():
    row = models.ShownDate
    return select(
        number(row.purchase_order_line_id),
        number(row.shown_on),
        *(number(getattr(row, name)) for name in _SAID),
    )


@cache
def _last_noted_query():
    row = models.ShownDate
    last = (
        select(row.purchase_order_line_id, func.max(row.shown_on).label("day"))
        .group_by(row.purchase_order_line_id)
        .subquery()
    )
    return select(number(row.purchase_order_line_id), *(number(getattr(row, name)) for name in _SAID)).join(
        last, (last.c.purchase_order_line_id == row.purchase_order_line_id) & (last.c.day == row.shown_on)
    )


@lru_cache(maxsize=DAYS_KEPT)
def _shown_deletion(cell, today):
    row = models.ShownDate.__table__
    return delete(row).where(
        row.c.purchase_order_line_id.in_(select(cell.c.purchase_order_line_id)),
        type_coerce(row.c.shown_on, Integer) == today,
    )


@lru_cache(maxsize=DAYS_KEPT)
def _shown_insert(cell, today):
    source = {"purchase_order_line_id": cell.c.purchase_order_line_id, "shown_on": literal(today)}
    source |= {name: func.nullif(cell.c[name], NONE) for name in _SAID}
    return insert(models.ShownDate.__table__).from_select(list(source), select(*source.values()))


@lru_cache(maxsize=DAYS_KEPT)
def _kept_insert(cell, today):
    source = dict(cell.c) | {"as_of": literal(today)}
    return insert(models.KeptDates.__table__).from_select(list(source), select(*source.values()))
