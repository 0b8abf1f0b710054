"""Orders and purchase orders taken back: each with all that a load said of it, or not at all."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Select, Table, delete, exists, insert, select, union, update

from dashboard import models, planning
from dashboard.database import db
from dashboard.domain.ties import came_in_words
from dashboard.intake.cells import quoted
from dashboard.intake.divided_lines import let_parts_follow
from dashboard.intake.hold_ends import HOLDS
from dashboard.intake.order_lines import CANCELLATIONS, ORDER_LINES, ORDERS, SHIPMENT_LINES
from dashboard.intake.orders import AUTHORIZATIONS, LINE_TAGS
from dashboard.intake.purchases import PURCHASE_ORDER_LINES, PURCHASE_ORDERS, RECEIPT_LINES, RECEIPTS
from dashboard.intake.undoing.ledger import CHANGES, NOUNS, Ledger, begun, by_name, references_to, some_of, stored
from dashboard.planning.deal_results import forget_lines


@dataclass(frozen=True)
class Group:
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

    def heads_of(self, table: Table, *columns: Any) -> Select:
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

    def rows_of(self, table: Table) -> Select:
        """The ids of one of these tables' rows, to be picked by their head."""
        return self.heads_of(table).with_only_columns(table.c.id, maintain_column_froms=True)

    def head_column(self, table: Table) -> Column[int]:
        if table is self.head:
            return self.head.c.id
        return next((one for one in self.of_heads if one.table is table), self.of_head)


ORDER_GROUP = Group(
    "order",
    ORDERS,
    ORDER_LINES,
    ORDER_LINES.c.order_id,
    (SHIPMENT_LINES.c.line_id, CANCELLATIONS.c.line_id, HOLDS.c.line_id),
    (AUTHORIZATIONS.c.order_id,),
)
PURCHASE_GROUP = Group(
    "purchase order",
    PURCHASE_ORDERS,
    PURCHASE_ORDER_LINES,
    PURCHASE_ORDER_LINES.c.purchase_order_id,
    (RECEIPT_LINES.c.purchase_order_line_id,),
    (),
)
GROUPS = (ORDER_GROUP, PURCHASE_GROUP)


