"""When a cancel is dated."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from dashboard.domain.cancellations import free_instant

NOW = datetime(2026, 3, 12, 14, 3, tzinfo=UTC)
TICK = timedelta(microseconds=1)


def test_a_cancel_takes_the_next_instant_at_which_nothing_of_the_part_was_cancelled():
    assert free_instant(NOW, []) == NOW
    assert free_instant(NOW, [NOW - TICK, NOW + TICK]) == NOW
    assert free_instant(NOW, [NOW, NOW + TICK]) == NOW + 2 * TICK
