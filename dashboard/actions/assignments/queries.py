"""Whose lines are, and who could have them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboard.domain.assignments import Assigned
from dashboard.models import Assignment
from dashboard.people import names_of_who_may
from dashboard.permissions import Permission


@dataclass(frozen=True, slots=True)
class ShownAssignment:
    """Whose a line is, as of which version."""

    assigned: Assigned
    version: int  # 0: it never was anybody's


def assignment_of(session: Session, line_id: int) -> ShownAssignment:
    """Whose a line is."""
    row = session.execute(
        select(Assignment.person_id, Assignment.snoozed_until, Assignment.version).where(Assignment.line_id == line_id)
    ).first()
    return ShownAssignment(Assigned(), 0) if row is None else ShownAssignment(Assigned(row[0], row[1]), row[2])


def people_who_act(session: Session) -> dict[int, str]:
    """Everybody who may have a line, by id, in the order of their names."""
    return names_of_who_may(session, Permission.ASSIGN_LINES)
