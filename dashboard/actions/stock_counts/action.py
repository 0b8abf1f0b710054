"""Makes what was counted the truth of a shelf, with all that follows for the lines that wait."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboard import audit, planning
from dashboard.actions.clashes import refuse_if_changed
from dashboard.actions.outcomes import Outcome, consequences, sent_before
from dashboard.actions.shelves import lower, moment_after_count, picked_at, shelf_of
from dashboard.actions.stock_counts.queries import shelves, version_of
from dashboard.database import transaction
from dashboard.domain import stock_counts
from dashboard.domain.receipts import Shelf
from dashboard.models import Order, OrderLine, PurchaseOrder, PurchaseOrderLine, ReceiptLine, ShipmentLine, Sku

MOVING_A_SHELF = ("stock-counted", "goods-received", "receipt-reversed", "goods-shipped")


@planning.repeated
def count(
    sku_id: int,
    *,
    at: str,
    qty: int,
    why: str | None = None,
    version: str | None = None,
    submission: str | None = None,
    actor: Any,
) -> Outcome:
    """So many units of a SKU stand at a location, whatever the desk thought; less than is picked is refused."""
    with transaction() as session:
        planning.keep_still([sku_id])
        if repeated := sent_before(submission):
            return repeated
        sku = session.get_one(Sku, sku_id)
        now = shelves(session, sku_id)
        if version not in (None, version_of(now)):
            subjects = _subjects(session, sku, {at, *now})
            refuse_if_changed(version, version_of(now), *subjects, among=MOVING_A_SHELF)
        row = shelf_of(session, sku_id, at)
        shelf = Shelf(at, row.on_hand, picked_at(session, sku_id, row.location_id))
        counted = stock_counts.count(shelf, qty=qty)

        counted_at = moment_after_count(row)
        lower(session, row, counted)
        row.counted, row.counted_at = counted, counted_at

        moved = consequences(session, planning.replan([sku_id]).moves)
        notice = stock_counts.count_in_words(
            shelf,
            sku=sku.code,
            qty=counted,
            gaining=moved.gains,
            losing=moved.losses,
            more_gaining=moved.more_gaining,
            more_losing=moved.more_losing,
        )
        act = audit.record(
            "stock-counted",
            _subject(sku, at),
            before={"on_hand": shelf.on_hand},
            after={"sku": sku.code, "location": at, "on_hand": counted},
            why=why,
            actor=actor,
        )
        audit.record_submission(submission, act, notice)
        return Outcome(notice, (sku_id,), moved)


def _subject(sku: Sku, location: str) -> str:
    return f"stock {sku.code} at {location}"


def _subjects(session: Session, sku: Sku, locations: Iterable[str]) -> list[str]:
    """What moves a shelf, as the history names it: a count, what came in for the SKU at the desk, what left last."""
    incoming = session.execute(
        select(PurchaseOrder.number, PurchaseOrderLine.line_no)
        .join(PurchaseOrder, PurchaseOrder.id == PurchaseOrderLine.purchase_order_id)
        .join(ReceiptLine, ReceiptLine.purchase_order_line_id == PurchaseOrderLine.id)
        .where(PurchaseOrderLine.sku_id == sku.id, ReceiptLine.location_id.is_not(None))
        .distinct()
    )
    leaving = session.execute(
        select(Order.number, OrderLine.line_no)
        .join(OrderLine, OrderLine.order_id == Order.id)
        .join(ShipmentLine, ShipmentLine.line_id == OrderLine.id)
        .where(OrderLine.sku_id == sku.id, ShipmentLine.location_id.is_not(None))
        .order_by(ShipmentLine.id.desc())
        .limit(1)
    )
    found = [_subject(sku, location) for location in locations]
    found += [f"purchase-order-line {number}/{line_no}" for number, line_no in incoming]
    for number, line_no in leaving:
        found += [f"order {number}", f"order-line {number}/{line_no}"]
    return found
