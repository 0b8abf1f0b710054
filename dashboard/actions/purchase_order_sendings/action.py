"""A drafted purchase order goes to its supplier."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboard import audit, planning
from dashboard.actions.clashes import refuse_if_changed
from dashboard.actions.outcomes import Outcome, consequences, sent_before
from dashboard.actions.purchase_order_sendings.sending import lines_of, send_order
from dashboard.database import transaction
from dashboard.messages.supplier_letters import write_to_supplier
from dashboard.models import PurchaseOrder, PurchaseOrderLine


@planning.repeated
def send_draft(
    order_id: int,
    *,
    promised: date | None = None,
    mail: bool = False,
    why: str | None = None,
    version: str | None = None,
    submission: str | None = None,
    actor: Any,
) -> Outcome:
    """From now on the order supplies, by the day that its supplier promised, else by the lead time that it quotes.
    It is written to the supplier where that is asked for; there is no way back: what was sent is somebody else's too.
    """
    with transaction() as session:
        skus = _skus_of(session, order_id)
        planning.keep_still(skus)
        if repeated := sent_before(submission):
            return repeated
        order = session.get_one(PurchaseOrder, order_id, populate_existing=True)
        subject = f"purchase-order {order.number}"
        lines = lines_of(session, order_id)
        subjects = [f"purchase-order-line {order.number}/{line.line_no}" for line in lines]
        refuse_if_changed(version, order.version, subject, *subjects)
        before = order.status
        sent = send_order(session, order, promised=promised, actor=actor)

        moved = consequences(session, planning.replan(skus).moves)
        notice = f"{sent.sentence} {write_to_supplier(order_id, actor=actor)}" if mail else sent.sentence
        act = audit.record(
            "purchase-order-sent",
            subject,
            before={"status": before},
            after={"status": order.status, "promised_date": promised, "qty": sent.qty},
            why=why,
            actor=actor,
        )
        audit.record_submission(submission, act, notice)
        return Outcome(notice, tuple(skus), moved)


def _skus_of(session: Session, order_id: int) -> list[int]:
    line = PurchaseOrderLine
    return list(
        session.scalars(select(line.sku_id).where(line.purchase_order_id == order_id).distinct().order_by(line.sku_id))
    )
