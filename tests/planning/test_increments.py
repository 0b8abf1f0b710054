"""What a fact changes is just what a run of the whole plan would change."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select

from dashboard import clock, models, planning
from dashboard.database import db, transaction
from dashboard.planning.release import give_back
from tests.factories import World
from tests.planning.random_shops import MANY_SKUS, TAGS, fill

FACTS_IN_A_SHOP = 12


def standings() -> dict[tuple[int, int], planning.Standing]:
    """How every part stands that has something reserved or waits."""
    found = {
        (row.line_id, row.part): planning.Standing(row.qty_reserved, 0, None, None)
        for row in db.session.scalars(select(models.LinePlan))
    }
    for row in db.session.scalars(select(models.Waiting)):
        found[row.line_id, row.part] = planning.Standing(row.qty_reserved, row.qty_backordered, row.eta, row.deadline)
    db.session.rollback()
    return found


def post(skus: list[int], change: Callable[[], Any]) -> planning.Replanned:
    """A fact as an act posts it."""
    with transaction() as session:
        planning.keep_still(skus)
        change()
        session.flush()
        return planning.replan(skus)


class Clerk:
    """Posts facts at random, each as an act would: copies change with the facts."""

    def __init__(self, chance: random.Random, today: date) -> None:
        self.chance, self.today = chance, today

    def post_any(self) -> planning.Replanned | None:
        acts = (self.receive, self.count, self.cut, self.move, self.prioritise, self.fix, self.tie, self.release)
        return self.chance.choice((*acts, self.tag))()

    def tag(self) -> None:
        line = self._open_line()
        if line is not None:
            line_id, words = line.id, self.chance.sample(TAGS, self.chance.randint(0, 3))
            with transaction() as session, planning.retagging(session.connection(), [line_id]):
                session.execute(delete(models.LineTag).where(models.LineTag.line_id == line_id))
                session.add_all(models.LineTag(line_id=line_id, tag=word) for word in words)
                session.flush()

    def receive(self) -> planning.Replanned | None:
        found = self._any(select(models.PurchaseOrderLine).where(models.PurchaseOrderLine.qty_open > 0))
        if found is None:
            return None
        line_id, sku_id, qty = found.id, found.sku_id, self.chance.randint(1, 12)
        place = self._any(select(models.Location)).id

        def change() -> None:
            line = db.session.get_one(models.PurchaseOrderLine, line_id)
            line.qty_received += qty
            line.qty_open = max(0, line.qty_open - qty)
            receipt = models.Receipt(number=f"DESK-{line_id}-{self.chance.random()}")
            db.session.add(receipt)
            db.session.flush()
            now = clock.now()
            db.session.add(
                models.ReceiptLine(
                    receipt_id=receipt.id,
                    purchase_order_line_id=line_id,
                    qty=qty,
                    received_at=now,
                    received_on=clock.shop_day(now),
                )
            )
            self._shelf(sku_id, place).on_hand += qty

        return post([sku_id], change)

    def count(self) -> planning.Replanned:
        row = self._any(select(models.Stock))
        stock_id, on_hand = row.id, self.chance.randint(0, 25)

        def change() -> None:
            stock = db.session.get_one(models.Stock, stock_id)
            if on_hand < stock.reserved:
                give_back(db.session.connection(), select(models.Stock.id).filter_by(id=stock_id))
                db.session.refresh(stock)
            stock.on_hand = stock.counted = on_hand

        return post([row.sku_id], change)

    def cut(self) -> planning.Replanned | None:
        line = self._open_line()
        if line is None:
            return None
        line_id, qty = line.id, self.chance.randint(1, line.qty_open)

        def change() -> None:
            found = db.session.get_one(models.OrderLine, line_id)
            found.qty_cancelled += qty
            found.qty_open -= qty
            moment = clock.now()
            db.session.add(
                models.Cancellation(line_id=line_id, part=1, qty=qty, cancelled_at=moment, reason="customer")
            )

        return post([line.sku_id], change)

    def move(self) -> planning.Replanned | None:
        found = self._any(select(models.PurchaseOrderLine).where(models.PurchaseOrderLine.qty_open > 0))
        if found is None:
            return None
        line_id, day = found.id, self.today + timedelta(self.chance.randint(-10, 40))

        def change() -> None:
            db.session.get_one(models.PurchaseOrderLine, line_id).expected_date = day

        return post([found.sku_id], change)

    def prioritise(self) -> planning.Replanned | None:
        line = self._open_line()
        if line is None:
            return None
        order_id, priority = line.order_id, self.chance.choice((None, 0, 1, 5))
        skus = db.session.scalars(
            select(models.OrderLine.sku_id).where(models.OrderLine.order_id == order_id, models.OrderLine.qty_open > 0)
        ).all()

        def change() -> None:
            db.session.get_one(models.Order, order_id).priority = priority

        return post(list(skus), change)

    def fix(self) -> planning.Replanned | None:
        found = self._any(select(models.Reservation).where(models.Reservation.held == ""))
        if found is None:
            return None
        hold = {"line_id": found.line_id, "part": found.part, "location_id": found.location_id, "qty": found.qty}
        return post([found.sku_id], lambda: self._hold(self.chance.choice(("fixed", "picked")), **hold))

    def tie(self) -> planning.Replanned | None:
        line = self._open_line()
        supply = line and self._any(
            select(models.PurchaseOrderLine).where(
                models.PurchaseOrderLine.qty_open > 0, models.PurchaseOrderLine.sku_id == line.sku_id
            )
        )
        if not line or not supply:
            return None
        hold = {"line_id": line.id, "part": 1, "purchase_order_line_id": supply.id, "qty": 1}
        return post([line.sku_id], lambda: self._hold("fixed", **hold))

    def release(self) -> planning.Replanned | None:
        hold = self._any(select(models.Hold).where(models.Hold.ended_at.is_(None)))
        if hold is None:
            return None
        hold_id = hold.id
        sku_id = db.session.get_one(models.OrderLine, hold.line_id).sku_id

        def change() -> None:
            db.session.get_one(models.Hold, hold_id).ended_at = clock.now()

        return post([sku_id], change)

    def _hold(self, kind: str, **particulars: Any) -> None:
        db.session.add(models.Hold(kind=kind, made_at=clock.now(), **particulars))

    def _open_line(self) -> models.OrderLine | None:
        return self._any(select(models.OrderLine).where(models.OrderLine.qty_open > 0))

    def _shelf(self, sku_id: int, place: int) -> models.Stock:
        found = db.session.scalar(select(models.Stock).filter_by(sku_id=sku_id, location_id=place))
        if found is None:
            found = models.Stock(sku_id=sku_id, location_id=place, counted=0, counted_at=clock.now(), on_hand=0)
            db.session.add(found)
            db.session.flush()
        return found

    def _any(self, question: Any) -> Any:
        rows = list(
            db.session.scalars(question.order_by(*question.column_descriptions[0]["entity"].__table__.primary_key))
        )
        return self.chance.choice(rows) if rows else None


SEEDS = [0, 1, *(pytest.param(seed, marks=pytest.mark.deep) for seed in range(2, 30))]


@pytest.mark.parametrize("seed", SEEDS)
def test_what_a_fact_changes_is_what_a_whole_run_would_have_changed(world: World, today: date, seed: int) -> None:
    fill(world, seed, today, orders=45, skus=MANY_SKUS)
    world.plan()
    clerk = Clerk(random.Random(seed), today)
    before = standings()
    for number in range(FACTS_IN_A_SHOP):
        replanned = clerk.post_any()
        after = standings()
        findings = list(planning.check())
        assert findings == [], f"after fact {number}"
        if replanned is not None:
            nothing = planning.Standing(0, 0, None, None)
            moved = {
                key: (before.get(key, nothing), after.get(key, nothing))
                for key in before.keys() | after.keys()
                if before.get(key) != after.get(key)
            }
            assert {(move.line_id, move.part): (move.before, move.after) for move in replanned.moves} == moved
        before = after
