"""Posts a receipt, or takes one back, with all that follows for the lines that wait."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboard import audit, clock, planning
from dashboard.actions.clashes import refuse_if_changed
from dashboard.actions.outcomes import Outcome, consequences, learns, sent_before
from dashboard.actions.receipts.coming import come_in, go_back, particulars
from dashboard.actions.shelves import shelf_of
from dashboard.database import transaction
from dashboard.domain import receipts
from dashboard.models import Location, PurchaseOrder, PurchaseOrderLine, Receipt, ReceiptLine, Sku


@planning.repeated
def receive(
    line_id: int,
    *,
    qty: int,
    at: str,
    takes_over: bool = False,
    version: str | None = None,
    submission: str | None = None,
    actor: Any,
) -> Outcome:
    """Units of a purchase-order line reach a location, under a number of the desk's own; in part, whole, or over where
    somebody said so.
    """
    with transaction() as session:
        sku = _sku_of(session, line_id)
        planning.keep_still([sku.id])
        if repeated := sent_before(submission):
            return repeated
        line, order = _line(session, line_id)
        subject = f"purchase-order-line {order.number}/{line.line_no}"
        refuse_if_changed(version, line.version, subject)
        before = particulars(line)
        shelf = shelf_of(session, sku.id, at)
        before["on_hand"] = shelf.on_hand
        open_before = line.qty_open
        number, _ = come_in(session, line, order, shelf, qty=qty, takes_over=takes_over, actor=actor)

        moved = consequences(session, planning.replan([sku.id]).moves)
        notice = receipts.receipt_in_words(
            number,
            qty=qty,
            sku=sku.code,
            open_before=open_before,
            reserved=moved.gains,
            more=moved.more_gaining,
        )
        act = audit.record(
            "goods-received",
            subject,
            before=before,
            after={**particulars(line), "receipt": number, "location": at, "qty": qty, "on_hand": shelf.on_hand},
            actor=actor,
        )
        audit.record_submission(submission, act, notice)
        return Outcome(notice, (sku.id,), moved, made=number)


@planning.repeated
def reverse(
    receipt_line_id: int, *, why: str | None, version: str | None = None, submission: str | None = None, actor: Any
) -> Outcome:
    """A receipt of the desk's own did not happen: its units leave the shelf and are expected again. Twice is once."""
    with transaction() as session:
        sku = _sku_of(session, _ordered_line_of(session, receipt_line_id))
        planning.keep_still([sku.id])
        if repeated := sent_before(submission):
            return repeated
        receipt, number, location = _receipt(session, receipt_line_id)
        line, order = _line(session, receipt.purchase_order_line_id)
        subject = f"purchase-order-line {order.number}/{line.line_no}"
        if receipt.reversed_at is not None:
            return Outcome(receipts.reversed_before_in_words(number), (sku.id,))
        refuse_if_changed(version, line.version, subject)

        shelf = shelf_of(session, sku.id, location)
        before = {**particulars(line), "on_hand": shelf.on_hand}
        counted_since = go_back(session, receipt, line, order, shelf, number=number, actor=actor)

        # What was learnt from it is unlearnt; estimates look at days before today.
        history = learns(session, something=receipt.received_on < clock.today())
        moved = consequences(session, planning.replan([sku.id], history=history).moves)
        notice = receipts.reversal_in_words(
            number,
            qty=receipt.qty,
            sku=sku.code,
            released=moved.losses,
            more=moved.more_losing,
            counted_since=counted_since,
        )
        act = audit.record(
            "receipt-reversed",
            subject,
            before=before,
            after={
                **particulars(line),
                "receipt": number,
                "location": location,
                "qty": receipt.qty,
                "on_hand": shelf.on_hand,
            },
            why=why,
            actor=actor,
        )
        audit.record_submission(submission, act, notice)
        return Outcome(notice, (sku.id,), moved)


def _sku_of(session: Session, line_id: int) -> Sku:
    sku = session.scalar(
        select(Sku).join(PurchaseOrderLine, PurchaseOrderLine.sku_id == Sku.id).where(PurchaseOrderLine.id == line_id)
    )
    assert sku is not None
    return sku


def _ordered_line_of(session: Session, receipt_line_id: int) -> int:
    line_id = session.scalar(select(ReceiptLine.purchase_order_line_id).where(ReceiptLine.id == receipt_line_id))
    assert line_id is not None
    return line_id


def _line(session: Session, line_id: int) -> tuple[PurchaseOrderLine, PurchaseOrder]:
    line, order = session.execute(
        select(PurchaseOrderLine, PurchaseOrder)
        .join(PurchaseOrder, PurchaseOrder.id == PurchaseOrderLine.purchase_order_id)
        .where(PurchaseOrderLine.id == line_id)
    ).one()
    return line, order


def _receipt(session: Session, receipt_line_id: int) -> tuple[ReceiptLine, str, str]:
    receipt, number, location = session.execute(
        select(ReceiptLine, Receipt.number, Location.code)
        .join(Receipt, Receipt.id == ReceiptLine.receipt_id)
        .join(Location, Location.id == ReceiptLine.location_id)
        .where(ReceiptLine.id == receipt_line_id)
    ).one()
    return receipt, number, location
