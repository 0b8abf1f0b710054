"""Facts and holds in; reservations, pegs, dates, deadlines and the worklist out: the only writer of those tables."""

from dashboard.planning.checks import check
from dashboard.planning.increments import Collision, Replanned, keep_still, repeated, replan
from dashboard.planning.moves import Move, Moves, Standing
from dashboard.planning.run import plan
from dashboard.planning.state import Progress, facts_changed, is_behind, progress
from dashboard.planning.whole import Planned

__all__ = [
    "Collision",
    "Move",
    "Moves",
    "Planned",
    "Progress",
    "Replanned",
    "Standing",
    "check",
    "facts_changed",
    "is_behind",
    "keep_still",
    "plan",
    "progress",
    "repeated",
    "replan",
]
