"""What a draft orders is changed, while nobody has it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm.attributes import flag_modified

from dashboard import audit, planning, topics
from dashboard.actions.clashes import refuse_if_changed
from dashboard.actions.outcomes import Outcome, sent_before
from dashboard.actions.purchase_order_queries import read_order, skus_of
from dashboard.actions.purchase_order_sendings.sending import lines_of
from dashboard.database import transaction
from dashboard.domain.draft_revisions import revise, revised_in_words
from dashboard.models import PurchaseOrder


@planning.repeated
def revise_draft(
    order_id: int,
    *,
    wanted: Mapping[int, int],
    why: str | None = None,
    version: str | None = None,
    submission: str | None = None,
    actor: Any,
) -> Outcome:
    """Other quantities by line number; a line of none is taken off. Nothing is planned: a draft supplies nothing."""
    with transaction() as session:
        skus = skus_of(session, order_id)
        planning.keep_still(skus, planned_later=True)
        if repeated := sent_before(submission):
            return repeated
        shown = read_order(session, order_id)
        refuse_if_changed(version, shown.version, *shown.subjects)
        changed = revise(shown.number, shown.status, shown.revisable, wanted)
        order = session.get_one(PurchaseOrder, order_id, populate_existing=True)
        flag_modified(order, "status")
        for line in lines_of(session, order_id):
            qty = changed.get(line.line_no)
            if qty == 0:
                session.delete(line)
            elif qty is not None:
                line.qty = line.qty_promised = qty
        session.flush()

        after = {line.line_no: changed.get(line.line_no, line.qty) for line in shown.lines}
        notice = revised_in_words(shown.number, before=shown.qty, after=sum(after.values()))
        act = audit.record(
            "draft-revised",
            shown.subject,
            before={"lines": {line.sku: line.qty for line in shown.lines if line.line_no in changed}},
            after={"lines": {line.sku: changed[line.line_no] for line in shown.lines if line.line_no in changed}},
            why=why,
            actor=actor,
        )
        audit.record_submission(submission, act, notice)
        topics.bump(session.connection(), topics.WORK)
        return Outcome(notice, tuple(skus), moves_lines=False)
