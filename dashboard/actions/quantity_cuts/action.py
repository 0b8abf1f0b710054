"""The customer wants fewer of a line."""

from __future__ import annotations

from typing import Any

from dashboard import audit, planning
from dashboard.actions.clashes import refuse_if_changed
from dashboard.actions.order_lines import cancel_units, load_still, touch
from dashboard.actions.order_money import load_money
from dashboard.actions.outcomes import Outcome, consequences, sent_before
from dashboard.actions.refunds import CancelOutcome, in_history, record_refund, with_refund
from dashboard.database import transaction
from dashboard.domain.quantity_cuts import cut, cut_in_words


@planning.repeated
def cut_quantity(
    order_id: int,
    line_no: int,
    *,
    wanted: int,
    reason: str,
    version: str | None = None,
    submission: str | None = None,
    actor: Any,
) -> Outcome:
    """Cancel so much of a line that the customer gets `wanted` units in all; what was reserved beyond that serves the
    next in line.
    """
    with transaction() as session:
        order = load_still(session, order_id, line_no)
        line = order.line(line_no)
        if repeated := sent_before(submission):
            return with_refund(session, repeated, submission, order.row.currency)
        refuse_if_changed(version, line.row.version, line.subject, order.subject)
        gone = cut(line.units, wanted=wanted)
        qty = sum(one.qty for one in gone)
        before = {"qty_cancelled": line.row.qty_cancelled, "qty_open": line.row.qty_open}
        owed = load_money(session, order).refund_of(order.units, [(line.units, gone)])
        cancel_units(session, line, gone, reason=reason, actor=actor)
        touch(order.row)

        did = consequences(session, planning.replan([line.row.sku_id]).moves)
        notice = cut_in_words(line.units, qty=qty, reserved=did.gains, more=did.more_gaining)
        act = audit.record(
            "quantity-cut",
            line.subject,
            before=before,
            after={
                "qty": qty,
                "qty_cancelled": line.row.qty_cancelled,
                "qty_open": line.row.qty_open,
                "refund": in_history(owed),
            },
            why=reason,
            actor=actor,
        )
        audit.record_submission(submission, act, notice)
        record_refund(session, owed, act)
        return CancelOutcome(notice, (line.row.sku_id,), did, refund=owed, currency=order.row.currency)
