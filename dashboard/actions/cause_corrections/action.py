"""Why a line waits, corrected by staff: it wins over what the facts say."""

from __future__ import annotations

from typing import Any

from dashboard import audit, planning
from dashboard.actions.clashes import refuse_if_changed
from dashboard.actions.order_lines import load_still
from dashboard.actions.outcomes import Outcome, sent_before
from dashboard.database import transaction
from dashboard.domain.cause_corrections import correct, corrected_in_words


@planning.repeated
def correct_cause(
    order_id: int,
    line_no: int,
    *,
    cause: str | None,
    why: str | None = None,
    version: str | None = None,
    submission: str | None = None,
    actor: Any,
) -> Outcome:
    """Set why a line waits, or leave it to the facts again (None)."""
    with transaction() as session:
        order = load_still(session, order_id, line_no)
        line = order.line(line_no)
        if repeated := sent_before(submission):
            return repeated
        refuse_if_changed(version, line.row.version, order.subject, line.subject)
        before = line.row.staff_cause
        correct(line.units, before=before, to=cause)
        line.row.staff_cause = cause
        session.flush()

        planning.replan([line.row.sku_id])
        notice = corrected_in_words(line.units, to=cause)
        act = audit.record(
            "cause-corrected", line.subject, before={"cause": before}, after={"cause": cause}, why=why, actor=actor
        )
        audit.record_submission(submission, act, notice)
        return Outcome(notice, (line.row.sku_id,), moves_lines=False)
