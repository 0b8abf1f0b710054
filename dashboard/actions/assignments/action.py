"""Give a line to somebody, and put it away until a day."""

from __future__ import annotations

from datetime import date
from typing import Any

from dashboard import audit, clock, models, planning, topics
from dashboard.actions.assignments.queries import assignment_of, people_who_act
from dashboard.actions.clashes import refuse_if_changed
from dashboard.actions.order_lines import load_still
from dashboard.actions.outcomes import Outcome, sent_before
from dashboard.database import transaction
from dashboard.domain.assignments import Assigned, assign, assigned_in_words

ASSIGNING = ("line-assigned",)


@planning.repeated
def assign_line(
    order_id: int,
    line_no: int,
    *,
    person: int | None,
    until: date | None = None,
    why: str | None = None,
    version: str | None = None,
    submission: str | None = None,
    actor: Any,
) -> Outcome:
    """Give a line to somebody (None: nobody), and take it out of what to do today until a day (None: leave it in)."""
    with transaction() as session:
        line = load_still(session, order_id, line_no).line(line_no)
        if repeated := sent_before(submission):
            return repeated
        shown = assignment_of(session, line.row.id)
        refuse_if_changed(version, shown.version, line.subject, among=ASSIGNING)
        people, before, after = people_who_act(session), shown.assigned, Assigned(person, until)
        assign(line.units, before, after, people=frozenset(people), today=clock.today())
        row = session.get(models.Assignment, line.row.id)
        if row is None:
            row = models.Assignment(line_id=line.row.id)
            session.add(row)
        row.person_id, row.snoozed_until = person, until
        row.set_at, row.set_by = clock.now(), getattr(actor, "id", actor)

        name = None if person is None else people[person]
        notice = assigned_in_words(line.units, name=name, until=until, today=clock.today())
        act = audit.record(
            "line-assigned",
            line.subject,
            before={"person_id": before.person, "until": before.until},
            after={"person_id": person, "until": until},
            why=why,
            actor=actor,
        )
        audit.record_submission(submission, act, notice)
        session.flush()
        topics.bump(session.connection(), topics.WORK)
        return Outcome(notice, moves_lines=False)
