"""Figures counted from columns of numbers."""

from __future__ import annotations

import numpy as np
import pytest

from dashboard.panels.columns import MARKS_AT_MOST, distinct_in, sum_in

GROUPS = np.array([0, 0, 2, 2, 2, 0])


@pytest.mark.parametrize("key", [7, MARKS_AT_MOST], ids=["few keys", "more keys than can be marked"])
def test_a_key_counts_once_in_each_group_that_has_it(key: int) -> None:
    keys = np.array([key, key, key, 1, 1, 2])
    assert distinct_in(GROUPS, keys, count=4).tolist() == [2, 0, 2, 0]


def test_sums_are_exact_where_a_fraction_could_not_hold_them() -> None:
    large = 2**53
    amounts = np.array([large, 1, large, 3, 5, 7])
    assert sum_in(GROUPS, amounts, count=3).tolist() == [large + 8, 0, large + 8]


def test_nothing_counts_as_nothing() -> None:
    nothing = np.zeros(0, np.int64)
    assert distinct_in(nothing, nothing, count=2).tolist() == [0, 0]
    assert sum_in(nothing, nothing, count=0).tolist() == []
