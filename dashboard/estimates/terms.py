"""What suppliers quote, and from whom each SKU is bought."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from sqlalchemy import select

from dashboard import models
from dashboard.bulk import Among, columns, flag, gather, number, text, text_ranks
from dashboard.domain.columns import NONE, known

NOBODY = -1  # the row of no supplier


@dataclass(frozen=True, slots=True)
class Quoted:
    """Lead times as quoted: a supplier's for a SKU, else its own."""

    by_pair: np.ndarray  # sorted keys of supplier and SKU row
    days: np.ndarray
    own: np.ndarray
    skus: int

    def of(self, supplier, sku):
        """Days for each supplier and SKU row, NONE where nothing is quoted."""
        days = np.where(supplier == NOBODY, NONE, gather(self.own, supplier, NONE))
        if len(self.by_pair):
            key = supplier * self.skus + sku
            at = np.minimum(np.searchsorted(self.by_pair, key), len(self.by_pair) - 1)
            days = np.where((supplier != NOBODY) & (self.by_pair[at] == key), self.days[at], days)
        return days


@cache
def _suppliers_query():
    supplier = models.Supplier
    return select(
        number(supplier.id),
        number(supplier.lead_time_days),
        flag(supplier.active.isnot(False)),
        text(supplier.code),
    )


@cache
def _terms_query(listed):
    terms = models.SupplierSku
    query = select(
        number(terms.supplier_id),
        number(terms.sku_id),
        number(terms.lead_time_days),
        number(terms.unit_cost),
        flag(terms.preferred.is_(True)),
    )
    return query.where(Among(terms.sku_id, "skus")) if listed else query


def read_terms(connection, supplier_rows, sku_rows, **listed):
    """What suppliers quote, and the preferred supplier of each SKU: the one that is marked; where none or several
    are, active before not, then shortest quoted, then cheapest, then by id, what is not known after what is. Of all
    SKUs, or of those listed as `skus`.
    """
    own_id, own_days, active, codes = columns(connection, _suppliers_query())
    by = supplier_rows.of(own_id)
    own_days, active = _in_order(by, own_days), _in_order(by, active)
    code_rank = _in_order(by, text_ranks(codes))
    supplier_id, sku_id, days, cost, marked = columns(connection, _terms_query(bool(listed)), **listed)
    supplier, sku = supplier_rows.of(supplier_id), sku_rows.of(sku_id)
    skus = sku_rows.count
    key = supplier * skus + sku
    stated = np.flatnonzero(known(days))
    stated = stated[np.argsort(key[stated])]
    quoted = Quoted(key[stated], days[stated], own_days, skus)

    lead = quoted.of(supplier, sku)
    last = np.iinfo(np.int64).max
    by = np.lexsort(
        (
            code_rank[supplier],
            np.where(known(cost), cost, last),
            np.where(known(lead), lead, last),
            1 - active[supplier],
            1 - marked,
            sku,
        )
    )
    preferred = np.full(skus, NOBODY)
    first = np.ones(len(by), bool)
    first[1:] = np.diff(sku[by]) != 0
    preferred[sku[by[first]]] = supplier[by[first]]
    return quoted, preferred


def _in_order(rows, column):
    result = np.empty(len(rows), column.dtype)
    result[rows] = column
    return result
