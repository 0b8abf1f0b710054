"""What acts that cancel units give back, noted with the act and told again when its form is sent again."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboard import models
from dashboard.actions.outcomes import Outcome
from dashboard.domain.messages import Money, RestCancelled
from dashboard.domain.refunds import OwedRefund, RefundDue


@dataclass(frozen=True, slots=True)
class CancelOutcome(Outcome):
    """What a cancel does to others, and what the customer gets back."""

    refund: RefundDue | None = None
    currency: str | None = None


def record_refund(session: Session, owed: RefundDue, act: models.Act) -> None:
    """Note what is owed for cancelled units, with the act that cancels them."""
    session.flush()
    session.add_all(
        models.Refund(
            line_id=one.line_id,
            act_id=act.id,
            qty=one.qty,
            worth=one.worth,
            amount=one.amount,
            shipping_amount=one.shipping,
            due_on=owed.due_on,
            made_at=act.at,
        )
        for one in owed.lines
    )


def with_refund(session: Session, repeated: Outcome, submission: str | None, currency: str | None) -> Outcome:
    """The first answer once more, with the refund that it told of."""
    row, sent = models.Refund, models.Submission
    rows = session.scalars(
        select(row).join(sent, sent.act_id == row.act_id).where(sent.key == submission).order_by(row.id)
    ).all()
    if not rows:
        return repeated
    lines = tuple(OwedRefund(one.line_id, one.qty, one.worth, one.amount, one.shipping_amount) for one in rows)
    owed = RefundDue(lines, rows[0].due_on)
    return CancelOutcome(repeated.notice, repeats=repeated.repeats, refund=owed, currency=currency)


def in_history(owed: RefundDue) -> dict[str, object]:
    """What the history says of a refund."""
    return {"amount": owed.amount, "shipping": owed.shipping, "due_on": owed.due_on}


def letter(owed: RefundDue, currency: str | None, *, line_no: int | None, qty: int) -> RestCancelled:
    """What the customer is told of a cancel."""
    back = Money(owed.amount, currency) if owed.amount else None
    return RestCancelled(line_no=line_no, qty=qty, refund=back, refund_by=owed.due_on if back else None)
