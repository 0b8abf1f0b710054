"""A load taken back: what it made goes, what it changed is again as it was, unless somebody built upon it since.

An order (a purchase order) goes back with all that the load said of it, or stays with all of it; every other row stands
for itself. It is done in two steps, with a plan between them: first everything is put back as it was and what is to go
is closed, so that planning takes its reservations and pegs away; then what is closed is removed.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Select,
    Table,
    and_,
    bindparam,
    delete,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    true,
    type_coerce,
    union,
    update,
)

from dashboard import estimates, models
from dashboard.database import Base, Day, Instant, db
from dashboard.domain.ties import came_in_words
from dashboard.intake.cells import quoted
from dashboard.intake.masters import (
    CUSTOMERS,
    EVENTS,
    LOCATIONS,
    PAYMENT_METHODS,
    SKUS,
    STOCK,
    STOCK_DAYS,
    SUPPLIER_SKUS,
    SUPPLIERS,
)
from dashboard.intake.orders import (
    AUTHORIZATIONS,
    CANCELLATIONS,
    LINE_TAGS,
    ORDER_LINES,
    ORDERS,
    SHIPMENT_LINES,
    SHIPMENTS,
)
from dashboard.intake.purchases import PURCHASE_ORDER_LINES, PURCHASE_ORDERS, RECEIPT_LINES, RECEIPTS
from dashboard.planning.release import give_back

ROWS_AT_ONCE = 1_000  # looked at together; far below what a statement may list
STAYS_LISTED = 200

CHANGES: Table = models.IntakeChange.__table__
HOLDS: Table = models.Hold.__table__

# Derived, or the words of a line's tags: these go with what they are derived from, and keep nothing.
_DERIVED = {
    "line_plans", "reservations", "pegs", "waiting", "cancel_risks", "line_tags", "demand_estimates",
    "lead_time_counts", "lateness_counts",
}  # fmt: skip

# How a sentence speaks of a row that hangs on another one.
_NOUNS = {
    "holds": "a hold",
    "line_parts": "a split",
    "shipment_lines": "a shipment",
    "cancellations": "a cancel",
    "authorizations": "an authorisation",
    "receipt_lines": "a receipt",
    "orders": "an order",
    "order_lines": "a line of an order",
    "purchase_orders": "a purchase order",
    "purchase_order_lines": "a line of a purchase order",
    "payment_methods": "a means of payment",
    "supplier_skus": "a supplier's terms",
    "stock": "a shelf",
    "stock_days": "a day of stock history",
    "demand_events": "an event",
    "messages": "a message",
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


@dataclass(frozen=True)
class _Group:
    """Orders, or purchase orders: heads with lines and what hangs on both, that go back together."""

    noun: str
    head: Table
    lines: Table
    of_head: Column[int]
    of_lines: tuple[Column[int], ...]  # the reference of each table of the kit whose rows belong to a line
    of_heads: tuple[Column[int], ...]  # and to a head

    @property
    def tables(self) -> tuple[Table, ...]:
        return (self.head, self.lines, *(column.table for column in (*self.of_lines, *self.of_heads)))

    def heads_of(self, table: Table, *columns: Any) -> Select[Any]:
        """The head's id of each row of one of these tables, and more columns."""
        if table is self.head:
            return select(self.head.c.id, *columns)
        if table is self.lines:
            return select(self.of_head, *columns)
        for reference in self.of_heads:
            if reference.table is table:
                return select(reference, *columns)
        reference = next(one for one in self.of_lines if one.table is table)
        return select(self.of_head, *columns).select_from(table.join(self.lines, self.lines.c.id == reference))

    def rows_of(self, table: Table) -> Select[Any]:
        """The ids of one of these tables' rows, to be picked by their head."""
        return self.heads_of(table).with_only_columns(table.c.id, maintain_column_froms=True)

    def head_column(self, table: Table) -> Column[int]:
        if table is self.head:
            return self.head.c.id  # type: ignore[no-any-return]
        return next((one for one in self.of_heads if one.table is table), self.of_head)


ORDER_GROUP = _Group(
    "order",
    ORDERS,
    ORDER_LINES,
    ORDER_LINES.c.order_id,
    (SHIPMENT_LINES.c.line_id, CANCELLATIONS.c.line_id),
    (AUTHORIZATIONS.c.order_id,),
)
PURCHASE_GROUP = _Group(
    "purchase order",
    PURCHASE_ORDERS,
    PURCHASE_ORDER_LINES,
    PURCHASE_ORDER_LINES.c.purchase_order_id,
    (RECEIPT_LINES.c.purchase_order_line_id,),
    (),
)
GROUPS = (ORDER_GROUP, PURCHASE_GROUP)

