"""What tests of acts ask of the world besides what tests/factories.py tells."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa

from dashboard import models, planning
from dashboard.database import db
from dashboard.domain.refusals import Refused


def order_id(number: str) -> int:
    """The id by which an act names an order."""
    return db.session.scalars(sa.select(models.Order.id).where(models.Order.number == number)).one()


def assert_copies_are_right() -> None:
    """Every copy, the plan and its sums are what the facts say."""
    db.session.rollback()
    assert list(planning.check()) == []


def holds(number: str, line_no: int = 1, *, live: bool = True) -> list[tuple[str, int]]:
    """The holds of a line that bind planning, or those that ended, by age."""
    db.session.rollback()
    hold, line, order = models.Hold, models.OrderLine, models.Order
    return [
        tuple(row)
        for row in db.session.execute(
            sa.select(hold.kind, hold.qty)
            .join(line, line.id == hold.line_id)
            .join(order, order.id == line.order_id)
            .where(
                order.number == number, line.line_no == line_no, hold.ended_at.is_(None) if live else hold.ended_at > 0
            )
            .order_by(hold.id)
        )
    ]


def units(number: str, line_no: int = 1) -> tuple[int, int, int]:
    """Shipped, cancelled and open of a line, as its copies say."""
    db.session.rollback()
    line = one_line(number, line_no)
    return line.qty_shipped, line.qty_cancelled, line.qty_open


def one_order(number: str) -> models.Order:
    """An order as it now stands."""
    db.session.rollback()
    return db.session.scalars(sa.select(models.Order).where(models.Order.number == number)).one()


def one_line(number: str, line_no: int = 1) -> Any:
    """A line of an order."""
    line, order = models.OrderLine, models.Order
    return db.session.scalars(
        sa.select(line).join(order, order.id == line.order_id).where(order.number == number, line.line_no == line_no)
    ).one()


def on_hand(sku: str) -> int:
    """What stands of a SKU, everywhere."""
    db.session.rollback()
    stock = models.Stock
    return int(
        db.session.scalar(
            sa.select(sa.func.sum(stock.on_hand))
            .join(models.Sku, models.Sku.id == stock.sku_id)
            .where(models.Sku.code == sku)
        )
    )


def acts() -> list[models.Act]:
    """The history, oldest first."""
    db.session.rollback()
    return list(db.session.scalars(sa.select(models.Act).order_by(models.Act.id)))


@contextmanager
def refused(kind: type[Refused], sentence: str) -> Iterator[None]:
    """What is inside is refused, with this among what is said."""
    with pytest.raises(kind, match=re.escape(sentence)):
        yield
