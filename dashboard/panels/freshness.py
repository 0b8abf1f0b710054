"""How fresh the derived figures are."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboard import planning
from dashboard.models import PlanState
from dashboard.web.frame import LiveState


def planned_at(session: Session) -> datetime | None:
    """When what is shown was last derived from the facts; None: never yet."""
    return session.scalar(_PLANNED_AT)


_PLANNED_AT = select(PlanState.planned_at)


def live_state(session: Session) -> LiveState:
    """Whether the figures are of the shop's day and of all facts, from one look."""
    progress = planning.progress(session.connection())
    return LiveState(progress.shop_day, progress.is_of_another_day, progress.has_facts_left)