# Rows that stand for themselves, and what a sentence calls them. On the first ones nothing hangs.
_LEAVES = ((SUPPLIER_SKUS, "terms of SKU"), (STOCK_DAYS, "stock history of SKU"), (EVENTS, "event of SKU"))
_OTHERS = (
    (PAYMENT_METHODS, "payment method"),
    (SKUS, "SKU"),
    (SUPPLIERS, "supplier"),
    (CUSTOMERS, "customer"),
)
_ALL = (*(table for group in GROUPS for table in group.tables), STOCK, *(t for t, _ in (*_LEAVES, *_OTHERS)))


@dataclass(frozen=True)
class Step:
    """A piece of an undo: the SKUs (ids) that nobody else may change meanwhile, and what is to be done."""

    skus: Callable[[], set[int]]
    do: Callable[[], None]


class Undoing:
    """The undo of one load, in steps; each is part of the caller's transaction, which keeps its SKUs still."""

    def __init__(self, load_id: int) -> None:
        self.load_id = load_id
        self.taken_back = TakenBack()
        self.removed_lines: set[int] = set()
        self._going: dict[str, list[int]] = {}  # by the noun of a group: heads of which all goes back

    def size(self) -> int:
        """How many rows it made and changed."""
        made = sum(db.session.scalar(select(func.count()).where(self._made(table))) or 0 for table in _ALL)
        changed = select(func.count()).where(CHANGES.c.load_id == self.load_id)
        return made + (db.session.scalar(changed) or 0)

    def skus(self) -> set[int]:
        """The SKUs whose orders, purchase orders and shelves it touches."""
        return {sku for step in self.steps_back() for sku in step.skus()}

    def steps_back(self) -> Iterator[Step]:
        """The first part: what the load changed is as it was, and what it made is closed."""
        for group in GROUPS:
            self._going[group.noun] = []
            for heads in _some(self._heads(group)):
                yield Step(partial(self._skus_of_heads, group, heads), partial(self._put_heads_back, group, heads))
        made = select(STOCK.c.id).where(self._made(STOCK))
        changed = select(CHANGES.c.row_id).where(*self._changed(STOCK))
        for shelves in _some(sorted(db.session.scalars(union(made, changed)))):
            yield Step(partial(_skus_of_shelves, shelves), partial(self._put_shelves_back, shelves))
        for table, noun in (*_OTHERS, *_LEAVES):
            yield Step(set, partial(self._restore_others, table, noun))
        for table, noun in _LEAVES:
            yield Step(set, partial(self._remove_others, table, noun))

    def steps_away(self) -> Iterator[Step]:
        """The second part, once what was closed is no longer planned: what the load made goes."""
        for group in GROUPS:
            for heads in _some(self._going[group.noun]):
                yield Step(partial(self._skus_of_heads, group, heads), partial(self._remove_heads, group, heads))
        for table, lines in ((SHIPMENTS, SHIPMENT_LINES.c.shipment_id), (RECEIPTS, RECEIPT_LINES.c.receipt_id)):
            yield Step(set, partial(self._remove_numbers, table, lines))
        for table, noun in _OTHERS:
            yield Step(set, partial(self._remove_others, table, noun))
        yield Step(set, self._remove_locations)

    # Orders and purchase orders.

    def _heads(self, group: _Group) -> list[int]:
        """Every order that the load said something new of."""
        parts = []
        for table in group.tables:
            parts.append(group.heads_of(table).where(self._made(table)))
            changed = exists().where(*self._changed(table), CHANGES.c.row_id == table.c.id)
            parts.append(group.heads_of(table).where(changed))
        return sorted(db.session.scalars(union(*parts)))

    def _blocked(self, group: _Group, heads: list[int]) -> dict[int, str]:
        """Which of them stay, and why: the first reason of each."""
        found: dict[int, str] = {}
        for table in (group.head, group.lines):
            made = group.heads_of(table, table.c.id, table.c.version).where(
                group.head_column(table).in_(heads), self._made(table), table.c.version != 1
            )
            for head, row, version in db.session.execute(made):
                if self._version_since(table, row, 1) != version:
                    found.setdefault(head, self._changed_since(table, row))
        for table in group.tables:
            changed = group.heads_of(table, CHANGES.c.row_id, CHANGES.c.after, *_stored(table))
            rows = changed.join(CHANGES, CHANGES.c.row_id == table.c.id).where(
                group.head_column(table).in_(heads), *self._changed(table)
            )
            for head, row, after, *now in db.session.execute(rows):
                if not self._stands(table, row, _by_name(table, now), json.loads(after)):
                    found.setdefault(head, self._changed_since(table, row))
        for reference in (*group.of_lines, *group.of_heads):
            table = reference.table
            later = exists().where(self._changed_by_others(table, table.c.id))
            rows = group.heads_of(table, table.c.id).where(
                group.head_column(table).in_(heads), self._made(table), later
            )
            for head, row in db.session.execute(rows):
                found.setdefault(head, self._changed_since(table, row))
        if group is PURCHASE_GROUP:
            for head in self._handed_over(heads):
                found.setdefault(head, "what came with it is held for somebody since")
        for table in (group.head, group.lines):
            for reference in _references_to(table):
                other = reference.table
                rows = (
                    group.heads_of(table)
                    .where(group.head_column(table).in_(heads), self._made(table))
                    .where(exists().where(reference == table.c.id, self._not_made(other)))
                )
                for head in db.session.scalars(rows):
                    found.setdefault(head, f"{_NOUNS.get(other.name, 'something')} hangs on it since")
        return found

    def _handed_over(self, heads: list[int]) -> set[int]:
        """Purchase orders with receipts of the load whose units were tied, and are held on a shelf now."""
        of_heads = PURCHASE_GROUP.heads_of(RECEIPT_LINES, RECEIPTS.c.number).join(
            RECEIPTS, RECEIPTS.c.id == RECEIPT_LINES.c.receipt_id
        )
        rows = db.session.execute(of_heads.where(PURCHASE_GROUP.of_head.in_(heads), self._made(RECEIPT_LINES))).all()
        words = {came_in_words(number): head for head, number in rows}
        return {
            words[reason]
            for some in _some(sorted(words))
            for reason in db.session.scalars(
                select(HOLDS.c.reason).where(HOLDS.c.reason.in_(some), HOLDS.c.ended_at.is_(None)).distinct()
            )
        }

    def _skus_of_heads(self, group: _Group, heads: list[int]) -> set[int]:
        """What their lines are of, and what these were of before the load."""
        skus = set(db.session.scalars(select(group.lines.c.sku_id).where(group.of_head.in_(heads)).distinct()))
        of_heads = select(group.lines.c.id).where(group.of_head.in_(heads))
        before = select(CHANGES.c.before).where(*self._changed(group.lines), CHANGES.c.row_id.in_(of_heads))
        return skus | {json.loads(said)["sku_id"] for said in db.session.scalars(before)}

    def _put_heads_back(self, group: _Group, heads: list[int]) -> None:
        blocked = self._blocked(group, heads)
        going = [head for head in heads if head not in blocked]
        self._say_blocked(group, blocked)
        self._put_group_back(group, going)
        self._going[group.noun] += going

    def _say_blocked(self, group: _Group, blocked: dict[int, str]) -> None:
        numbers = dict(
            iter(db.session.execute(select(group.head.c.id, group.head.c.number).where(group.head.c.id.in_(blocked))))
        )
        for head in sorted(blocked, key=lambda head: numbers[head]):
            self.taken_back.keep(_begun(f"{group.noun} {quoted(numbers[head])}"), blocked[head])

    def _put_group_back(self, group: _Group, heads: list[int]) -> None:
        lines = select(group.lines.c.id).where(group.of_head.in_(heads))
        for reference in group.of_lines:
            self._delete(reference.table, reference.in_(lines))
        for reference in group.of_heads:
            self._delete(reference.table, reference.in_(heads))
        for table in group.tables:
            rows = group.rows_of(table).where(group.head_column(table).in_(heads))
            self._restore(table, CHANGES.c.row_id.in_(rows))
        db.session.execute(
            update(group.lines).where(group.of_head.in_(heads), self._made(group.lines)).values(qty_open=0)
        )
        if group is ORDER_GROUP:
            self._tag_again(heads)
        else:
            _judge_again(heads)

    def _remove_heads(self, group: _Group, heads: list[int]) -> None:
        going = list(
            db.session.scalars(select(group.lines.c.id).where(group.of_head.in_(heads), self._made(group.lines)))
        )
        if group is ORDER_GROUP:
            self.removed_lines.update(going)
            for derived in (LINE_TAGS, models.CancelRisk.__table__):
                for some in _some(going):
                    db.session.execute(delete(derived).where(derived.c.line_id.in_(some)))
        self._delete(group.lines, group.of_head.in_(heads))
        self._delete(group.head, group.head.c.id.in_(heads))

    def _tag_again(self, heads: list[int]) -> None:
        """The words of the tags of the lines whose text is that of before."""
        rows = db.session.execute(
            select(ORDER_LINES.c.id, ORDER_LINES.c.tags).where(
                ORDER_LINES.c.order_id.in_(heads),
                exists().where(
                    CHANGES.c.load_id == self.load_id,
                    CHANGES.c.table_name == ORDER_LINES.name,
                    CHANGES.c.row_id == ORDER_LINES.c.id,
                ),
            )
        ).all()
        for some in _some([row.id for row in rows]):
            db.session.execute(delete(LINE_TAGS).where(LINE_TAGS.c.line_id.in_(some)))
        words = [{"line_id": row.id, "tag": tag} for row in rows for tag in sorted(set((row.tags or "").split()))]
        if words:
            db.session.execute(insert(LINE_TAGS), words)

    # Shelves.

    def _put_shelves_back(self, shelves: list[int]) -> None:
        stays = self._shelves_that_stay(shelves)
        names = _shelf_names(list(stays))
        for shelf in sorted(stays, key=lambda shelf: names[shelf]):
            self.taken_back.keep(names[shelf], stays[shelf])
        going = [shelf for shelf in shelves if shelf not in stays]
        self._empty(going)
        self._restore(STOCK, CHANGES.c.row_id.in_(going))
        self._delete(STOCK, STOCK.c.id.in_(going))

    def _shelves_that_stay(self, shelves: list[int]) -> dict[int, str]:
        found: dict[int, str] = {}
        load = models.IntakeLoad.__table__
        ended = select(load.c.finished_at).where(load.c.id == self.load_id).scalar_subquery()
        moved = or_(STOCK.c.on_hand != STOCK.c.counted, type_coerce(STOCK.c.counted_at, BigInteger) > ended)
        later = exists().where(self._changed_by_others(STOCK, STOCK.c.id))
        rows = select(STOCK.c.id).where(STOCK.c.id.in_(shelves), self._made(STOCK), or_(moved, later))
        for shelf in db.session.scalars(rows):
            found[shelf] = self._changed_since(STOCK, shelf)
        for _change, shelf, now, _before, after in self._comparison(STOCK, STOCK.c.id.in_(shelves)):
            if not self._stands(STOCK, shelf, now, after):
                found[shelf] = self._changed_since(STOCK, shelf)
        held = (
            select(STOCK.c.id)
            .join(ORDER_LINES, ORDER_LINES.c.sku_id == STOCK.c.sku_id)
            .join(HOLDS, (HOLDS.c.line_id == ORDER_LINES.c.id) & (HOLDS.c.location_id == STOCK.c.location_id))
            .where(STOCK.c.id.in_(shelves), self._made(STOCK), HOLDS.c.ended_at.is_(None))
        )
        for shelf in db.session.scalars(held):
            found.setdefault(shelf, "a hold hangs on it since")
        return found

    def _empty(self, going: list[int]) -> None:
        """What will stand there no more is not reserved any longer; the plan deals out what is left."""
        lower = [
            shelf
            for _change, shelf, now, before, _after in self._comparison(STOCK, STOCK.c.id.in_(going))
            if before["on_hand"] < now["reserved"]
        ]
        lower += db.session.scalars(
            select(STOCK.c.id).where(STOCK.c.id.in_(going), self._made(STOCK), STOCK.c.reserved > 0)
        ).all()
        if lower:
            give_back(db.session.connection(), select(models.Stock.id).where(models.Stock.id.in_(lower)))

    # Rows that stand for themselves.

    def _restore_others(self, table: Table, noun: str) -> None:
        back = []
        for change, row, now, _before, after in self._comparison(table):
            if self._stands(table, row, now, after):
                back.append(change)
            else:
                self.taken_back.keep(self._named(table, noun, now), self._changed_since(table, row))
        for some in _some(back):
            self._restore(table, CHANGES.c.id.in_(some))

    def _remove_others(self, table: Table, noun: str) -> None:
        key = table.c["id" if "id" in table.c else "sku_id"]
        of_day = CHANGES.c.day == type_coerce(table.c.day, BigInteger) if "day" in table.c else true()
        later = exists().where(self._changed_by_others(table, key), of_day)
        why = {
            other.table.name: exists().where(other == table.c.id)
            for other in (_references_to(table) if "id" in table.c else ())
        }
        kept = or_(later, *why.values())
        for row in db.session.execute(
            select(table, later.label("later_"), *(one.label(f"why_{name}") for name, one in why.items())).where(
                self._made(table), kept
            )
        ).mappings():
            needed = next((_NOUNS.get(name, "something") for name in why if row[f"why_{name}"]), None)
            reason = f"{needed} needs it" if needed is not None else self._changed_since(table, row["id"])
            self.taken_back.keep(self._named(table, noun, row), reason)
        if table in (SKUS, SUPPLIERS):
            going = list(db.session.scalars(select(table.c.id).where(self._made(table), ~kept)))
            for some in _some(going):
                estimates.forget(db.session.connection(), **{"skus" if table is SKUS else "suppliers": some})
        self._delete(table, ~kept)

    def _remove_numbers(self, table: Table, lines: Column[int]) -> None:
        """A number without a line under it is nothing that anybody loaded."""
        db.session.execute(delete(table).where(self._made(table), ~exists().where(lines == table.c.id)))

    def _remove_locations(self) -> None:
        named = (exists().where(column == LOCATIONS.c.id) for column in _references_to(LOCATIONS))
        db.session.execute(delete(LOCATIONS).where(self._made(LOCATIONS), ~or_(*named)))

    def _named(self, table: Table, noun: str, row: Any) -> str:
        """How a sentence speaks of a row."""
        code = row["code"] if "code" in table.c else None
        if code is None:
            code = db.session.scalar(select(SKUS.c.code).where(SKUS.c.id == row["sku_id"]))
        return _begun(f"{noun} {quoted(code or '')}")

    # Rows of any kind.

    def _made(self, table: Table) -> Any:
        return table.c.load_id == self.load_id

    def _not_made(self, table: Table) -> Any:
        if "load_id" not in table.c:
            return true()
        return table.c.load_id.is_distinct_from(self.load_id)

    def _changed(self, table: Table) -> tuple[Any, ...]:
        """What the load changed in a table, and is not put back yet."""
        return (
            CHANGES.c.load_id == self.load_id,
            CHANGES.c.table_name == table.name,
            CHANGES.c.restored_version.is_(None),
        )

    def _changed_by_others(self, table: Table, row: ColumnElement[int]) -> ColumnElement[bool]:
        """What other loads changed of a row, and nobody put back."""
        return and_(
            CHANGES.c.load_id != self.load_id,
            CHANGES.c.table_name == table.name,
            CHANGES.c.row_id == row,
            CHANGES.c.restored_version.is_(None),
        )

    def _version_since(self, table: Table, row: int, version: int) -> int:
        """The version that a row has by now if loads that were undone are all that changed it since that one."""
        rows = (
            select(CHANGES.c.before, CHANGES.c.restored_version)
            .where(CHANGES.c.table_name == table.name, CHANGES.c.row_id == row, CHANGES.c.restored_version.is_not(None))
            .order_by(CHANGES.c.id)
        )
        for before, restored in db.session.execute(rows):
            if json.loads(before)["version"] == version:
                version = restored
        return version

    def _comparison(
        self, table: Table, *picked: Any
    ) -> Iterator[tuple[int, int, dict[str, Any], dict[str, Any], dict[str, Any]]]:
        """Each row that the load changed: the change's id, the row's, how it stands, how before and after the load."""
        here = (
            CHANGES.c.row_id == table.c.id
            if "id" in table.c
            else (CHANGES.c.row_id == table.c.sku_id) & (CHANGES.c.day == type_coerce(table.c.day, BigInteger))
        )
        rows = (
            select(CHANGES.c.id, CHANGES.c.row_id, CHANGES.c.before, CHANGES.c.after, *_stored(table))
            .select_from(table.join(CHANGES, here))
            .where(*self._changed(table), *picked)
            .order_by(CHANGES.c.id)
        )
        for change, row, before, after, *now in db.session.execute(rows).all():
            yield change, row, _by_name(table, now), json.loads(before), json.loads(after)

    def _restore(self, table: Table, *picked: Any) -> None:
        """Rows that the load changed are as they were; whoever has one open in a form sees that it moved."""
        by_columns: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
        rows = select(CHANGES.c.row_id, CHANGES.c.day, CHANGES.c.before).where(*self._changed(table), *picked)
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
        reached: Any = literal(1)
        if "version" in table.c:
            reached = select(table.c.version).where(table.c.id == CHANGES.c.row_id).scalar_subquery()
        db.session.execute(update(CHANGES).where(*self._changed(table), *picked).values(restored_version=reached))

    def _delete(self, table: Table, *picked: Any) -> None:
        gone = db.session.execute(
            delete(table).where(self._made(table), *picked), execution_options={"synchronize_session": False}
        )
        self.taken_back.removed += gone.rowcount  # type: ignore[attr-defined]

    def _stands(self, table: Table, row: int, now: dict[str, Any], after: dict[str, Any]) -> bool:
        """Whether a row is as the load left it: nobody changed it since, or whoever did undid it."""
        if "version" in after:
            after = {**after, "version": self._version_since(table, row, after["version"])}
        return all(now[name] == value for name, value in after.items())

    def _changed_since(self, table: Table, row: int) -> str:
        """Who changed a row since: another load, or somebody at the desk."""
        newest = db.session.scalar(
            select(func.max(CHANGES.c.load_id)).where(self._changed_by_others(table, literal(row)))
        )
        if newest is not None and newest > self.load_id:
            return f"load {newest} changed it since"
        return "it was changed at the desk since"


