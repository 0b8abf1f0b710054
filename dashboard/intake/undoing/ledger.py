"""What a load made and changed, row by row: whether a row stands as the load left it, and how it is put back."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Table,
    and_,
    bindparam,
    delete,
    func,
    literal,
    select,
    true,
    type_coerce,
    update,
)

from dashboard import models
from dashboard.database import Base, Day, Instant, db, rows_touched
from dashboard.estimates import cancellation

ROWS_AT_ONCE = 1_000  # looked at together; far below what a statement may list
STAYS_LISTED = 200

CHANGES: Table = models.IntakeChange.__table__

# Derived, what a run of deals found (what it holds is a hold), or the words of a line's tags: these go with what they
# are derived from, and keep nothing.
DERIVED = {
    "line_plans", "reservations", "pegs", "waiting", "cancel_risks", "line_tags", "demand_estimates",
    "sku_figures",
    "supplier_figures", "supplier_months",
    "lead_time_counts", "lateness_counts", "lateness_outlooks", "lateness_shifts", "kept_dates", "shown_dates",
    "demand_forecasts", "forecast_records",
    "deal_skus", "deal_ranks",
}  # fmt: skip

# How a sentence speaks of a row that hangs on another one.
NOUNS = {
    "holds": "a hold",
    "line_parts": "a split",
    "shipment_splits": "a split",
    "shipment_lines": "a shipment",
    "cancellations": "a cancel",
    "refunds": "a refund",
    "authorizations": "an authorisation",
    "receipt_lines": "a receipt",
    "deliveries": "a delivery",
    "delivery_lines": "a delivery",
    "orders": "an order",
    "order_lines": "a line of an order",
    "purchase_orders": "a purchase order",
    "purchase_order_lines": "a line of a purchase order",
    "payment_methods": "a means of payment",
    "supplier_skus": "a supplier's terms",
    "supplier_calendars": "a supplier's calendar",
    "supplier_closures": "a supplier's closed days",
    "purchase_order_letters": "a letter to a supplier",
    "stock": "a shelf",
    "stock_days": "a day of stock history",
    "demand_events": "an event",
    "messages": "a message",
    "card_requests": "a request for a card",
    "delay_notices": "a notice",
    "consents": "a consent",
    "incentive_offers": "an offer",
    "supplier_reassignments": "a change of supplier",
}


@dataclass(frozen=True)
class Stays:
    """What is not taken back, and why."""

    what: str
    reason: str

    def __str__(self) -> str:
        return f"{self.what} stays: {self.reason}."


@dataclass
class TakenBack:
    """What an undo did, or would do."""

    removed: int = 0  # rows that the load had made
    restored: int = 0  # rows that are again as they were
    stays: list[Stays] = field(default_factory=list)  # the first of them
    stay_count: int = 0

    def keep(self, what: str, reason: str) -> None:
        self.stay_count += 1
        if len(self.stays) < STAYS_LISTED:
            self.stays.append(Stays(what, reason))


class Ledger:
    """The rows of one load, and what is taken back of them."""

    def __init__(self, load_id: int) -> None:
        self.load_id = load_id
        self.taken_back = TakenBack()
        self._undone: dict[
            tuple[str, int], list[tuple[int, int]]
        ] = {}  # of a row: versions before a load, and after its undo

    def made(self, table: Table) -> Any:
        return table.c.load_id == self.load_id

    def not_made(self, table: Table) -> Any:
        if "load_id" not in table.c:
            return true()
        return table.c.load_id.is_distinct_from(self.load_id)

    def changed(self, table: Table) -> tuple[Any, ...]:
        """What the load changed in a table, and is not put back yet."""
        return (
            CHANGES.c.load_id == self.load_id,
            CHANGES.c.table_name == table.name,
            CHANGES.c.restored_version.is_(None),
        )

    def changed_by_others(self, table: Table, row: ColumnElement[int]) -> ColumnElement[bool]:
        """What other loads changed of a row, and nobody put back."""
        return and_(
            CHANGES.c.load_id != self.load_id,
            CHANGES.c.table_name == table.name,
            CHANGES.c.row_id == row,
            CHANGES.c.restored_version.is_(None),
        )

    def look_up_undone(self, table: Table, rows: Collection[int]) -> None:
        """Ask of these rows at once which loads changed them and were undone since; `version_since` knows it then."""
        for some in some_of(sorted(set(rows))):
            undone = (
                select(CHANGES.c.row_id, CHANGES.c.before, CHANGES.c.restored_version)
                .where(
                    CHANGES.c.table_name == table.name,
                    CHANGES.c.row_id.in_(some),
                    CHANGES.c.restored_version.is_not(None),
                )
                .order_by(CHANGES.c.id)
            )
            found: dict[int, list[tuple[int, int]]] = defaultdict(list)
            for row, before, restored in db.session.execute(undone):
                found[row].append((json.loads(before)["version"], restored))
            self._undone.update({(table.name, row): found.get(row, []) for row in some})

    def version_since(self, table: Table, row: int, version: int) -> int:
        """The version that a row has by now if loads that were undone are all that changed it since that one."""
        for before, restored in self._undone[table.name, row]:
            if before == version:
                version = restored
        return version

    def comparison(
        self, table: Table, *picked: Any
    ) -> Iterator[tuple[int, int, dict[str, Any], dict[str, Any], dict[str, Any]]]:
        """Each row that the load changed: the change's id, the row's, how it stands, how before and after the load."""
        here = (
            CHANGES.c.row_id == table.c.id
            if "id" in table.c
            else (CHANGES.c.row_id == table.c.sku_id) & (CHANGES.c.day == type_coerce(table.c.day, BigInteger))
        )
        rows = (
            select(CHANGES.c.id, CHANGES.c.row_id, CHANGES.c.before, CHANGES.c.after, *stored(table))
            .select_from(table.join(CHANGES, here))
            .where(*self.changed(table), *picked)
            .order_by(CHANGES.c.id)
        )
        found = db.session.execute(rows).all()
        if "version" in table.c:
            self.look_up_undone(table, [one.row_id for one in found])
        for change, row, before, after, *now in found:
            yield change, row, by_name(table, now), json.loads(before), json.loads(after)

    def restore(self, table: Table, *picked: Any) -> None:
        """Rows that the load changed are as they were; whoever has one open in a form sees that it moved."""
        by_columns: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
        rows = select(CHANGES.c.row_id, CHANGES.c.day, CHANGES.c.before).where(*self.changed(table), *picked)
        for row, day, before in db.session.execute(rows):
            values = json.loads(before)
            values.pop("version", None)
            by_columns[tuple(values)].append(
                {"its_key": row, "its_day": day, **{f"new_{name}": value for name, value in values.items()}}
            )
        for names, values in by_columns.items():
            key = table.c["id" if "id" in table.c else "sku_id"] == bindparam("its_key", type_=BigInteger())
            if "id" not in table.c:
                key &= table.c.day == bindparam("its_day", type_=BigInteger())
            changes: dict[str, Any] = {name: bindparam(f"new_{name}", type_=_plain(table.c[name])) for name in names}
            if "version" in table.c:
                changes["version"] = table.c.version + 1
            wanted = [{k: v for k, v in one.items() if k != "its_day" or "id" not in table.c} for one in values]
            db.session.connection().execute(update(table).where(key).values(changes), wanted)
            self.taken_back.restored += len(values)
        cancellation.forget_lines_of(
            db.session.connection(), table.name, select(CHANGES.c.row_id).where(*self.changed(table), *picked)
        )
        reached: Any = literal(1)
        if "version" in table.c:
            reached = select(table.c.version).where(table.c.id == CHANGES.c.row_id).scalar_subquery()
        db.session.execute(update(CHANGES).where(*self.changed(table), *picked).values(restored_version=reached))

    def delete(self, table: Table, *picked: Any) -> None:
        gone = db.session.execute(
            delete(table).where(self.made(table), *picked), execution_options={"synchronize_session": False}
        )
        self.taken_back.removed += rows_touched(gone)

    def stands(self, table: Table, row: int, now: dict[str, Any], after: dict[str, Any]) -> bool:
        """Whether a row is as the load left it: nobody changed it since, or whoever did undid it."""
        if "version" in after:
            after = {**after, "version": self.version_since(table, row, after["version"])}
        return all(now[name] == value for name, value in after.items())

    def changed_since(self, table: Table, row: int) -> str:
        """Who changed a row since: another load, or somebody at the desk."""
        newest = db.session.scalar(
            select(func.max(CHANGES.c.load_id)).where(self.changed_by_others(table, literal(row)))
        )
        if newest is not None and newest > self.load_id:
            return f"load {newest} changed it since"
        return "it was changed at the desk since"


def begun(words: str) -> str:
    """Words at the beginning of a sentence; a number keeps its letters."""
    return words[:1].upper() + words[1:]


def some_of(rows: Sequence[Any]) -> Iterator[list[Any]]:
    for low in range(0, len(rows), ROWS_AT_ONCE):
        yield list(rows[low : low + ROWS_AT_ONCE])


def references_to(table: Table) -> list[Column[int]]:
    """Columns of facts that name a row of a table."""
    return [
        key.parent
        for other in Base.metadata.sorted_tables
        if other.name not in DERIVED
        for key in sorted(other.foreign_keys, key=lambda key: key.parent.name)
        if key.column.table is table
    ]


def _plain(column: Column[Any]) -> Any:
    """Days and instants as the numbers that are stored."""
    return BigInteger() if isinstance(column.type, (Day, Instant)) else column.type


def stored(table: Table) -> Iterable[Any]:
    return [type_coerce(column, _plain(column)).label(f"now_{column.name}") for column in table.c]


def by_name(table: Table, row: Sequence[Any]) -> dict[str, Any]:
    return dict(zip((column.name for column in table.c), row, strict=True))
