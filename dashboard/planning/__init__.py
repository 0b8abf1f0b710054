"""Facts and holds in; reservations, pegs, dates, deadlines and the worklist out: the only writer of those tables."""

from dashboard.planning.checks import check
from dashboard.planning.increments import Collision, Replanned, keep_still, repeated, replan
from dashboard.planning.moves import Move, Moves, Standing, Standings, all_standings, moves_since
from dashboard.planning.notices import read_told_of
from dashboard.planning.retagging import retagging
from dashboard.planning.run import plan
from dashboard.planning.state import Progress, facts_changed, is_behind, progress
from dashboard.planning.supposed import Supposed, Supposition, suppose
from dashboard.planning.whole import Planned

__all__ = [
    "Collision",
    "Move",
    "Moves",
    "Planned",
    "Progress",
    "Replanned",
    "Standing",
    "Standings",
    "Supposed",
    "Supposition",
    "all_standings",
    "check",
    "facts_changed",
    "is_behind",
    "keep_still",
    "moves_since",
    "plan",
    "progress",
    "read_told_of",
    "repeated",
    "replan",
    "retagging",
    "suppose",
]