def _begun(words: str) -> str:
    """Words at the beginning of a sentence; a number keeps its letters."""
    return words[:1].upper() + words[1:]


def _some(rows: Sequence[Any]) -> Iterator[list[Any]]:
    for low in range(0, len(rows), ROWS_AT_ONCE):
        yield list(rows[low : low + ROWS_AT_ONCE])


def _references_to(table: Table) -> list[Column[int]]:
    """Columns of facts that name a row of a table."""
    return [
        key.parent
        for other in Base.metadata.sorted_tables
        if other.name not in _DERIVED
        for key in sorted(other.foreign_keys, key=lambda key: key.parent.name)
        if key.column.table is table
    ]


def _plain(column: Column[Any]) -> Any:
    """Days and instants as the numbers that are stored."""
    return BigInteger() if isinstance(column.type, (Day, Instant)) else column.type


def _stored(table: Table) -> Iterable[Any]:
    return [type_coerce(column, _plain(column)).label(f"now_{column.name}") for column in table.c]


def _by_name(table: Table, row: Sequence[Any]) -> dict[str, Any]:
    return dict(zip((column.name for column in table.c), row, strict=True))


def _skus_of_shelves(shelves: list[int]) -> set[int]:
    return set(db.session.scalars(select(STOCK.c.sku_id).where(STOCK.c.id.in_(shelves))))


