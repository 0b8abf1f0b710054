"""Once a shop day: what is shown of supply is noted, what was said before is judged, and demand is forecast."""

from __future__ import annotations

from dashboard import clock, estimates, planning
from dashboard.database import db


def keep_dates() -> str | None:
    """Note today's dates, judge those of before and forecast demand, once the plan is of today; nothing where it was
    done.
    """
    connection = db.session.connection()
    is_due = estimates.judged_on(connection) != clock.today() and not planning.is_behind(connection)
    db.session.rollback()
    if not is_due:
        return None
    estimates.forecast_anew()
    noted = estimates.judge_anew()
    return f"{noted} dates of supply noted, history judged and demand forecast as of {clock.today()}"
