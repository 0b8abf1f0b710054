"""What must happen because it is another day: ages do not move, but estimates, ETAs and deadlines do."""

from __future__ import annotations

from sqlalchemy import select

from dashboard import clock, estimates, planning
from dashboard.database import db
from dashboard.models import PlanState


def change_day() -> str | None:
    """Learn from history and plan anew when the stored plan is of a day before the shop's; else nothing."""
    planned_for = db.session.scalar(select(PlanState.shop_day))
    today = clock.today()
    db.session.rollback()
    if planned_for is None or planned_for >= today:
        return None
    estimates.refresh()
    planning.plan()
    return f"planned for {today}"
