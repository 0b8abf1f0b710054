"""Whether dates that were said held, and by which rule more truly."""

import numpy as np
import pytest

from dashboard.domain.columns import NONE
from dashboard.domain.kept_dates import NOTHING_JUDGED, Record, Said, holds_better, in_words, sum_up, wilson


@pytest.mark.parametrize(
    ("held", "judged", "low", "high"), [(9, 10, 0.5958, 0.9821), (1800, 2000, 0.8861, 0.9124), (0, 5, 0.0, 0.4345)]
)
def test_the_interval_of_a_share_is_wilsons(held, judged, low, high):
    assert wilson(held, judged) == pytest.approx((low, high), abs=1e-4)


def test_nothing_judged_says_nothing():
    assert wilson(0, 0) == (0.0, 1.0)
    assert (NOTHING_JUDGED.share, NOTHING_JUDGED.days_off) == (None, None)


def test_a_date_is_judged_once_its_late_day_is_over_whatever_came_of_it():
    today = 100
    rows = [  # supplier, eta, late eta, received: came in time, came late, has not come, not over yet, never dated
        (0, 80, 90, 85),
        (0, 80, 90, 95),
        (1, 80, 90, NONE),
        (1, 95, 100, 96),
        (1, NONE, NONE, 70),
        (0, 80, 90, 80),
    ]
    supplier, eta, late_eta, received = (np.array(column) for column in zip(*rows, strict=True))
    said = Said(supplier, np.ones(len(rows), bool), eta, late_eta, received)
    judged, held, eta_held, loss = sum_up(said, today, 2)
    assert judged.tolist() == [3, 1]
    assert held.tolist() == [2, 0]
    assert eta_held.tolist() == [1, 0]
    late = [5 + 9 * 5 + 10, 9 * 10]  # a day too early costs nine times one too late
    assert loss.tolist() == [late[0] + 5 * (5 + 15 + 0), late[1] + 5 * 20]


def test_likely_dates_are_shown_once_they_hold_nearer_to_nine_in_ten_and_are_off_by_less():
    plain = Record(judged=1000, held=980, eta_held=500, loss=60_000)
    assert holds_better(Record(1000, 905, 500, 40_000), plain)
    assert not holds_better(Record(1000, 905, 500, 70_000), plain), "a truer share that says less"
    assert not holds_better(Record(1000, 815, 500, 40_000), plain), "too early is no better than too late"
    assert not holds_better(Record(99, 89, 50, 100), plain), "too few"
    assert "Too few" in in_words(Record(99, 89, 50, 100), plain)
