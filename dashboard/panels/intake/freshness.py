"""How old the files are that every figure rests on."""

from __future__ import annotations

from sqlalchemy.orm import Session

from dashboard import clock
from dashboard.domain.data_ages import OverdueData, data_ages, overdue
from dashboard.intake.loads import arrivals


def overdue_data(session: Session) -> tuple[OverdueData, ...]:
    """What should have come again by files and has not; nothing while the shop's day is pinned, when no time passes."""
    if clock.is_pinned():
        return ()
    return overdue(data_ages(arrivals()), clock.now())
