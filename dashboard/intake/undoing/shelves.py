"""Shelves taken back, unless goods moved on them since."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import BigInteger, exists, or_, select, type_coerce, union

from dashboard import models
from dashboard.database import db
from dashboard.intake.cells import quoted
from dashboard.intake.hold_ends import HOLDS
from dashboard.intake.masters import LOCATIONS, SKUS, STOCK
from dashboard.intake.order_lines import ORDER_LINES
from dashboard.intake.undoing.ledger import CHANGES, Ledger
from dashboard.planning.release import give_back


class Shelves:
    """The shelves (rows of `stock`) that a load counted."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def found(self) -> list[int]:
        """Every shelf that it made or changed."""
        made = select(STOCK.c.id).where(self._ledger.made(STOCK))
        changed = select(CHANGES.c.row_id).where(*self._ledger.changed(STOCK))
        return sorted(db.session.scalars(union(made, changed)))

    def skus(self, shelves: list[int]) -> set[int]:
        """What stands on them."""
        return set(db.session.scalars(select(STOCK.c.sku_id).where(STOCK.c.id.in_(shelves))))

    def put_back(self, shelves: list[int]) -> None:
        stays = self._that_stay(shelves)
        names = _shelf_names(list(stays))
        for shelf in sorted(stays, key=lambda shelf: names[shelf]):
            self._ledger.taken_back.keep(names[shelf], stays[shelf])
        going = [shelf for shelf in shelves if shelf not in stays]
        self._empty(going)
        self._ledger.restore(STOCK, CHANGES.c.row_id.in_(going))
        self._ledger.delete(STOCK, STOCK.c.id.in_(going))

    def _that_stay(self, shelves: list[int]) -> dict[int, str]:
        found: dict[int, str] = {}
        load = models.IntakeLoad.__table__
        ended = select(load.c.finished_at).where(load.c.id == self._ledger.load_id).scalar_subquery()
        moved = or_(STOCK.c.on_hand != STOCK.c.counted, type_coerce(STOCK.c.counted_at, BigInteger) > ended)
        later = exists().where(self._ledger.changed_by_others(STOCK, STOCK.c.id))
        rows = select(STOCK.c.id).where(STOCK.c.id.in_(shelves), self._ledger.made(STOCK), or_(moved, later))
        for shelf in db.session.scalars(rows):
            found[shelf] = self._ledger.changed_since(STOCK, shelf)
        for _change, shelf, now, _before, after in self._ledger.comparison(STOCK, STOCK.c.id.in_(shelves)):
            if not self._ledger.stands(STOCK, shelf, now, after):
                found[shelf] = self._ledger.changed_since(STOCK, shelf)
        held = (
            select(STOCK.c.id)
            .join(ORDER_LINES, ORDER_LINES.c.sku_id == STOCK.c.sku_id)
            .join(HOLDS, (HOLDS.c.line_id == ORDER_LINES.c.id) & (HOLDS.c.location_id == STOCK.c.location_id))
            .where(STOCK.c.id.in_(shelves), self._ledger.made(STOCK), HOLDS.c.ended_at.is_(None))
        )
        for shelf in db.session.scalars(held):
            found.setdefault(shelf, "a hold hangs on it since")
        return found

    def _empty(self, going: list[int]) -> None:
        """What will stand there no more is not reserved any longer; the plan deals out what is left."""
        lower = [
            shelf
            for _change, shelf, now, before, _after in self._ledger.comparison(STOCK, STOCK.c.id.in_(going))
            if before["on_hand"] < now["reserved"]
        ]
        lower += db.session.scalars(
            select(STOCK.c.id).where(STOCK.c.id.in_(going), self._ledger.made(STOCK), STOCK.c.reserved > 0)
        ).all()
        if lower:
            give_back(db.session.connection(), select(models.Stock.id).where(models.Stock.id.in_(lower)))


def _shelf_names(shelves: Collection[int]) -> dict[int, str]:
    rows = db.session.execute(
        select(STOCK.c.id, SKUS.c.code, LOCATIONS.c.code.label("place"))
        .join(SKUS, SKUS.c.id == STOCK.c.sku_id)
        .join(LOCATIONS, LOCATIONS.c.id == STOCK.c.location_id)
        .where(STOCK.c.id.in_(shelves))
    )
    return {row.id: f"Stock of {quoted(row.code)} at {quoted(row.place)}" for row in rows}
