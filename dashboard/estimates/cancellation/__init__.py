"""Who leaves, learnt from the shop's own history; see docs/risk-model.md."""

from dashboard.estimates.cancellation.explaining import explain
from dashboard.estimates.cancellation.stored import Attempt, Scoring, examined, keep, latest, scoring
from dashboard.estimates.cancellation.strengths import forget_lines, forget_lines_of, points_query, refresh_strengths

__all__ = [
    "Attempt",
    "Scoring",
    "examined",
    "explain",
    "forget_lines",
    "forget_lines_of",
    "keep",
    "latest",
    "points_query",
    "refresh_strengths",
    "scoring",
]
