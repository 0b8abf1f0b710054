"""Tied units that a file says came in: they stand on a shelf from then on, held for the line that waited for just them.

The file does not say where they stand. They are held where the order is usually served from, if the SKU has a shelf
there, else where most of it is available; a SKU without any shelf keeps no hold, and its line takes its turn.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select, update

from dashboard import clock, models
from dashboard.database import db
from dashboard.domain.order_lines import HeldUnits
from dashboard.domain.ties import arrived, came_in_words
from dashboard.intake.staging import LINES, STAGED
from dashboard.models import Hold, Order, OrderLine, Stock

_PURCHASE_ORDER_LINES = models.PurchaseOrderLine.__table__
_RECEIPTS = STAGED["receipts"]

Arrival = tuple[int, int, str]  # a purchase-order line, units that came, the number of their receipt


def tied_arrivals() -> list[Arrival]:
    """What the files bring for purchase-order lines that units are tied to; asked before it is written."""
    lines, tied = _PURCHASE_ORDER_LINES, Hold.__table__
    number = (
        select(func.max(_RECEIPTS.c.receipt_id))
        .where(_RECEIPTS.c.po_id == LINES.c.number, _RECEIPTS.c.line_no == LINES.c.line_no, _RECEIPTS.c.bad == 0)
        .scalar_subquery()
    )
    came = (
        select(lines.c.id, LINES.c.done - lines.c.qty_received, number)
        .join(lines, lines.c.id == LINES.c.line_id)
        .where(
            LINES.c.done > lines.c.qty_received,
            select(tied.c.id).where(tied.c.purchase_order_line_id == lines.c.id, tied.c.ended_at.is_(None)).exists(),
        )
        .order_by(lines.c.id)
    )
    return [(line, qty, receipt) for line, qty, receipt in db.session.execute(came) if receipt is not None]


def hand_over(came: list[Arrival]) -> None:
    """Hold on a shelf what came of ties: the firmest first, then the oldest, as a receipt at the desk would."""
    for supply_id, qty, number in came:
        ties = db.session.scalars(
            select(Hold)
            .join(OrderLine, OrderLine.id == Hold.line_id)
            .where(Hold.purchase_order_line_id == supply_id, Hold.ended_at.is_(None), OrderLine.qty_open > 0)
        ).all()
        by_id = {one.id: one for one in ties}
        units = [HeldUnits(one.id, one.part, one.kind, one.qty, None, supply_id) for one in ties]
        for end in arrived(units, qty):
            _move(by_id[end.hold.id], end.qty, why=came_in_words(number))
    if came:
        db.session.flush()


def _move(tie: Hold, qty: int, *, why: str) -> None:
    """So many units of a tie end; where they stand now, they are held for the same line."""
    ended: dict[str, Any] = {"ended_at": clock.now(), "end_reason": why}
    kept = {name: getattr(tie, name) for name in ("line_id", "part", "kind")}
    if qty < tie.qty:
        # Each row tells one story: the rest stays tied, what came is a row of its own.
        tie.qty -= qty
        made = {name: getattr(tie, name) for name in ("purchase_order_line_id", "reason", "made_at", "made_by")}
        db.session.add(Hold(**kept, **made, qty=qty, **ended))
    else:
        tie.ended_at, tie.end_reason = ended["ended_at"], why
    location_id = _place_of(tie.line_id)
    if location_id is not None:
        db.session.add(Hold(**kept, location_id=location_id, qty=qty, reason=why, made_at=clock.now()))
    # Whoever has the line open in a form is told that it moved.
    db.session.execute(
        update(OrderLine.__table__).where(OrderLine.id == tie.line_id).values(version=OrderLine.version + 1)
    )


def _place_of(line_id: int) -> int | None:
    rows = db.session.execute(
        select(Stock.location_id, Stock.on_hand - Stock.reserved, Order.location_id)
        .join(OrderLine, OrderLine.sku_id == Stock.sku_id)
        .join(Order, Order.id == OrderLine.order_id)
        .where(OrderLine.id == line_id)
    ).all()
    found = max(rows, key=lambda row: (row[0] == row[2], row[1], -row[0]), default=None)
    return None if found is None else found[0]
