"""Ages and their buckets."""

from datetime import date, timedelta

import pytest

from dashboard.domain.aging import BUCKET_KEYS, BUCKETS, age_days, bucket_of, trend_days

TODAY = date(2026, 3, 12)


def test_the_buckets_are_those_of_the_contract():
    assert BUCKET_KEYS == ("0-7", "8-14", "15-30", "31-60", "61+")


@pytest.mark.parametrize(
    ("age", "key"),
    [(0, "0-7"), (7, "0-7"), (8, "8-14"), (14, "8-14"), (15, "15-30"), (30, "15-30"), (31, "31-60"), (60, "31-60")],
)
def test_both_ends_of_a_bucket_belong_to_it(age, key):
    assert bucket_of(age).key == key


def test_the_last_bucket_has_no_end():
    assert bucket_of(61).key == "61+"
    assert bucket_of(4000).key == "61+"


def test_every_age_falls_into_exactly_one_bucket():
    for age in range(-3, 400):
        assert sum(bucket.holds(age) for bucket in BUCKETS) == 1, age


def test_an_order_dated_ahead_counts_as_fresh():
    assert bucket_of(-2).key == "0-7"


def test_the_days_of_a_bucket_are_those_whose_age_it_holds():
    for offset in range(-3, 200):
        placed_on = TODAY - timedelta(days=offset)
        for bucket in BUCKETS:
            earliest, latest = bucket.placed(TODAY)
            between = (earliest is None or placed_on >= earliest) and (latest is None or placed_on <= latest)
            assert between == bucket.holds(age_days(placed_on, TODAY)), (bucket.key, offset)


def test_age_counts_calendar_days_over_a_leap_day_and_over_the_month_end():
    assert age_days(date(2024, 2, 28), date(2024, 3, 1)) == 2
    assert age_days(date(2026, 2, 28), date(2026, 3, 1)) == 1
    assert age_days(TODAY, TODAY) == 0


def test_the_trend_ends_today_and_goes_back_twelve_weeks():
    days = trend_days(TODAY)
    assert days[-1] == TODAY
    assert days[0] == TODAY - timedelta(days=84)
    assert len(days) == 13
