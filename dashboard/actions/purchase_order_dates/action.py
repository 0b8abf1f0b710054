"""Moves the day of ordered goods, and finds the customers who must be told."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from dashboard import audit, clock, planning
from dashboard.actions.clashes import refuse_if_changed
from dashboard.actions.outcomes import Outcome, consequences, learns, sent_before
from dashboard.actions.purchase_order_dates.moving import as_expected, lines_of, write_dates
from dashboard.actions.purchase_order_dates.queries import version_of
from dashboard.database import transaction
from dashboard.domain import purchase_order_dates
from dashboard.models import PurchaseOrder, PurchaseOrderLine


@planning.repeated
def move_date(
    line_id: int,
    *,
    to: date,
    whole: bool = False,
    why: str | None,
    version: str | None = None,
    submission: str | None = None,
    actor: Any,
) -> Outcome:
    """A line of a purchase order, or all that is open of the order, is expected on another day. What was first promised
    stays: neither the supplier's punctuality nor the customer's first date is written anew.
    """
    with transaction() as session:
        skus = _skus_of(session, line_id, whole)
        planning.keep_still(skus)
        if repeated := sent_before(submission):
            return repeated
        asked = session.get_one(PurchaseOrderLine, line_id)
        order = session.get_one(PurchaseOrder, asked.purchase_order_id)
        line_subject = f"purchase-order-line {order.number}/{asked.line_no}"
        order_subject = f"purchase-order {order.number}"
        if version is not None:
            subjects = [f"purchase-order-line {order.number}/{line.line_no}" for line in lines_of(session, order, None)]
            refuse_if_changed(version, version_of(session, order.id, asked.line_no), *subjects, order_subject)
        lines = lines_of(session, order, None if whole else asked.line_no)
        words = order.number if whole else f"{order.number} / {asked.line_no}"
        moves = purchase_order_dates.move(
            [as_expected(line, order) for line in lines], subject=words, to=to, whole=whole, today=clock.today()
        )

        before = order.expected_date if whole else as_expected(asked, order).stated
        first_dates = write_dates(lines, moves)
        if whole:
            order.expected_date = to
        # Whoever has the form of another line open may be about to move all of them.
        flag_modified(order, "expected_date")

        # Estimates learn from first promises alone, so only a first date tells them anything.
        history = learns(session, something=first_dates)
        moved = consequences(session, planning.replan(skus, history=history).moves)
        notice = purchase_order_dates.move_in_words(
            words,
            moved=len(moved.listed) + moved.more,
            customers=moved.customers_to_tell,
            to_tell=[one.order for one in moved.to_tell],
            more=moved.more_to_tell,
        )
        act = audit.record(
            "supply-date-moved",
            order_subject if whole else line_subject,
            before={"expected_date": before},
            after={"expected_date": to, "lines": [line.line_no for line in moves]},
            why=why,
            actor=actor,
        )
        audit.record_submission(submission, act, notice)
        return Outcome(notice, tuple(skus), moved)


def _skus_of(session: Session, line_id: int, whole: bool) -> list[int]:
    """The SKUs that the move touches; which SKU a line is of never changes by hand."""
    line = PurchaseOrderLine
    of_order = select(line.purchase_order_id).where(line.id == line_id).scalar_subquery()
    which = line.purchase_order_id == of_order if whole else line.id == line_id
    return list(session.scalars(select(line.sku_id).where(which).distinct().order_by(line.sku_id)))
