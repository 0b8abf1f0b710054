"""The earliest thing that goes wrong for a line, and of what kind."""

from datetime import date, timedelta

import numpy as np
import pytest

from dashboard.domain.columns import NONE
from dashboard.domain.deadlines import DEADLINE_KINDS, Clocks, all_deadlines, deadline, working_days_after


def clocks(**stated):
    """One line, ordered on day 100 and promised for day 120; no date yet, unless said."""
    cells = {
        "placed_on": 100, "current_promise": 120, "eta": NONE, "needed_on": NONE, "card_until": NONE,
        "authorised_until": NONE, "last_date": NONE, "consent_due": NONE, "lapsed_on": NONE,
    } | stated  # fmt: skip
    columns = {name: np.array([cell], np.int64) for name, cell in cells.items() if name not in ("credit", "told")}
    return Clocks(
        **columns,
        credit_applied=np.array([bool(stated.get("credit"))]),
        notice_delivered=np.array([bool(stated.get("told"))]),
    )


def earliest(region="US", **stated):
    day, kind = deadline(clocks(**stated), region)
    return int(day[0]), DEADLINE_KINDS[kind[0]]


def test_a_line_without_a_date_must_be_told_of_the_day_before_its_promise_ends():
    assert earliest() == (119, "delay-notice")


def test_a_line_that_will_be_late_must_be_told_of_the_day_before():
    assert earliest(eta=121, needed_on=121) == (119, "delay-notice")


def test_a_line_that_will_be_in_time_has_its_promise_as_deadline():
    assert earliest(eta=120, needed_on=120) == (120, "promise")


def test_once_the_slip_was_told_the_promise_is_what_is_left():
    assert earliest(eta=130, needed_on=130, told=True) == (120, "promise")


@pytest.mark.parametrize(
    ("region", "credit", "day"), [("US", False, 129), ("US", True, 149), ("EU", True, 129), ("UK", True, 129)]
)
def test_where_nothing_was_promised_the_region_says_how_long_it_may_take(region, credit, day):
    assert earliest(region, current_promise=NONE, credit=credit) == (day, "delay-notice")


def test_a_card_or_an_authorisation_counts_only_when_it_dies_before_it_is_needed():
    dated = {"eta": 115, "needed_on": 118}
    assert earliest(**dated, card_until=117) == (117, "card")
    assert earliest(**dated, card_until=118) == (120, "promise")
    assert earliest(**dated, authorised_until=110, card_until=117) == (110, "authorisation")
    assert earliest(card_until=105) == (119, "delay-notice"), "not needed on any day that is known"


def test_ties_go_in_the_order_of_the_definitions():
    at = {
        "eta": 125,
        "needed_on": 125,
        "consent_due": 119,
        "card_until": 119,
        "authorised_until": 119,
        "last_date": 119,
    }
    kinds = [kind for day, kind in all_deadlines(clocks(**at), "US")[0] if day == 119]
    assert kinds == ["delay-notice", "consent", "authorisation", "card", "last-date"]
    assert earliest(**at) == (119, "delay-notice")
    assert earliest(**at | {"told": True, "consent_due": 120, "authorised_until": NONE}) == (119, "card")


def test_the_lines_page_lists_every_deadline_that_applies_and_the_worklist_takes_its_first():
    at = {"eta": 110, "needed_on": 118, "card_until": 112, "last_date": 116, "lapsed_on": 100}
    listed = all_deadlines(clocks(**at), "US")[0]
    assert listed == [(110, "refund"), (112, "card"), (116, "last-date"), (120, "promise")]
    assert earliest(**at) == listed[0]


def test_seven_working_days_skip_weekends():
    epoch = date(1970, 1, 1)
    for offset in range(21):
        day = date(2026, 3, 1) + timedelta(offset)
        expected, left = day, 7
        while left:
            expected += timedelta(1)
            left -= expected.weekday() < 5
        found = int(working_days_after(np.array([(day - epoch).days]), 7)[0])
        assert epoch + timedelta(found) == expected, f"{day:%A}"
