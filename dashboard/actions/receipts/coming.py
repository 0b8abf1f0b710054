"""Goods on their way onto a shelf, and off it again, with the purchase-order line and what is tied to it."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from dashboard import clock
from dashboard.actions.numbers import save_numbered
from dashboard.actions.shelves import lower, moment_after_count, picked_at
from dashboard.actions.ties.arrivals import hand_over, take_back
from dashboard.domain import receipts
from dashboard.models import Location, PurchaseOrder, PurchaseOrderLine, Receipt, ReceiptLine, Stock
from dashboard.models.purchase_orders import SUPPLYING_STATUSES


def come_in(
    session: Session,
    line: PurchaseOrderLine,
    order: PurchaseOrder,
    shelf: Stock,
    *,
    qty: int,
    takes_over: bool,
    actor: Any,
) -> tuple[str, ReceiptLine]:
    """Units of a purchase-order line stand on a shelf, under a receipt of the desk's own; what is tied is held."""
    received, still_open = receipts.receive(as_ordered(line, order), qty=qty, takes_over=takes_over)
    at_this_moment = moment_after_count(shelf)
    receipt = Receipt()
    number = save_numbered(session, receipt, "R")
    row = ReceiptLine(
        receipt_id=receipt.id,
        purchase_order_line_id=line.id,
        location_id=shelf.location_id,
        qty=qty,
        received_at=at_this_moment,
        received_on=clock.shop_day(at_this_moment),
        observed=clock.shop_day(at_this_moment) >= order.ordered_on,
    )
    session.add(row)
    line.qty_received, line.qty_open = received, still_open
    shelf.on_hand += qty
    hand_over(session, line.id, shelf, qty=qty, number=number, actor=actor)
    return number, row


def go_back(
    session: Session,
    receipt: ReceiptLine,
    line: PurchaseOrderLine,
    order: PurchaseOrder,
    shelf: Stock,
    *,
    number: str,
    actor: Any,
) -> bool:
    """Units of a receipt leave their shelf and are expected again; whether the shelf was counted since and stays."""
    counted_since = receipt.received_at <= shelf.counted_at
    location = session.get_one(Location, shelf.location_id).code
    received, still_open, on_hand = receipts.reverse(
        as_ordered(line, order),
        receipts.Shelf(location, shelf.on_hand, picked_at(session, shelf.sku_id, shelf.location_id)),
        qty=receipt.qty,
        takes=0 if counted_since else receipt.qty,
    )
    if not counted_since:
        take_back(session, line.id, shelf, number=number, actor=actor)
    lower(session, shelf, on_hand)
    receipt.reversed_at, receipt.reversed_by = clock.now(), getattr(actor, "id", actor)
    line.qty_received, line.qty_open = received, still_open
    return counted_since


def as_ordered(line: PurchaseOrderLine, order: PurchaseOrder) -> receipts.OrderedLine:
    """A line as the rules of receipts see it."""
    return receipts.OrderedLine(
        order.number, line.qty, line.qty_received, order.status, order.status in SUPPLYING_STATUSES
    )


def particulars(line: PurchaseOrderLine) -> dict[str, Any]:
    """What the history says of a line whose goods move."""
    return {"qty_received": line.qty_received, "qty_open": line.qty_open}
