"""Tied units that come in: they stand on the shelf from then on, held for the line that waited for just them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboard import clock
from dashboard.actions.order_lines import end_holds, touch
from dashboard.domain.holds import PICKED, HoldEnd
from dashboard.domain.order_lines import HeldUnits
from dashboard.domain.ties import arrived, came_in_words
from dashboard.models import Hold, OrderLine, Stock


def hand_over(session: Session, supply_id: int, shelf: Stock, *, qty: int, number: str, actor: Any) -> None:
    """Units of a purchase-order line reach a shelf under a receipt's number: those tied to it are held there."""
    ties = session.scalars(
        select(Hold)
        .join(OrderLine, OrderLine.id == Hold.line_id)
        .where(Hold.purchase_order_line_id == supply_id, Hold.ended_at.is_(None), OrderLine.qty_open > 0)
    ).all()
    _move(session, arrived([_units(one) for one in ties], qty), to=shelf, actor=actor, why=came_in_words(number))


def take_back(session: Session, supply_id: int, shelf: Stock, *, number: str, actor: Any) -> None:
    """The receipt did not happen: what came with it and is not picked waits for its purchase-order line again."""
    came = session.scalars(
        select(Hold).where(
            Hold.location_id == shelf.location_id,
            Hold.reason == came_in_words(number),
            Hold.kind != PICKED,
            Hold.ended_at.is_(None),
        )
    ).all()
    ends = [HoldEnd(_units(one), one.qty) for one in came]
    _move(session, ends, to=supply_id, actor=actor, why=f"{number} was reversed")


def _units(hold: Hold) -> HeldUnits:
    return HeldUnits(hold.id, hold.part, hold.kind, hold.qty, hold.location_id, hold.purchase_order_line_id)


def _move(session: Session, ends: list[HoldEnd], *, to: Stock | int, actor: Any, why: str) -> None:
    for end in ends:
        old = session.get_one(Hold, end.hold.id)
        touch(session.get_one(OrderLine, old.line_id))
        session.add(
            Hold(
                line_id=old.line_id,
                part=old.part,
                location_id=to.location_id if isinstance(to, Stock) else None,
                purchase_order_line_id=None if isinstance(to, Stock) else to,
                qty=end.qty,
                kind=old.kind,
                reason=why,
                made_at=clock.now(),
                made_by=actor,
            )
        )
    end_holds(session, ends, actor=actor, reason=why)
