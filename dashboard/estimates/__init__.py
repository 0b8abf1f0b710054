"""What history teaches: how late suppliers are, how fast SKUs sell; stored narrow, for planning and panels."""

from dashboard.estimates.demand import judge_spikes, keep_spikes
from dashboard.estimates.refresh import is_stale, refresh, refresh_if_stale

__all__ = ["is_stale", "judge_spikes", "keep_spikes", "refresh", "refresh_if_stale"]