def _shelf_names(shelves: Collection[int]) -> dict[int, str]:
    rows = db.session.execute(
        select(STOCK.c.id, SKUS.c.code, LOCATIONS.c.code.label("place"))
        .join(SKUS, SKUS.c.id == STOCK.c.sku_id)
        .join(LOCATIONS, LOCATIONS.c.id == STOCK.c.location_id)
        .where(STOCK.c.id.in_(shelves))
    )
    return {row.id: f"Stock of {quoted(row.code)} at {quoted(row.place)}" for row in rows}


def _judge_again(heads: list[int]) -> None:
    """What came before it was ordered teaches nothing; the day of the order may be another one again."""
    lines, heads_of = PURCHASE_ORDER_LINES, PURCHASE_ORDERS
    taught = (
        select(RECEIPT_LINES.c.received_on >= heads_of.c.ordered_on)
        .select_from(lines.join(heads_of, heads_of.c.id == lines.c.purchase_order_id))
        .where(lines.c.id == RECEIPT_LINES.c.purchase_order_line_id)
        .scalar_subquery()
    )
    concerned = select(lines.c.id).where(lines.c.purchase_order_id.in_(heads))
    db.session.execute(
        update(RECEIPT_LINES).where(RECEIPT_LINES.c.purchase_order_line_id.in_(concerned)).values(observed=taught)
    )