class Heads:
    """The orders, or the purchase orders, that a load said something new of."""

    def __init__(self, group: Group, ledger: Ledger) -> None:
        self.group = group
        self.going: list[int] = []  # ids of those of which all goes back
        self.removed_lines: set[int] = set()  # of orders
        self._ledger = ledger

    def found(self) -> list[int]:
        """Every order that the load said something new of."""
        parts = []
        for table in self.group.tables:
            parts.append(self.group.heads_of(table).where(self._ledger.made(table)))
            changed = exists().where(*self._ledger.changed(table), CHANGES.c.row_id == table.c.id)
            parts.append(self.group.heads_of(table).where(changed))
        return sorted(db.session.scalars(union(*parts)))

    def skus(self, heads: list[int]) -> set[int]:
        """What their lines are of, and what these were of before the load."""
        skus = set(
            db.session.scalars(select(self.group.lines.c.sku_id).where(self.group.of_head.in_(heads)).distinct())
        )
        of_heads = select(self.group.lines.c.id).where(self.group.of_head.in_(heads))
        before = select(CHANGES.c.before).where(*self._ledger.changed(self.group.lines), CHANGES.c.row_id.in_(of_heads))
        return skus | {json.loads(said)["sku_id"] for said in db.session.scalars(before)}

    def put_back(self, heads: list[int]) -> None:
        blocked = self._blocked(heads)
        going = [head for head in heads if head not in blocked]
        self._say_blocked(blocked)
        self._put_group_back(going)
        self.going += going

    def remove(self, heads: list[int]) -> None:
        going = list(
            db.session.scalars(
                select(self.group.lines.c.id).where(self.group.of_head.in_(heads), self._ledger.made(self.group.lines))
            )
        )
        if self.group is ORDER_GROUP:
            self.removed_lines.update(going)
            for derived in (LINE_TAGS, models.CancelRisk.__table__):
                for some in some_of(going):
                    db.session.execute(delete(derived).where(derived.c.line_id.in_(some)))
            forget_lines(db.session.connection(), going)
        self._ledger.delete(self.group.lines, self.group.of_head.in_(heads))
        self._ledger.delete(self.group.head, self.group.head.c.id.in_(heads))

    def _blocked(self, heads: list[int]) -> dict[int, str]:
        """Which of them stay, and why: the first reason of each."""
        found: dict[int, str] = {}
        for table in (self.group.head, self.group.lines):
            made = self.group.heads_of(table, table.c.id, table.c.version).where(
                self.group.head_column(table).in_(heads), self._ledger.made(table), table.c.version != 1
            )
            touched = db.session.execute(made).all()
            self._ledger.look_up_undone(table, [row for _, row, _ in touched])
            for head, row, version in touched:
                if self._ledger.version_since(table, row, 1) != version:
                    found.setdefault(head, self._ledger.changed_since(table, row))
        for table in self.group.tables:
            changed = self.group.heads_of(table, CHANGES.c.row_id, CHANGES.c.after, *stored(table))
            rows = changed.join(CHANGES, CHANGES.c.row_id == table.c.id).where(
                self.group.head_column(table).in_(heads), *self._ledger.changed(table)
            )
            found_changed = db.session.execute(rows).all()
            if "version" in table.c:
                self._ledger.look_up_undone(table, [one.row_id for one in found_changed])
            for head, row, after, *now in found_changed:
                if not self._ledger.stands(table, row, by_name(table, now), json.loads(after)):
                    found.setdefault(head, self._ledger.changed_since(table, row))
        for reference in (*self.group.of_lines, *self.group.of_heads):
            table = reference.table
            later = exists().where(self._ledger.changed_by_others(table, table.c.id))
            rows = self.group.heads_of(table, table.c.id).where(
                self.group.head_column(table).in_(heads), self._ledger.made(table), later
            )
            for head, row in db.session.execute(rows):
                found.setdefault(head, self._ledger.changed_since(table, row))
        if self.group is PURCHASE_GROUP:
            for head in self._handed_over(heads):
                found.setdefault(head, "what came with it is held for somebody since")
        for table in (self.group.head, self.group.lines):
            for reference in references_to(table):
                other = reference.table
                rows = (
                    self.group.heads_of(table)
                    .where(self.group.head_column(table).in_(heads), self._ledger.made(table))
                    .where(exists().where(reference == table.c.id, self._ledger.not_made(other)))
                )
                for head in db.session.scalars(rows):
                    found.setdefault(head, f"{NOUNS.get(other.name, 'something')} hangs on it since")
        return found

    def _handed_over(self, heads: list[int]) -> set[int]:
        """Purchase orders with receipts of the load whose units were tied, and are held on a shelf now."""
        of_heads = PURCHASE_GROUP.heads_of(RECEIPT_LINES, RECEIPTS.c.number).join(
            RECEIPTS, RECEIPTS.c.id == RECEIPT_LINES.c.receipt_id
        )
        rows = db.session.execute(
            of_heads.where(PURCHASE_GROUP.of_head.in_(heads), self._ledger.made(RECEIPT_LINES))
        ).all()
        words = {came_in_words(number): head for head, number in rows}
        return {
            words[reason]
            for some in some_of(sorted(words))
            for reason in db.session.scalars(
                select(HOLDS.c.reason).where(HOLDS.c.reason.in_(some), HOLDS.c.ended_at.is_(None)).distinct()
            )
        }

    def _say_blocked(self, blocked: dict[int, str]) -> None:
        numbers = dict(
            iter(
                db.session.execute(
                    select(self.group.head.c.id, self.group.head.c.number).where(self.group.head.c.id.in_(blocked))
                )
            )
        )
        for head in sorted(blocked, key=lambda head: numbers[head]):
            self._ledger.taken_back.keep(begun(f"{self.group.noun} {quoted(numbers[head])}"), blocked[head])

    def _put_group_back(self, heads: list[int]) -> None:
        lines = select(self.group.lines.c.id).where(self.group.of_head.in_(heads))
        for reference in self.group.of_lines:
            self._ledger.delete(reference.table, reference.in_(lines))
        for reference in self.group.of_heads:
            self._ledger.delete(reference.table, reference.in_(heads))
        for table in self.group.tables:
            rows = self.group.rows_of(table).where(self.group.head_column(table).in_(heads))
            self._ledger.restore(table, CHANGES.c.row_id.in_(rows))
        db.session.execute(
            update(self.group.lines)
            .where(self.group.of_head.in_(heads), self._ledger.made(self.group.lines))
            .values(qty_open=0)
        )
        if self.group is ORDER_GROUP:
            let_parts_follow(lines, {})
            self._tag_again(heads)
        else:
            _judge_again(heads)

    def _tag_again(self, heads: list[int]) -> None:
        """The words of the tags of the lines whose text is that of before."""
        rows = db.session.execute(
            select(ORDER_LINES.c.id, ORDER_LINES.c.tags).where(
                ORDER_LINES.c.order_id.in_(heads),
                exists().where(
                    CHANGES.c.load_id == self._ledger.load_id,
                    CHANGES.c.table_name == ORDER_LINES.name,
                    CHANGES.c.row_id == ORDER_LINES.c.id,
                ),
            )
        ).all()
        lines = [row.id for row in rows]
        words = [{"line_id": row.id, "tag": tag} for row in rows for tag in sorted(set((row.tags or "").split()))]
        with planning.retagging(db.session.connection(), lines):
            for some in some_of(lines):
                db.session.execute(delete(LINE_TAGS).where(LINE_TAGS.c.line_id.in_(some)))
            if words:
                db.session.execute(insert(LINE_TAGS), words)


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
