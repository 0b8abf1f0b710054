"""A load taken back: what it made goes, what it changed is again as it was, unless somebody built upon it since.

An order (a purchase order) goes back with all that the load said of it, or stays with all of it; every other row stands
for itself. It is done in two steps, with a plan between them: first everything is put back as it was and what is to go
is closed, so that planning takes its reservations and pegs away; then what is closed is removed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from sqlalchemy import func, select

from dashboard.database import db
from dashboard.intake.masters import STOCK
from dashboard.intake.order_lines import SHIPMENT_LINES, SHIPMENTS
from dashboard.intake.purchases import RECEIPT_LINES, RECEIPTS
from dashboard.intake.undoing.groups import GROUPS, Heads
from dashboard.intake.undoing.ledger import CHANGES, Ledger, TakenBack, some_of
from dashboard.intake.undoing.shelves import Shelves
from dashboard.intake.undoing.singles import LEAVES, OTHERS, Singles, remove_locations, remove_numbers

_TABLES = (*(table for group in GROUPS for table in group.tables), STOCK, *(t for t, _ in (*LEAVES, *OTHERS)))


@dataclass(frozen=True)
class Step:
    """A piece of an undo: the SKUs (ids) that nobody else may change meanwhile, and what is to be done."""

    skus: Callable[[], set[int]]
    do: Callable[[], None]


class Undoing:
    """The undo of one load, in steps; each is part of the caller's transaction, which keeps its SKUs still."""

    def __init__(self, load_id: int) -> None:
        self._ledger = Ledger(load_id)
        self._heads = [Heads(group, self._ledger) for group in GROUPS]

    @property
    def taken_back(self) -> TakenBack:
        """What was done until now."""
        return self._ledger.taken_back

    @property
    def removed_lines(self) -> set[int]:
        """Lines of orders (ids) that are there no more."""
        return {line for heads in self._heads for line in heads.removed_lines}

    def size(self) -> tuple[int, int]:
        """How many rows it made, and how many it changed."""
        made = sum(db.session.scalar(select(func.count()).where(self._ledger.made(table))) or 0 for table in _TABLES)
        changed = select(func.count()).where(CHANGES.c.load_id == self._ledger.load_id)
        return made, db.session.scalar(changed) or 0

    def skus(self) -> set[int]:
        """The SKUs whose orders, purchase orders and shelves it touches."""
        return {sku for step in self.steps_back() for sku in step.skus()}

    def steps_back(self) -> Iterator[Step]:
        """The first part: what the load changed is as it was, and what it made is closed."""
        for heads in self._heads:
            heads.going = []
            for some in some_of(heads.found()):
                yield Step(partial(heads.skus, some), partial(heads.put_back, some))
        shelves = Shelves(self._ledger)
        for some in some_of(shelves.found()):
            yield Step(partial(shelves.skus, some), partial(shelves.put_back, some))
        for table, noun in (*OTHERS, *LEAVES):
            yield Step(set, Singles(table, noun, self._ledger).restore)
        for table, noun in LEAVES:
            yield Step(set, Singles(table, noun, self._ledger).remove)

    def steps_away(self) -> Iterator[Step]:
        """The second part, once what was closed is no longer planned: what the load made goes."""
        for heads in self._heads:
            for some in some_of(heads.going):
                yield Step(partial(heads.skus, some), partial(heads.remove, some))
        for table, lines in ((SHIPMENTS, SHIPMENT_LINES.c.shipment_id), (RECEIPTS, RECEIPT_LINES.c.receipt_id)):
            yield Step(set, partial(remove_numbers, table, lines, self._ledger))
        for table, noun in OTHERS:
            yield Step(set, Singles(table, noun, self._ledger).remove)
        yield Step(set, partial(remove_locations, self._ledger))
