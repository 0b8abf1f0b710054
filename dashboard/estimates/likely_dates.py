"""How late suppliers are, as the likely dates rest on it: learnt from receipts, stored as planning reads it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
from sqlalchemy import delete, func, insert, select, type_coerce
from sqlalchemy.types import Integer

from dashboard import models
from dashboard.bulk import Among, Rows, columns, number, run, staged
from dashboard.domain.columns import NONE, first_known, known, plus, sorting
from dashboard.domain.lead_times import OBSERVED_DAYS
from dashboard.domain.likely_dates import Lateness, Outlooks, Receipts, Shifts, learn_lateness
from dashboard.estimates.spikes import DAYS_KEPT
from dashboard.estimates.terms import read_terms
from dashboard.models.estimates import WHOLE_HOUSE
from dashboard.models.purchase_orders import STATED_DATE


@dataclass(frozen=True, slots=True)
class Came:
    """One row a receipt that teaches: suppliers and SKUs are rows, days NONE where not known."""

    line_id: np.ndarray
    supplier: np.ndarray
    sku: np.ndarray
    ordered_on: np.ndarray
    first_promise: np.ndarray
    stated: np.ndarray  # the day that was last stated
    due: np.ndarray  # the first promise, else the order date plus the quoted lead time: what lateness is measured by
    received_on: np.ndarray

    def taken(self, rows):
        return Came(*(getattr(self, name)[rows] for name in self.__slots__))

    def late(self, today) -> tuple[Receipts, ...]:
        """Against what was due first, and against dates that were moved later than that."""
        due = self.taken(known(self.due))
        moved = self.taken(known(self.first_promise) & known(self.stated) & (self.stated > self.first_promise))
        return tuple(
            Receipts(some.supplier, some.sku, some.received_on - since, today - some.received_on)
            for some, since in ((due, due.due), (moved, moved.stated))
        )


def learn_likely_dates(connection, today) -> None:
    """Writes what the receipts of the last two years say of each supplier, as of today."""
    (supplier_ids,), (sku_ids,) = columns(connection, _suppliers_query()), columns(connection, _skus_query())
    came = read_came(connection, Rows(supplier_ids), Rows(sku_ids), today)
    learnt, shifts = learn_lateness(*came.late(today))
    outlooks = [
        (number_of, _stored_ids(supplier_ids, told.supplier), told)
        for number_of, told in enumerate((learnt.of_promises, learnt.of_moved_dates))
    ]
    connection.execute(delete(models.LatenessOutlook))
    with staged(
        connection,
        "estimates_of_lateness",
        supplier_id=np.concatenate([ids for _, ids, _ in outlooks]),
        moved=np.concatenate([np.full(len(ids), number_of) for number_of, ids, _ in outlooks]),
        at_least_days=np.concatenate([told.at_least for *_, told in outlooks]),
        half_by_days=np.concatenate([told.half_by for *_, told in outlooks]),
        nine_by_days=np.concatenate([told.nine_by for *_, told in outlooks]),
    ) as cell:
        run(connection, _outlooks_insert(cell))
    connection.execute(delete(models.LatenessShift))
    cells = {"supplier_id": supplier_ids[shifts.supplier], "sku_id": sku_ids[shifts.sku], "days": shifts.days}
    with staged(connection, "estimates_of_shifts", **cells) as cell:
        run(connection, insert(models.LatenessShift).from_select(list(cells), select(*cell.c)))


def read_lateness_learnt(connection, supplier_rows, **listed) -> Lateness:
    """What was learnt of suppliers, by row; of all, or of listed `suppliers` and the house."""
    if listed:
        listed = {"suppliers": np.append(listed["suppliers"], WHOLE_HOUSE)}
    supplier_id, moved, *days = columns(connection, _outlooks_query(bool(listed)), **listed)
    supplier = supplier_rows.of(supplier_id)
    told = []
    for number_of in (0, 1):
        rows = np.flatnonzero(moved == number_of)
        rows = rows[sorting(supplier[rows], days[0][rows])]
        told.append(Outlooks(supplier[rows], *(column[rows] for column in days)))
    return Lateness(*told)


def read_shifts(connection, supplier_rows, sku_rows, **listed) -> Shifts:
    """What was learnt of suppliers' SKUs, by row; of all, or of listed `skus`."""
    supplier_id, sku_id, days = columns(connection, _shifts_query(bool(listed)), **listed)
    return Shifts(supplier_rows.of(supplier_id), sku_rows.of(sku_id), days)


def read_came(connection, supplier_rows, sku_rows, today, *, days=OBSERVED_DAYS) -> Came:
    """The receipts of so many days before today that teach."""
    line_id, supplier_id, sku_id, ordered_on, first_promise, stated, received_on = columns(
        connection, _came_query(today - days, today)
    )
    supplier, sku = supplier_rows.of(supplier_id), sku_rows.of(sku_id)
    quoted, _ = read_terms(connection, supplier_rows, sku_rows)
    due = first_known(first_promise, plus(quoted.of(supplier, sku), ordered_on))
    # What was promised before it was ordered is late against nothing.
    due = np.where(known(first_promise) & (first_promise < ordered_on), NONE, due)
    return Came(line_id, supplier, sku, ordered_on, first_promise, stated, due, received_on)


def _stored_ids(supplier_ids, rows):
    return np.append(supplier_ids, WHOLE_HOUSE)[rows]  # the house is row -1


# What is asked of the database: kept, so that it is put into SQL once, those of a day as long as it lasts.


@cache
def _suppliers_query():
    return select(number(models.Supplier.id))


@cache
def _skus_query():
    return select(number(models.Sku.id))


@lru_cache(maxsize=DAYS_KEPT)
def _came_query(first, after):
    receipt, line, order = models.ReceiptLine, models.PurchaseOrderLine, models.PurchaseOrder
    received = type_coerce(receipt.received_on, Integer)
    return (
        select(
            number(line.id),
            number(order.supplier_id),
            number(line.sku_id),
            number(order.ordered_on),
            number(line.first_promise),
            func.coalesce(type_coerce(STATED_DATE, Integer), NONE),
            number(receipt.received_on),
        )
        .select_from(receipt)
        .join(line, line.id == receipt.purchase_order_line_id)
        .join(order, order.id == line.purchase_order_id)
        .where(receipt.observed.is_(True), receipt.reversed_at.is_(None), received >= first, received < after)
    )


@cache
def _outlooks_query(listed):
    row = models.LatenessOutlook
    query = select(
        number(row.supplier_id),
        number(row.moved),
        number(row.at_least_days),
        number(row.half_by_days),
        number(row.nine_by_days),
    )
    return query.where(Among(row.supplier_id, "suppliers")) if listed else query


@cache
def _shifts_query(listed):
    row = models.LatenessShift
    query = select(number(row.supplier_id), number(row.sku_id), number(row.days))
    return query.where(Among(row.sku_id, "skus")) if listed else query


@cache
def _outlooks_insert(cell):
    source = dict(cell.c) | {name: func.nullif(cell.c[name], NONE) for name in ("half_by_days", "nine_by_days")}
    return insert(models.LatenessOutlook.__table__).from_select(list(source), select(*source.values()))
