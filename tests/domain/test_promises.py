"""When what waits will come."""

import numpy as np
import pytest

from dashboard.domain.columns import NONE
from dashboard.domain.lead_times import ENOUGH_OBSERVATIONS, MEDIAN_TENTHS, NINE_OF_TEN, Observations
from dashboard.domain.promises import LATE, LATE_ESTIMATE, PO, QUOTED, SupplyFacts, date_supply

TODAY = 100


def one_line(history=(), **stated):
    """One open purchase-order line of a supplier with a history of lateness, dated today."""
    cells = {
        "supplier": 0, "number": 0, "expected": NONE, "promised": NONE, "ordered_on": 80, "quoted_days": NONE,
        "first_promise": NONE, "usually_later": 0,
    } | stated  # fmt: skip
    facts = SupplyFacts(**{name: np.array([cell], np.int64) for name, cell in cells.items()})
    counts = Observations.from_counts(
        np.zeros(len(history), np.int64), np.array(history, np.int64), np.ones(len(history), np.int64)
    )
    dates = date_supply(facts, counts, TODAY)
    return dates.eta[0], dates.late_eta[0], dates.basis[0]


def test_the_expected_date_stands_while_it_has_not_passed():
    assert one_line(expected=TODAY, promised=90, first_promise=90) == (TODAY, TODAY, PO)


def test_without_an_expected_date_the_promised_one_counts_then_the_quoted_lead_time():
    assert one_line(promised=110, first_promise=110) == (110, 110, PO)
    assert one_line(ordered_on=95, quoted_days=10) == (105, 105, QUOTED)
    assert one_line(ordered_on=95) == (NONE, NONE, LATE)


def test_the_late_date_adds_what_nine_of_ten_receipts_kept_within():
    # Nine of ten of 0, 1, 2, 3, 10 lies at position 3.6: 3 + 0.6 · 7 = 7.2 days, and a day begun is a day.
    assert one_line([3, 0, 10, 1, 2], expected=120, first_promise=120) == (120, 128, PO)


def test_a_supplier_that_is_always_early_does_not_make_the_late_date_earlier():
    assert one_line([-5, -4, -3, -2, -1], expected=120, first_promise=120) == (120, 120, PO)


def test_four_observations_say_nothing():
    assert one_line([30, 30, 30, 30], expected=120, first_promise=120) == (120, 120, PO)


def test_an_overdue_line_is_dated_by_the_receipts_that_came_later_than_it_already_is():
    # Five days late today; 6, 8, 10, 20, 30 came later: half of them within 10 days, nine of ten within 26.
    history = [0, 0, 0, 5, 5, 6, 8, 10, 20, 30]
    assert one_line(history, expected=97, first_promise=95) == (105, 121, LATE_ESTIMATE)


@pytest.mark.parametrize("history", [[], [0] * 50, [6, 8, 10, 20]])
def test_an_overdue_line_without_five_later_receipts_has_no_date(history):
    assert one_line(history, expected=97, first_promise=95) == (NONE, NONE, LATE)


def test_overdue_supply_that_was_never_promised_has_no_date():
    assert one_line([60] * 9, ordered_on=40, quoted_days=10) == (NONE, NONE, LATE)


def test_an_estimate_is_never_before_today():
    # Moved forward by the supplier and missed: the first promise lies ahead, and those that came later came early.
    eta, late_eta, basis = one_line([-20, -19, -18, -17, -16], expected=99, first_promise=115)
    assert (eta, late_eta, basis) == (NONE, NONE, LATE), "none of them is later than 15 days early"
    eta, late_eta, _ = one_line([-14] * 5, expected=99, first_promise=115)
    assert (eta, late_eta) == (101, 101)


def test_supply_is_used_by_date_then_number_overdue_and_undated_last():
    facts = SupplyFacts(
        supplier=np.zeros(5, np.int64),
        number=np.array([4, 3, 2, 1, 0]),
        expected=np.array([NONE, 90, 120, 110, 110]),
        promised=np.full(5, NONE),
        ordered_on=np.full(5, 80),
        quoted_days=np.full(5, NONE),
        first_promise=np.full(5, NONE),
        usually_later=np.zeros(5, np.int64),
    )
    dates = date_supply(facts, Observations(np.zeros(0, np.int64), np.zeros(0, np.int64)), TODAY)
    assert np.argsort(dates.turn).tolist() == [4, 3, 2, 1, 0]


def test_percentiles_are_those_of_numpy_rounded_up():
    chance = np.random.default_rng(3)
    for size in (ENOUGH_OBSERVATIONS, 6, 7, 40, 41):
        days = chance.integers(-20, 90, size)
        history = Observations.from_counts(np.zeros(size, np.int64), days, np.ones(size, np.int64))
        for tenths in (MEDIAN_TENTHS, NINE_OF_TEN):
            (found,) = history.percentile_up(np.array([0]), np.array([size]), tenths)
            assert found == np.ceil(round(np.percentile(days, tenths * 10), 9))
