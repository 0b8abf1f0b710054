"""Facts and holds in; reservations, pegs, dates, deadlines and the worklist out: the only writer of those tables."""

from dashboard.planning.checks import check
from dashboard.planning.increments import Collision, Move, Replanned, Standing, keep_still, repeated, replan
from dashboard.planning.run import Planned, facts_changed, plan

__all__ = [
    "Collision",
    "Move",
    "Planned",
    "Replanned",
    "Standing",
    "check",
    "facts_changed",
    "keep_still",
    "plan",
    "repeated",
    "replan",
]
