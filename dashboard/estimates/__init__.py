"""What history teaches: how late suppliers are, how fast SKUs sell; stored narrow, for planning and panels."""

from dashboard.estimates.refresh import (
    forecast_anew,
    forget,
    has_learnt_last_change,
    is_stale,
    judge_anew,
    judged_on,
    learn,
    refresh,
    refresh_if_stale,
)
from dashboard.estimates.spikes import judge_spikes, keep_spikes
from dashboard.estimates.supplier_figures import keep_figures

__all__ = [
    "forecast_anew",
    "forget",
    "has_learnt_last_change",
    "is_stale",
    "judge_anew",
    "judge_spikes",
    "judged_on",
    "keep_figures",
    "keep_spikes",
    "learn",
    "refresh",
    "refresh_if_stale",
]
