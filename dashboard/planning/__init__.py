"""Facts and holds in; reservations, pegs, dates, deadlines and the worklist out: the only writer of those tables."""

from dashboard.planning.checks import check
from dashboard.planning.run import Planned, facts_changed, plan

__all__ = ["Planned", "check", "facts_changed", "plan"]
