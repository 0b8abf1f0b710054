"""What receipts come to: count, mean, spread and percentiles, by hand and beside numpy."""

import numpy as np
import pytest

from dashboard.domain.columns import NONE
from dashboard.domain.lead_times import MICROS, Observations, lead_times, on_time, too_little_data


def of(days, *, receipts=None):
    """What these observations of one supplier come to: count, mean, spread, median, nine of ten."""
    days = np.array(days, np.int64)
    counts = np.ones(len(days), np.int64) if receipts is None else np.array(receipts)
    found = lead_times(Observations.from_counts(np.full(len(days), 7), days, counts), np.array([7]))
    return tuple(int(column[0]) for column in (
        found.observations, found.mean_micros, found.sd_micros, found.p50_tenths, found.p90_tenths
    ))  # fmt: skip


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ([10, 12, 12, 20, 31], (5, 17_000_000, 8_717_798, 120, 266)),
        ([31, 20, 12, 12, 10], (5, 17_000_000, 8_717_798, 120, 266)),
        ([5, 5, 5, 5, 5, 5], (6, 5_000_000, 0, 50, 50)),
        ([1, 2], (2, 1_500_000, 707_107, 15, 19)),
        ([9], (1, 9_000_000, NONE, 90, 90)),
        ([], (0, NONE, NONE, NONE, NONE)),
    ],
)
def test_figures_of_a_few_receipts_are_those_worked_out_by_hand(days, expected):
    assert of(days) == expected


def test_receipts_that_took_equally_long_each_count():
    assert of([10, 12, 20, 31], receipts=[1, 2, 1, 1]) == of([10, 12, 12, 20, 31])


@pytest.mark.parametrize("seed", range(20))
def test_random_receipts_come_to_what_numpy_says(seed):
    chance = np.random.default_rng(seed)
    supplier = np.sort(chance.integers(1, 6, chance.integers(5, 300)))
    days = chance.integers(0, 400, len(supplier))
    found = lead_times(Observations.from_counts(supplier, days, np.ones(len(days), np.int64)), np.arange(1, 7))
    for place, one in enumerate(range(1, 7)):
        own = days[supplier == one]
        assert found.observations[place] == len(own)
        if len(own) < 2:
            assert found.sd_micros[place] == NONE
            continue
        assert found.mean_micros[place] / MICROS == pytest.approx(np.mean(own), abs=1e-6)
        assert found.sd_micros[place] / MICROS == pytest.approx(np.std(own, ddof=1), abs=1e-6)
        assert found.p50_tenths[place] / 10 == pytest.approx(np.percentile(own, 50, method="linear"))
        assert found.p90_tenths[place] / 10 == pytest.approx(np.percentile(own, 90, method="linear"))


def test_what_comes_beyond_a_promise_makes_up_for_no_other_line():
    assert on_time(np.array([10, 10, 10]), np.array([4, 10, 25])).tolist() == [4, 10, 10]


def test_too_few_deliveries_say_how_many_there_are():
    assert too_little_data(3) == "too little data, 3 of 5 deliveries"
