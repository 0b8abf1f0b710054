"""How fresh the derived figures are."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboard.models import PlanState


def planned_at(session: Session) -> datetime | None:
    """When what is shown was last derived from the facts; None: never yet."""
    return session.scalar(_PLANNED_AT)


_PLANNED_AT = select(PlanState.planned_at)
