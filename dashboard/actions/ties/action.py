"""A waiting quantity bound to one purchase-order line, and to nothing else until it is untied."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dashboard import audit, clock, models, planning
from dashboard.actions.clashes import refuse_if_changed
from dashboard.actions.order_lines import load_still, touch
from dashboard.actions.outcomes import Outcome, consequences, sent_before
from dashboard.database import transaction
from dashboard.domain.holds import FIXED
from dashboard.domain.ties import Incoming, chosen_order, still_to_tie, tie, tied_in_words
from dashboard.models.purchase_orders import SUPPLYING_STATUSES

LARGEST_KEY = 2**63 - 1  # what databases take for a key at all


@planning.repeated
def tie_units(
    order_id: int,
    line_no: int,
    *,
    supply: int | None,
    qty: int,
    reason: str | None,
    version: str | None = None,
    submission: str | None = None,
    actor: Any,
) -> Outcome:
    """Bind units of a line to a purchase-order line (its id): they are filled from that one alone."""
    with transaction() as session:
        order = load_still(session, order_id, line_no)
        line = order.line(line_no)
        if repeated := sent_before(submission):
            return repeated
        refuse_if_changed(version, line.row.version, line.subject, order.subject)
        incoming = _incoming(session, supply, line.row.sku_id)
        sku = session.scalars(select(models.Sku.code).where(models.Sku.id == line.row.sku_id)).one()
        new = tie(line.units, qty, to=incoming, sku=sku)
        assert incoming is not None  # a rule refused that
        ties = [
            models.Hold(
                line_id=line.row.id,
                part=one.part,
                purchase_order_line_id=incoming.id,
                qty=one.qty,
                kind=FIXED,
                reason=reason,
                made_at=clock.now(),
                made_by=actor,
            )
            for one in new
        ]
        session.add_all(ties)
        touch(order.row, line.row)

        did = consequences(session, planning.replan([line.row.sku_id]).moves)
        notice = tied_in_words(line.units, qty, incoming)
        act = audit.record(
            "units-tied",
            line.subject,
            before={"qty_held": line.units.held},
            after={
                "purchase_order": f"{incoming.purchase_order}/{incoming.line_no}",
                "qty": qty,
                "qty_held": line.units.held + qty,
            },
            why=reason,
            actor=actor,
        )
        audit.record_submission(submission, act, notice)
        return Outcome(notice, (line.row.sku_id,), did, made=str(ties[0].id) if len(ties) == 1 else "")


@planning.repeated
def tie_to_order(
    order_id: int,
    line_no: int,
    *,
    purchase_order: str | None,
    reason: str | None,
    submission: str | None = None,
    actor: Any,
) -> Outcome:
    """Bind all of a line that still waits to a purchase order, by its number, or as much as that has left."""
    with transaction() as session:
        line = load_still(session, order_id, line_no).line(line_no)
        if repeated := sent_before(submission):
            return repeated
        sku_id = line.row.sku_id
        number = chosen_order(purchase_order)
        incoming = _incoming(session, _line_that_brings(session, number, sku_id), sku_id)
        sku = session.scalars(select(models.Sku.code).where(models.Sku.id == sku_id)).one()
        qty = still_to_tie(line.units, to=incoming, number=number, sku=sku)
        assert incoming is not None  # a rule refused that
        return tie_units(
            order_id, line_no, supply=incoming.id, qty=qty, reason=reason, submission=submission, actor=actor
        )


def _line_that_brings(session: Session, number: str, sku_id: int) -> int | None:
    """The line of a purchase order from which most of a SKU is still to come."""
    line, order = models.PurchaseOrderLine, models.PurchaseOrder
    return session.scalar(
        select(line.id)
        .join(order, order.id == line.purchase_order_id)
        .where(order.number == number, line.sku_id == sku_id)
        .order_by(line.qty_open.desc(), line.line_no)
        .limit(1)
    )


def _incoming(session: Session, supply: int | None, sku_id: int) -> Incoming | None:
    if supply is None or not 0 < supply <= LARGEST_KEY:
        return None
    line, order, hold = models.PurchaseOrderLine, models.PurchaseOrder, models.Hold
    tied = (
        select(func.coalesce(func.sum(hold.qty), 0))
        .join(models.OrderLine, models.OrderLine.id == hold.line_id)
        .where(hold.purchase_order_line_id == line.id, hold.ended_at.is_(None), models.OrderLine.qty_open > 0)
        .correlate(line)
        .scalar_subquery()
    )
    row = session.execute(
        select(line.id, order.number, line.line_no, line.sku_id, order.status, line.qty_open, tied)
        .join(order, order.id == line.purchase_order_id)
        .where(line.id == supply)
    ).first()
    if row is None:
        return None
    found, number, line_no, sku, status, qty_open, qty_tied = row
    return Incoming(found, number, line_no, sku == sku_id, status in SUPPLYING_STATUSES, qty_open, int(qty_tied))
