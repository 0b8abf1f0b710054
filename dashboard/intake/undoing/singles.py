"""Rows that stand for themselves, taken back one by one."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, Table, delete, exists, or_, select, true, type_coerce

from dashboard import estimates, search_words
from dashboard.database import db
from dashboard.intake.cells import quoted
from dashboard.intake.masters import (
    CUSTOMERS,
    EVENTS,
    LOCATIONS,
    PAYMENT_METHODS,
    SKUS,
    STOCK_DAYS,
    SUPPLIER_SKUS,
    SUPPLIERS,
)
from dashboard.intake.undoing.ledger import CHANGES, NOUNS, Ledger, begun, references_to, some_of

# What a sentence calls them. On the first ones nothing hangs.
LEAVES = ((SUPPLIER_SKUS, "terms of SKU"), (STOCK_DAYS, "stock history of SKU"), (EVENTS, "event of SKU"))
OTHERS = (
    (PAYMENT_METHODS, "payment method"),
    (SKUS, "SKU"),
    (SUPPLIERS, "supplier"),
    (CUSTOMERS, "customer"),
)


class Singles:
    """The rows of one table that a load made or changed."""

    def __init__(self, table: Table, noun: str, ledger: Ledger) -> None:
        self._table = table
        self._noun = noun
        self._ledger = ledger

    def restore(self) -> None:
        """What the load changed is as it was."""
        table = self._table
        back = []
        for change, row, now, _before, after in self._ledger.comparison(table):
            if self._ledger.stands(table, row, now, after):
                back.append(change)
            else:
                self._ledger.taken_back.keep(self._named(now), self._ledger.changed_since(table, row))
        for some in some_of(back):
            self._ledger.restore(table, CHANGES.c.id.in_(some))
        self._keep_words()

    def remove(self) -> None:
        """What the load made goes, but for what something hangs on."""
        table = self._table
        key = table.c["id" if "id" in table.c else "sku_id"]
        of_day = CHANGES.c.day == type_coerce(table.c.day, BigInteger) if "day" in table.c else true()
        later = exists().where(self._ledger.changed_by_others(table, key), of_day)
        why = {
            other.table.name: exists().where(other == table.c.id)
            for other in (references_to(table) if "id" in table.c else ())
        }
        kept = or_(later, *why.values())
        for row in db.session.execute(
            select(table, later.label("later_"), *(one.label(f"why_{name}") for name, one in why.items())).where(
                self._ledger.made(table), kept
            )
        ).mappings():
            needed = next((NOUNS.get(name, "something") for name in why if row[f"why_{name}"]), None)
            reason = f"{needed} needs it" if needed is not None else self._ledger.changed_since(table, row["id"])
            self._ledger.taken_back.keep(self._named(row), reason)
        if table in (SKUS, SUPPLIERS):
            going = list(db.session.scalars(select(table.c.id).where(self._ledger.made(table), ~kept)))
            for some in some_of(going):
                estimates.forget(db.session.connection(), **{"skus" if table is SKUS else "suppliers": some})
        self._ledger.delete(table, ~kept)
        self._keep_words()

    def _keep_words(self) -> None:
        """What is called otherwise now, or is gone, is found so."""
        if kind := search_words.KIND_OF_TABLE.get(self._table.name):
            search_words.keep(db.session.connection(), kind)

    def _named(self, row: Any) -> str:
        """How a sentence speaks of a row."""
        code = row["code"] if "code" in self._table.c else None
        if code is None:
            code = db.session.scalar(select(SKUS.c.code).where(SKUS.c.id == row["sku_id"]))
        return begun(f"{self._noun} {quoted(code or '')}")


def remove_numbers(table: Table, lines: Column[int], ledger: Ledger) -> None:
    """A number of a shipment or receipt without a line under it is nothing that anybody loaded."""
    db.session.execute(delete(table).where(ledger.made(table), ~exists().where(lines == table.c.id)))


def remove_locations(ledger: Ledger) -> None:
    """Places that nothing names any more."""
    named = (exists().where(column == LOCATIONS.c.id) for column in references_to(LOCATIONS))
    db.session.execute(delete(LOCATIONS).where(ledger.made(LOCATIONS), ~or_(*named)))
