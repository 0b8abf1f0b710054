"""Nothing more of a purchase order shall come."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm.attributes import flag_modified

from dashboard import audit, clock, planning
from dashboard.actions.clashes import refuse_if_changed
from dashboard.actions.outcomes import Outcome, consequences, sent_before
from dashboard.actions.purchase_order_queries import read_order, skus_of
from dashboard.actions.purchase_order_sendings.sending import lines_of
from dashboard.database import transaction
from dashboard.domain.purchase_order_cancellations import cancel, cancelled_in_words
from dashboard.models import PurchaseOrder


@planning.repeated
def cancel_order(
    order_id: int,
    *,
    why: str | None = None,
    is_undo: bool = False,
    version: str | None = None,
    submission: str | None = None,
    actor: Any,
) -> Outcome:
    """What has not come is not expected any more; what came stays. A draft is only taken away: it supplied nothing."""
    with transaction() as session:
        skus = skus_of(session, order_id)
        planning.keep_still(skus)
        if repeated := sent_before(submission):
            return repeated
        shown = read_order(session, order_id)
        refuse_if_changed(version, shown.version, *shown.subjects)
        status = cancel(shown.cancellable, today=clock.today(), is_undo=is_undo)
        order = session.get_one(PurchaseOrder, order_id, populate_existing=True)
        order.status, order.ended_at = status, clock.now()
        for line in lines_of(session, order_id):
            line.qty_open = 0
            flag_modified(line, "qty_open")

        moved = consequences(session, planning.replan(skus).moves)
        undated = sum(one.before.eta is not None and one.after.eta is None for one in moved.listed)
        notice = cancelled_in_words(shown.cancellable, status=status, undated=undated)
        act = audit.record(
            "purchase-order-cancelled",
            shown.subject,
            before={"status": shown.status},
            after={"status": status, "qty": shown.cancellable.left, "expected_date": shown.stated},
            why=why,
            actor=actor,
        )
        audit.record_submission(submission, act, notice)
        return Outcome(notice, tuple(skus), moved)
