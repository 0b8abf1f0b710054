"""Take away the personal data of one customer."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from dashboard import audit, personal_data, planning
from dashboard.actions.clashes import refuse_if_changed
from dashboard.actions.customer_erasures.queries import find_customer
from dashboard.actions.outcomes import Outcome, consequences, sent_before
from dashboard.database import transaction
from dashboard.domain.customer_erasures import erased_in_words, refuse_erasure
from dashboard.models import Customer, Waiting

SUBJECT = "customer {}"


@planning.repeated
def erase_customer(
    customer_id: int,
    *,
    reason: str,
    although_open: bool = False,
    version: str | None = None,
    submission: str | None = None,
    actor: Any,
) -> Outcome:
    """Nothing tells any more who it was; what was ordered, shipped and paid stays, and so does every figure but the
    state of their payments.
    """
    with transaction() as session:
        planning.keep_still(())  # Who reads what waits, and then waits for a plan to be saved, would be in its way.
        session.get_one(Customer, customer_id, with_for_update=True, populate_existing=True)
        if repeated := sent_before(submission):
            return repeated
        customer = find_customer(session, customer_id)
        assert customer is not None
        refuse_if_changed(version, customer.version, SUBJECT.format(customer_id))
        refuse_erasure(
            erased_on=customer.erased_on,
            came_back=customer.has_something,
            lines=customer.open_lines,
            although_open=although_open,
        )
        skus = set(session.scalars(select(Waiting.sku_id).where(Waiting.customer_id == customer_id)))
        counts = personal_data.erase_customers(session, [customer_id], actor=actor)
        replanned = planning.replan(skus)
        notice = erased_in_words(f"Customer {customer_id}", counts, customer.open_lines)
        act = audit.record(
            "customer-erased",
            SUBJECT.format(customer_id),
            after={"open_lines": customer.open_lines, **counts},
            why=reason,
            actor=actor,
        )
        audit.record_submission(submission, act, notice)
        return Outcome(notice, tuple(skus), consequences(session, replanned.moves), moves_lines=bool(skus))
