"""Record what a customer answers who was told of another date: that they wait, or that they do not."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from dashboard import audit, clock, models, planning
from dashboard.actions.cancellations.action import cancel_rest
from dashboard.actions.clashes import refuse_if_changed
from dashboard.actions.consents.queries import answers_of
from dashboard.actions.order_lines import load_still
from dashboard.actions.outcomes import Outcome, sent_before
from dashboard.database import transaction
from dashboard.domain.consents import CANCELS, Agreed, agree, agreed_in_words
from dashboard.models.shipments import CUSTOMERS_CANCEL


@planning.repeated
def record_consent(
    order_id: int,
    line_no: int | None = None,
    *,
    answer: str,
    until: date | None = None,
    why: str | None = None,
    version: str | None = None,
    submission: str | None = None,
    actor: Any,
) -> Outcome:
    """Record an answer about what waits of an order, or of one line of it: `answer` is one of `ANSWERS`
    (dashboard/domain/consents.py). As told: to each part what its last notice said. Until a day, or open-ended: also
    where nobody wrote. Who does not wait any more has the rest cancelled. `actor` is None on the customer's own page.
    """
    with transaction() as session:
        order = load_still(session, order_id)
        if repeated := sent_before(submission):
            return repeated
        shown = answers_of(session, order_id)
        refuse_if_changed(version, shown.version, order.subject, *order.subjects[1:])
        if answer == CANCELS:
            return cancel_rest(
                order_id, line_no, reason=CUSTOMERS_CANCEL, tell=True, submission=submission, actor=actor
            )
        what = order.subject if line_no is None else order.line(line_no).units.name
        parts = [part for part in shown.parts if line_no in (None, part.line_no)]
        agreed = agree(parts, what=what, answer=answer, until=until, today=clock.today())
        _record(session, agreed, actor=actor)
        skus = {order.line(one.of.line_no).row.sku_id for one in agreed}
        session.flush()
        planning.replan(skus)
        notice = agreed_in_words(what, agreed, today=clock.today())
        act = audit.record(
            "consent-recorded",
            order.subject if line_no is None else order.line(line_no).subject,
            after={
                "answer": answer,
                "until": {f"{one.of.line_no}.{one.of.part}": one.until for one in agreed},
                "notices": sorted(one.notice_id for one in agreed if one.notice_id is not None),
            },
            why=why,
            actor=actor,
        )
        audit.record_submission(submission, act, notice)
        return Outcome(notice, tuple(sorted(skus)), moves_lines=False)


def _record(session: Session, agreed: tuple[Agreed, ...], *, actor: Any) -> None:
    """What a customer agreed to is what they are promised, where that is later than what they were."""
    promises: dict[int, date] = {}
    for one in agreed:
        session.add(
            models.Consent(
                line_id=one.of.line_id,
                part=one.of.part,
                notice_id=one.notice_id,
                answer="waits",
                until=one.until,
                answered_at=clock.now(),
                recorded_by=actor,
            )
        )
        if one.until is not None and one.until > one.of.promised_by:
            promises[one.of.line_id] = max(one.until, promises.get(one.of.line_id, one.until))
    for line_id, day in promises.items():
        session.get_one(models.OrderLine, line_id).current_promise = day
