"""Records an authorisation, or that it was refused: then the order is on hold, and nothing of it is cancelled."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select

from dashboard import audit, clock, models, planning
from dashboard.actions.clashes import refuse_if_changed
from dashboard.actions.numbers import save_numbered
from dashboard.actions.order_lines import load_still, touch
from dashboard.actions.order_money import payment_hold
from dashboard.actions.outcomes import Outcome, consequences, sent_before
from dashboard.database import transaction
from dashboard.domain import authorizations
from dashboard.domain.authorizations import FAILED

AUTHORISED = "authorised"


@planning.repeated
def record_authorization(
    order_id: int,
    *,
    amount: int,
    refused: bool = False,
    expires_on: date | None = None,
    number: str | None = None,
    multi_capture: bool | None = None,
    why: str | None = None,
    version: str | None = None,
    submission: str | None = None,
    actor: Any,
) -> Outcome:
    """The gateway allows `amount` (micro-units) to be charged until a day of its own, or `refused` to."""
    with transaction() as session:
        order = load_still(session, order_id)
        if repeated := sent_before(submission):
            return repeated
        refuse_if_changed(version, order.row.version, *order.subjects)
        known = select(models.Authorization.id).where(models.Authorization.number == number).limit(1)
        authorizations.check_new(
            order=order.row.number,
            status=order.row.status,
            amount=amount,
            expires_on=None if refused else expires_on,
            number=number,
            is_known=not refused and number is not None and session.scalar(known) is not None,
            today=clock.today(),
        )
        was_on_hold = payment_hold(session, order_id) is not None
        row = models.Authorization(
            order_id=order_id,
            amount=amount,
            authorized_at=clock.now(),
            expires_at=None if refused or expires_on is None else clock.start_of(expires_on),
            expires_on=None if refused else expires_on,
            multi_capture=None if refused else multi_capture,
            captured_amount=0,
            state=FAILED if refused else AUTHORISED,
        )
        if number is None or refused:
            number = save_numbered(session, row, "A")
        else:
            row.number = number
            session.add(row)
            session.flush()
        touch(order.row)

        skus = sorted(order.open_skus)
        did = consequences(session, planning.replan(skus).moves)
        notice = authorizations.recorded_in_words(order.row.number, number, failed=refused, was_on_hold=was_on_hold)
        act = audit.record(
            "payment-refused" if refused else "payment-authorised",
            order.subject,
            after={"authorization": number, "amount": amount}
            if refused
            else {
                "authorization": number, "amount": amount, "expires_on": expires_on, "multi_capture": multi_capture,
            },
            why=why,
            actor=actor,
        )  # fmt: skip
        audit.record_submission(submission, act, notice)
        return Outcome(notice, tuple(skus), did, made=number)
