"""Units that were to come from one supplier come from another, and back."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from dashboard import audit, clock, planning
from dashboard.actions.clashes import refuse_if_changed
from dashboard.actions.numbers import save_numbered
from dashboard.actions.outcomes import Outcome, consequences, sent_before
from dashboard.actions.purchase_order_sendings.sending import lines_of, send_order
from dashboard.actions.supplier_reassignments.queries import Asked, chosen, find_reassignment, read_scope
from dashboard.database import transaction
from dashboard.domain.supplier_reassignments import (
    OldLine,
    Reassignment,
    reassign,
    reassigned_in_words,
    refuse_undo,
    status_once_emptied,
    undone_before_in_words,
    undone_in_words,
)
from dashboard.models import PurchaseOrder, PurchaseOrderLine, SupplierReassignment
from dashboard.models.purchase_orders import SUPPLYING_STATUSES

LETTER = "P"  # of the numbers of purchase orders that are drafted here
ENDED = ("cancelled", "closed")


@planning.repeated
def reassign_supply(
    asked: Asked,
    *,
    to: str | None,
    qty: int,
    dropship: bool = False,
    send_now: bool = False,
    why: str | None = None,
    version: str | None = None,
    submission: str | None = None,
    actor: Any,
) -> Outcome:
    """Take units that have not come from the orders that they hang on, and draft an order over them to another
    supplier (its code), which is sent at once or later. What was first promised stays with the old one.
    """
    with transaction() as session:
        planning.keep_still([asked.sku_id])
        if repeated := sent_before(submission):
            return repeated
        scope = read_scope(session, asked, clock.today())
        refuse_if_changed(version, scope.version, *scope.subjects)
        did = reassign(
            scope.sources,
            about=scope.about,
            sku=scope.sku,
            qty=qty,
            to=chosen(session, scope, to),
            line=scope.line,
            dropship=dropship,
        )
        draft, line = _draft(session, did, sku_id=asked.sku_id)
        statuses = _take(session, did)
        rows = [
            SupplierReassignment(
                from_line_id=one.source.line_id,
                from_status=statuses.get(one.source.line_id, (None, None))[0],
                to_line_id=line.id,
                order_line_id=scope.line.line_id if did.dropship and scope.line else None,
                sku_id=asked.sku_id,
                from_supplier_id=one.source.supplier_id,
                to_supplier_id=did.to.supplier_id,
                qty=one.qty,
                made_at=clock.now(),
                made_by=actor,
            )
            for one in did.moved
        ]
        session.add_all(rows)
        session.flush()
        sent = send_order(session, draft, promised=None, actor=actor) if send_now else None

        moved = consequences(session, planning.replan([asked.sku_id]).moves)
        ended = [
            (one.source.purchase_order, statuses[one.source.line_id][1])
            for one in did.moved
            if one.source.line_id in statuses
        ]
        notice = reassigned_in_words(did, sku=scope.sku, number=draft.number, ended=list(dict.fromkeys(ended)))
        notice += f" {sent.sentence}" if sent else " Nothing of it is ordered until that is sent."
        act = audit.record(
            "supplier-reassigned",
            scope.subject,
            before={"from": {one.source.name: one.source.open for one in did.moved if one.source.line_id}},
            after={
                "reassignment": rows[0].id,
                "from": {one.source.name: one.left for one in did.moved if one.source.line_id},
                "purchase_order": draft.number,
                "supplier": did.to.code,
                "qty": did.qty,
                "ordered": did.ordered,
                "status": draft.status,
                "dropship": did.dropship,
            },
            why=why,
            actor=actor,
        )
        audit.record_submission(submission, act, notice)
        return Outcome(notice, (asked.sku_id,), moved, made="" if sent else str(rows[0].id))


@planning.repeated
def undo_reassignment(
    reassignment_id: int, *, why: str | None, version: str | None = None, submission: str | None = None, actor: Any
) -> Outcome:
    """Until its order is sent, a reassignment did not happen: the old orders are whole again. Twice is once."""
    with transaction() as session:
        sku_id = session.scalars(
            select(SupplierReassignment.sku_id).where(SupplierReassignment.id == reassignment_id)
        ).one()
        planning.keep_still([sku_id])
        if repeated := sent_before(submission):
            return repeated
        past = find_reassignment(session, reassignment_id)
        assert past is not None  # the address led to it
        if past.undone_at is not None:
            return Outcome(undone_before_in_words(past.number), (sku_id,))
        subject = f"purchase-order {past.number}"
        refuse_if_changed(version, past.version, subject)
        rows = _rows_of(session, reassignment_id)
        draft_line = session.get_one(PurchaseOrderLine, rows[0].to_line_id)
        draft = session.get_one(PurchaseOrder, draft_line.purchase_order_id)
        refuse_undo(number=draft.number, status=draft.status, untouched=_is_untouched(session, rows))

        for row in rows:
            _give_back(session, row)
            row.undone_at, row.undone_by = clock.now(), actor
        draft.status = "cancelled"
        flag_modified(draft_line, "qty")

        moved = consequences(session, planning.replan([sku_id]).moves)
        back_to = [name for name, _ in past.back_to]
        notice = undone_in_words(past.number, qty=sum(qty for _, qty in past.back_to), back_to=back_to)
        act = audit.record(
            "reassignment-undone",
            subject,
            before={"status": "draft"},
            after={"status": draft.status, "qty": past.qty, "back_to": dict(past.back_to)},
            why=why,
            actor=actor,
        )
        audit.record_submission(submission, act, notice)
        return Outcome(notice, (sku_id,), moved)


def _draft(session: Session, did: Reassignment, *, sku_id: int) -> tuple[PurchaseOrder, PurchaseOrderLine]:
    """The new order: it supplies nothing before it is sent."""
    draft = PurchaseOrder(
        supplier_id=did.to.supplier_id, ordered_at=clock.now(), ordered_on=clock.today(), status="draft"
    )
    save_numbered(session, draft, LETTER)
    line = PurchaseOrderLine(
        purchase_order_id=draft.id,
        line_no=1,
        sku_id=sku_id,
        qty=did.ordered,
        qty_promised=did.ordered,
        qty_open=0,
        unit_cost=did.to.unit_cost,
    )
    session.add(line)
    session.flush()
    return draft, line


def _take(session: Session, did: Reassignment) -> dict[int | None, tuple[str, str]]:
    """Reduce the old lines, and end the orders of which nothing is left: by line, their status before and after. What
    was promised, and how much, stays: a cut never makes a supplier look punctual.
    """
    today = clock.today()
    by_order: dict[int, list[Any]] = {}
    for one in did.moved:
        if one.source.line_id is not None:
            line = session.get_one(PurchaseOrderLine, one.source.line_id)
            line.qty -= one.qty
            line.qty_open -= one.qty
            by_order.setdefault(line.purchase_order_id, []).append(line.id)
    session.flush()
    found: dict[int | None, tuple[str, str]] = {}
    for order_id, line_ids in by_order.items():
        order = session.get_one(PurchaseOrder, order_id)
        # Whoever has a form of the whole order open is told that it is another one.
        flag_modified(order, "status")
        ended = status_once_emptied(_as_left(order, lines_of(session, order_id)), today=today)
        if ended is not None:
            found |= dict.fromkeys(line_ids, (order.status, ended))
            order.status = ended
    return found


def _as_left(order: PurchaseOrder, lines: Collection[PurchaseOrderLine]) -> list[OldLine]:
    return [OldLine(line.qty_open, line.qty_received, line.first_promise, _stated(order, line)) for line in lines]


def _stated(order: PurchaseOrder, line: PurchaseOrderLine) -> date | None:
    return line.expected_date or order.expected_date or line.promised_date or order.promised_date


def _rows_of(session: Session, reassignment_id: int) -> list[SupplierReassignment]:
    """All that the act of this one moved."""
    row = SupplierReassignment
    to = select(row.to_line_id).where(row.id == reassignment_id).scalar_subquery()
    return list(session.scalars(select(row).where(row.to_line_id == to).order_by(row.id)))


def _is_untouched(session: Session, rows: Collection[SupplierReassignment]) -> bool:
    """Whether the old orders still are as they were left: ended where this ended them, else still supplying."""
    for row in rows:
        if row.from_line_id is not None:
            line = session.get_one(PurchaseOrderLine, row.from_line_id)
            order = session.get_one(PurchaseOrder, line.purchase_order_id)
            if order.status not in (ENDED if row.from_status else SUPPLYING_STATUSES):
                return False
    return True


def _give_back(session: Session, row: SupplierReassignment) -> None:
    if row.from_line_id is None:
        return
    line = session.get_one(PurchaseOrderLine, row.from_line_id)
    order = session.get_one(PurchaseOrder, line.purchase_order_id)
    if row.from_status is not None:
        order.status = row.from_status
    flag_modified(order, "status")
    line.qty += row.qty
    line.qty_open = max(0, line.qty - line.qty_received)
