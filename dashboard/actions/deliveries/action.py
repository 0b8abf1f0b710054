"""Takes in what a van brought for a purchase order, all of it in one transaction; or takes the delivery back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboard import audit, clock, planning, topics
from dashboard.actions.clashes import refuse_if_changed
from dashboard.actions.deliveries.queries import find_delivery, version_of
from dashboard.actions.deliveries.strange import put_on_shelf, take_off_shelf
from dashboard.actions.numbers import save_numbered
from dashboard.actions.outcomes import Outcome, consequences, learns, sent_before
from dashboard.actions.receipts.coming import come_in, go_back, particulars
from dashboard.actions.shelves import place_of, shelf_of
from dashboard.database import transaction
from dashboard.domain import deliveries
from dashboard.domain.deliveries import AwaitedLine, DeliveryRefused, StrangeUnits, TakenLine
from dashboard.domain.receipts import ReceiptRefused
from dashboard.models import (
    Delivery,
    DeliveryLine,
    Location,
    PurchaseOrder,
    PurchaseOrderLine,
    Receipt,
    ReceiptLine,
    Sku,
)


@dataclass(frozen=True, slots=True)
class DeliveryOutcome(Outcome):
    """What a delivery did, and where what it brought is picked."""

    location: str = ""
    picked_of: tuple[str, ...] = ()  # SKUs that stand there now for somebody


@dataclass(frozen=True, slots=True)
class _Loaded:
    line: PurchaseOrderLine
    sku: Sku

    @property
    def awaited(self) -> AwaitedLine:
        return AwaitedLine(self.line.line_no, self.sku.code, self.line.qty_open)


@planning.repeated
def take_in_delivery(
    order_id: int,
    *,
    came: Mapping[int, int],
    damaged: Mapping[int, int],
    at: str,
    takes_over: bool = False,
    strange_sku: str | None = None,
    strange_qty: int | None = None,
    strange_stocked: bool = False,
    remark: str | None = None,
    version: str | None = None,
    submission: str | None = None,
    actor: Any,
) -> Outcome:
    """What came for a purchase order, by line number: sound units reach a location, each line under a receipt of its
    own; damaged ones are recorded and stay open; what nobody ordered is recorded, and stands on a shelf only where
    somebody said so.
    """
    with transaction() as session:
        stranger = session.scalar(select(Sku).where(Sku.code == strange_sku)) if strange_sku else None
        planning.keep_still(_skus_touched(session, order_id, came, stranger if strange_stocked else None))
        if repeated := sent_before(submission):
            return repeated
        order = session.get_one(PurchaseOrder, order_id, populate_existing=True)
        lines = _lines(session, order_id)
        subject = f"purchase-order {order.number}"
        now = version_of([(one.line.line_no, one.line.version) for one in lines.values()])
        refuse_if_changed(version, now, subject, *(_subject(order, one.line) for one in lines.values()))
        strange = None
        if strange_sku or strange_qty:
            strange = StrangeUnits(strange_sku or "", strange_qty or 0, stranger is not None, strange_stocked)
        taken = deliveries.take_in(
            order.number,
            [one.awaited for one in lines.values()],
            is_draft=order.status == "draft",
            came=came,
            damaged=damaged,
            takes_over=takes_over,
            strange=strange,
        )

        delivery = Delivery(
            purchase_order_id=order.id,
            location_id=place_of(session, at).id,
            came_at=clock.now(),
            taken_by=getattr(actor, "id", actor),
            remark=remark,
        )
        number = save_numbered(session, delivery, "D")
        for one in taken:
            _take_line(session, delivery, order, lines[one.line.line_no], one, at=at, actor=actor)
        if strange is not None:
            _take_strange(session, delivery, stranger, strange, at=at)
        session.flush()

        skus = sorted(
            {lines[one.line.line_no].sku.id for one in taken if one.stocked}
            | ({stranger.id} if stranger is not None and strange_stocked else set())
        )
        moved = consequences(session, planning.replan(skus).moves if skus else [])
        notice = deliveries.taken_in_words(
            number, order.number, taken, strange, at=at, reserved=moved.gains, more=moved.more_gaining
        )
        act = audit.record(
            "delivery-taken-in",
            subject,
            after={
                "delivery": number,
                "location": at,
                "stocked": {str(one.line.line_no): one.stocked for one in taken if one.stocked},
                "rejected": {str(one.line.line_no): one.rejected for one in taken if one.rejected},
                "strange": {} if strange is None else {strange.sku: strange.qty},
            },
            why=remark,
            actor=actor,
        )
        audit.record_submission(submission, act, notice)
        topics.bump(session.connection(), topics.WORK)  # what came stands on pages, also where nobody waits for it
        gaining = {one.sku for one in moved.gaining}
        return DeliveryOutcome(notice, tuple(skus), moved, made=number, location=at, picked_of=tuple(sorted(gaining)))


@planning.repeated
def reverse_delivery(
    delivery_id: int, *, why: str | None, version: str | None = None, submission: str | None = None, actor: Any
) -> Outcome:
    """A delivery did not happen: all that it brought leaves the shelf and is expected again. What is picked is not
    touched: then nothing of it is reversed. Twice is once.
    """
    with transaction() as session:
        planning.keep_still(_skus_of(session, delivery_id))
        if repeated := sent_before(submission):
            return repeated
        delivery = session.get_one(Delivery, delivery_id, populate_existing=True)
        order = session.get_one(PurchaseOrder, delivery.purchase_order_id)
        shown = find_delivery(session, delivery.number)
        assert shown is not None
        subject = f"purchase-order {order.number}"
        if delivery.reversed_at is not None:
            return Outcome(deliveries.reversed_before_in_words(delivery.number))
        of_lines = (_subject(order, one.line) for one in _lines(session, order.id).values())
        refuse_if_changed(version, shown.version, subject, *of_lines)

        back, skus, counted, learnt = 0, set(), [], False
        place = session.get_one(Location, delivery.location_id)
        for row in session.scalars(select(DeliveryLine).where(DeliveryLine.delivery_id == delivery_id)).all():
            if row.qty_stocked == 0 or row.sku_id is None:
                continue
            shelf = shelf_of(session, row.sku_id, place.code)
            if row.receipt_line_id is None:
                take_off_shelf(session, shelf, place.code, qty=row.qty_stocked)
            else:
                receipt = session.get_one(ReceiptLine, row.receipt_line_id)
                if receipt.reversed_at is not None:
                    continue
                if _go_back(session, receipt, order, shelf, row.sku, actor=actor):
                    counted.append(row.sku)
                learnt = learnt or receipt.received_on < clock.today()
            back += row.qty_stocked
            skus.add(row.sku_id)
        delivery.reversed_at, delivery.reversed_by = clock.now(), getattr(actor, "id", actor)

        history = learns(session, something=learnt)
        moved = consequences(session, planning.replan(sorted(skus), history=history).moves if skus else [])
        notice = deliveries.reversed_in_words(
            delivery.number, back=back, released=moved.losses, more=moved.more_losing, counted_since=counted
        )
        act = audit.record(
            "delivery-reversed",
            subject,
            after={"delivery": delivery.number, "location": place.code, "qty": back},
            why=why,
            actor=actor,
        )
        audit.record_submission(submission, act, notice)
        topics.bump(session.connection(), topics.WORK)  # what came stands on pages, also where nobody waits for it
        return Outcome(notice, tuple(sorted(skus)), moved)


def _take_line(
    session: Session,
    delivery: Delivery,
    order: PurchaseOrder,
    loaded: _Loaded,
    taken: TakenLine,
    *,
    at: str,
    actor: Any,
) -> None:
    """One line: its sound units on the shelf, under a receipt that the history knows by itself."""
    line, receipt_line_id = loaded.line, None
    if taken.stocked:
        shelf = shelf_of(session, loaded.sku.id, at)
        before = {**particulars(line), "on_hand": shelf.on_hand}
        receipt, row = come_in(session, line, order, shelf, qty=taken.stocked, takes_over=True, actor=actor)
        session.flush()
        receipt_line_id = row.id
        audit.record(
            "goods-received",
            _subject(order, line),
            before=before,
            after={
                **particulars(line),
                "receipt": receipt,
                "location": at,
                "qty": taken.stocked,
                "on_hand": shelf.on_hand,
            },
            actor=actor,
        )
    session.add(
        DeliveryLine(
            delivery_id=delivery.id,
            purchase_order_line_id=line.id,
            receipt_line_id=receipt_line_id,
            sku_id=loaded.sku.id,
            sku=loaded.sku.code,
            qty=taken.stocked + taken.rejected,
            qty_stocked=taken.stocked,
            qty_rejected=taken.rejected,
        )
    )


def _take_strange(session: Session, delivery: Delivery, sku: Sku | None, strange: StrangeUnits, *, at: str) -> None:
    if strange.stocked and sku is not None:
        put_on_shelf(shelf_of(session, sku.id, at), qty=strange.qty)
    session.add(
        DeliveryLine(
            delivery_id=delivery.id,
            sku_id=None if sku is None else sku.id,
            sku=strange.sku,
            qty=strange.qty,
            qty_stocked=strange.qty if strange.stocked else 0,
            qty_rejected=0,
        )
    )


def _go_back(session: Session, receipt: ReceiptLine, order: PurchaseOrder, shelf: Any, sku: str, *, actor: Any) -> bool:
    """A receipt of the delivery is taken back; whether its shelf was counted since."""
    line = session.get_one(PurchaseOrderLine, receipt.purchase_order_line_id, populate_existing=True)
    number = session.get_one(Receipt, receipt.receipt_id).number
    before = {**particulars(line), "on_hand": shelf.on_hand}
    try:
        counted = go_back(session, receipt, line, order, shelf, number=number, actor=actor)
    except ReceiptRefused as refused:
        raise DeliveryRefused(f"{sku}: {refused.sentence}", refused.allowed or "") from refused
    audit.record(
        "receipt-reversed",
        _subject(order, line),
        before=before,
        after={
            **particulars(line),
            "receipt": number,
            "location": session.get_one(Location, shelf.location_id).code,
            "qty": receipt.qty,
            "on_hand": shelf.on_hand,
        },
        actor=actor,
    )
    return counted


def _skus_touched(session: Session, order_id: int, came: Mapping[int, int], stranger: Sku | None) -> list[int]:
    """SKUs of the lines of which something came; where nothing did, of all: two vans for one order wait for each
    other, and no other SKU waits for them.
    """
    line = PurchaseOrderLine
    named = select(line.sku_id).where(line.purchase_order_id == order_id)
    some = [number for number, qty in came.items() if qty]
    found = set(session.scalars(named.where(line.line_no.in_(some)) if some else named))
    return sorted(found | ({stranger.id} if stranger is not None else set()))


def _skus_of(session: Session, delivery_id: int) -> list[int]:
    found = session.scalars(select(DeliveryLine.sku_id).where(DeliveryLine.delivery_id == delivery_id))
    return sorted({sku_id for sku_id in found if sku_id is not None})


def _lines(session: Session, order_id: int) -> dict[int, _Loaded]:
    rows = session.execute(
        select(PurchaseOrderLine, Sku)
        .join(Sku, Sku.id == PurchaseOrderLine.sku_id)
        .where(PurchaseOrderLine.purchase_order_id == order_id)
        .order_by(PurchaseOrderLine.line_no)
        .execution_options(populate_existing=True)
    )
    return {line.line_no: _Loaded(line, sku) for line, sku in rows}


def _subject(order: PurchaseOrder, line: PurchaseOrderLine) -> str:
    return f"purchase-order-line {order.number}/{line.line_no}"
