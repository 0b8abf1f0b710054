"""When files should have come again: after their habit, and not before they have one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from dashboard.domain.data_ages import data_ages, habit, overdue

NOON = datetime(2026, 3, 12, 12, tzinfo=UTC)


def hours_ago(*hours: float) -> list[datetime]:
    return [NOON - timedelta(hours=each) for each in hours]


@pytest.mark.parametrize(
    ("came", "hours"),
    [
        ([], None),
        ([1, 25, 49], None),  # two gaps are no habit
        ([1, 25, 49, 73], 24),
        ([73, 1, 49, 25], 24),  # in any order
        ([0, 0.1, 24, 24.1, 48, 48.1, 72, 72.1, 96], 23.9),  # corrected and loaded again at once, each day
        ([0, 24, 48, 72, 96, 168, 192, 216, 240], 24),  # a weekend between
        ([*range(0, 9), 500, 900, 1500], 1),  # the habit of last week, not of last year
    ],
)
def test_the_habit_is_how_soon_three_of_four_came(came: list[float], hours: float | None) -> None:
    found = habit(hours_ago(*came))
    assert found == (None if hours is None else pytest.approx(timedelta(hours=hours), abs=timedelta(minutes=10)))


@pytest.mark.parametrize(("age", "late"), [(24, False), (26.9, False), (27.1, True), (72, True)])
def test_an_eighth_more_than_the_habit_is_still_the_habit(age: float, late: bool) -> None:
    ages = data_ages({"orders": hours_ago(age, age + 24, age + 48, age + 72)})
    assert [one.kinds for one in overdue(ages, NOON)] == ([("orders",)] if late else [])


def test_a_quarter_of_an_hour_is_always_granted() -> None:
    ages = data_ages({"stock": hours_ago(0.4, 0.65, 0.9, 1.15)})
    assert overdue(ages, NOON) == ()
    assert overdue(ages, NOON + timedelta(minutes=10)) != ()


def test_what_came_together_is_told_together_the_oldest_first() -> None:
    day, week = [30 + 24 * n for n in range(5)], [400 + 168 * n for n in range(5)]
    ages = data_ages(
        {"orders": hours_ago(*day), "order_lines": hours_ago(*day), "skus": hours_ago(*week), "events": []}
    )
    found = overdue(ages, NOON)
    assert [one.kinds for one in found] == [("skus",), ("orders", "order_lines")]
    assert found[1].age == timedelta(hours=30)
    assert found[1].habit == timedelta(hours=24)
