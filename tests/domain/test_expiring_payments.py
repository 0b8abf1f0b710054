"""Whether a line can still be charged when it ships."""

from datetime import date

import numpy as np

from dashboard.domain.columns import NONE
from dashboard.domain.expiring_payments import PAYMENT_STATES, good_through, last_good_day, payment_state

EPOCH = date(1970, 1, 1)


def day(*ymd):
    return (date(*ymd) - EPOCH).days


def state(last_good, needed, today=100):
    return PAYMENT_STATES[int(payment_state(np.array([last_good]), np.array([needed]), today)[0])]


def test_a_card_is_good_through_the_last_day_of_its_month():
    years, months = np.array([2027, 2028, 2026, NONE]), np.array([2, 2, 12, 5])
    assert good_through(years, months).tolist() == [day(2027, 2, 28), day(2028, 2, 29), day(2026, 12, 31), NONE]


def test_the_earlier_of_card_and_authorisation_counts_of_those_known():
    card, authorised = np.array([10, 10, NONE, NONE]), np.array([8, NONE, 8, NONE])
    assert last_good_day(card, authorised).tolist() == [8, 10, 8, NONE]


def test_states_of_payment_the_first_that_applies():
    assert state(99, 90) == "dead"
    assert state(99, NONE) == "dead", "dead is dead, needed or not"
    assert state(NONE, 120) == "unknown"
    assert state(150, NONE) == "unknown"
    assert state(100, 101) == "dies", "today still counts"
    assert state(120, 120) == "good"
