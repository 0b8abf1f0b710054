"""The rest of a line, or of an order, is cancelled."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dashboard import audit, clock, models, planning
from dashboard.actions.clashes import refuse_if_changed
from dashboard.actions.order_lines import LoadedLine, cancel_units, load_still, touch
from dashboard.actions.order_money import load_money
from dashboard.actions.outcomes import Outcome, consequences, of_others, sent_before
from dashboard.actions.refunds import CancelOutcome, in_history, letter, record_refund, with_refund
from dashboard.database import transaction
from dashboard.domain.cancellations import EarlierCancel, TooLate, cancel, cancelled_in_words
from dashboard.messages import outbox

CANCELLING = ("rest-cancelled", "quantity-cut")  # acts by which units are cancelled


@planning.repeated
def cancel_rest(
    order_id: int,
    line_no: int | None = None,
    *,
    reason: str,
    tell: bool = False,
    version: str | None = None,
    submission: str | None = None,
    actor: Any,
) -> Outcome:
    """Cancel all that is open of a line, or without one of every line of the order; what was reserved for it serves the
    next in line. There is no way back. `tell` writes to the customer, with what goes back.
    """
    with transaction() as session:
        order = load_still(session, order_id, line_no)
        lines = order.lines if line_no is None else (order.line(line_no),)
        if repeated := sent_before(submission):
            return with_refund(session, repeated, submission, order.row.currency)
        changed = order.row if line_no is None else lines[0].row
        refuse_if_changed(version, changed.version, order.subject, *(line.subject for line in lines))
        what = f"order {order.row.number}" if line_no is None else lines[0].units.name
        earlier, too_late = _earlier(session, lines)
        units = [line.units for line in lines]
        found = cancel(units, what=what, earlier=earlier, too_late=too_late, today=clock.today())
        skus = sorted({line.row.sku_id for line in lines if line.row.qty_open})
        qty_open = sum(line.row.qty_open for line in lines)
        owed = load_money(session, order).refund_of(order.units, [(one.line, one.parts) for one in found])
        for one in found:
            cancel_units(session, order.line(one.line.line_no), one.parts, reason=reason, actor=actor)
        touch(order.row)

        did = consequences(session, of_others(planning.replan(skus), [one.line.line_id for one in found]))
        notice = cancelled_in_words(found, what=what, reserved=did.gains, more=did.more_gaining)
        told = None
        if tell:
            qty = sum(one.qty for one in found)
            told = outbox.write(order_id, letter(owed, order.row.currency, line_no=line_no, qty=qty), actor=actor)
            notice = f"{notice} {told.in_words}"
        act = audit.record(
            "rest-cancelled",
            order.subject if line_no is None else lines[0].subject,
            before={"qty_open": qty_open},
            after={
                "qty_open": 0,
                "lines": {str(one.line.line_no): one.qty for one in found},
                "refund": in_history(owed),
            },
            why=reason,
            actor=actor,
        )
        audit.record_submission(submission, act, notice)
        record_refund(session, owed, act)
        return CancelOutcome(notice, tuple(skus), did, told=told, refund=owed, currency=order.row.currency)


def _earlier(session: Session, lines: Sequence[LoadedLine]) -> tuple[EarlierCancel | None, TooLate | None]:
    """The last cancel of these lines (by whom, where it was done at the desk), or else when something of them was
    shipped after it.
    """
    cancelled, shipped = models.Cancellation, models.ShipmentLine
    by_id = {line.row.id: line for line in lines}
    last = session.execute(
        select(cancelled.cancelled_at, cancelled.load_id, cancelled.line_id)
        .where(cancelled.line_id.in_(by_id))
        .order_by(cancelled.cancelled_at.desc(), cancelled.id.desc())
        .limit(1)
    ).first()
    zone = clock.shop_zone()
    shipped_at = session.scalar(select(func.max(shipped.shipped_at)).where(shipped.line_id.in_(by_id)))
    if shipped_at is not None and (last is None or shipped_at >= last.cancelled_at):
        return None, TooLate(shipped_at.astimezone(zone), clock.now().astimezone(zone))
    if last is None:
        return None, None
    at, load_id, line_id = last
    who = _who(session, by_id[line_id], at) if load_id is None else None
    return EarlierCancel(at.astimezone(zone), who), None


def _who(session: Session, line: LoadedLine, at: datetime) -> str | None:
    """Who did at the desk what took effect then."""
    act, person = models.Act, models.User
    subjects = {f"order {line.units.order}", line.subject}
    return session.scalar(
        select(func.coalesce(person.name, person.email))
        .join(act, act.actor_id == person.id)
        .where(act.subject.in_(subjects), act.act.in_(CANCELLING), act.at >= at)
        .order_by(act.id)
        .limit(1)
    )
