"""Take back the links by which a customer reaches their order, as where a mail went to somebody else."""

from __future__ import annotations

from typing import Any

from dashboard import audit, planning, topics
from dashboard.actions.clashes import refuse_if_changed
from dashboard.actions.outcomes import Outcome, sent_before
from dashboard.customer import links
from dashboard.database import transaction
from dashboard.domain.link_revocations import refuse_none, revoked_in_words
from dashboard.models import Order


@planning.repeated
def revoke_links(
    order_id: int, *, why: str | None, version: str | None = None, submission: str | None = None, actor: Any
) -> Outcome:
    """Every link to an order that was sent opens nothing any more: whoever has one reads that it is over."""
    with transaction() as session:
        order = session.get_one(Order, order_id, populate_existing=True, with_for_update={"key_share": True})
        if repeated := sent_before(submission):
            return repeated
        open_links = links.count_open(session, order_id)
        subject = f"order {order.number}"
        refuse_if_changed(version, open_links, subject, among=("links-revoked",))
        refuse_none(order.number, open_links)
        links.revoke_of_order(session, order_id, actor=actor)
        notice = revoked_in_words(order.number, open_links)
        act = audit.record("links-revoked", subject, after={"links": open_links}, why=why, actor=actor)
        audit.record_submission(submission, act, notice)
        session.flush()
        topics.bump(session.connection(), topics.WORK)
        return Outcome(notice, moves_lines=False)
