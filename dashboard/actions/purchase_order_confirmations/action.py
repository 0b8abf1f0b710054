"""A supplier confirms a purchase order, with the day on which it delivers."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy.orm.attributes import flag_modified

from dashboard import audit, clock, planning
from dashboard.actions.clashes import refuse_if_changed
from dashboard.actions.outcomes import Outcome, consequences, learns, sent_before
from dashboard.actions.purchase_order_dates.moving import as_expected, lines_of, write_dates
from dashboard.actions.purchase_order_queries import read_order, skus_of
from dashboard.database import transaction
from dashboard.domain import purchase_order_dates
from dashboard.domain.purchase_order_confirmations import CONFIRMED, confirm
from dashboard.domain.ties import purchase_order
from dashboard.models import PurchaseOrder


@planning.repeated
def confirm_order(
    order_id: int,
    *,
    to: date | None = None,
    why: str | None = None,
    version: str | None = None,
    submission: str | None = None,
    actor: Any,
) -> Outcome:
    """The supplier has said that it delivers, by that day if it named one. What was first promised stays; what never
    had a date has this one for its first.
    """
    with transaction() as session:
        skus = skus_of(session, order_id)
        planning.keep_still(skus)
        if repeated := sent_before(submission):
            return repeated
        shown = read_order(session, order_id)
        refuse_if_changed(version, shown.version, *shown.subjects)
        today = clock.today()
        moves = confirm(shown.number, shown.status, open_units=shown.open, to=to, stated=shown.common_day, today=today)
        order = session.get_one(PurchaseOrder, order_id, populate_existing=True)
        lines = lines_of(session, order, None)
        teaches = False
        if moves:
            assert to is not None  # else nothing moves
            # Estimates learn from receipts against first promises: a first date tells them of what came already.
            teaches = any(line.qty_received and line.first_promise is None for line in lines)
            expected = [as_expected(line, order) for line in lines]
            moved = purchase_order_dates.move(expected, subject=shown.number, to=to, whole=True, today=today)
            write_dates(lines, moved)
            if all(one.stated is None for one in expected):
                order.promised_date = to
            else:
                order.expected_date = to
        order.status = CONFIRMED
        flag_modified(order, "status")

        changed = consequences(session, planning.replan(skus, history=learns(session, something=teaches)).moves)
        moved_words = purchase_order_dates.move_in_words(
            purchase_order(shown.number),
            moved=len(changed.listed) + changed.more,
            customers=changed.customers_to_tell,
            to_tell=[one.order for one in changed.to_tell],
            more=changed.more_to_tell,
        )
        notice = f"{purchase_order(shown.number)} is confirmed." + (f" {moved_words}" if moves else "")
        act = audit.record(
            "purchase-order-confirmed",
            shown.subject,
            before={"status": shown.status, "expected_date": shown.stated},
            after={"status": CONFIRMED, "expected_date": to if moves else shown.stated},
            why=why,
            actor=actor,
        )
        audit.record_submission(submission, act, notice)
        return Outcome(notice, tuple(skus), changed)
