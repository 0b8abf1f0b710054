"""Why a line waits, corrected by staff."""

from __future__ import annotations

import json

from dashboard.actions.cause_corrections.action import correct_cause
from dashboard.domain.cause_corrections import CAUSE_NAMES, CauseCorrectionRefused
from dashboard.domain.causes import CAUSES
from tests.actions.posting import acts, assert_copies_are_right, order_id, refused


def test_what_staff_say_wins_until_it_is_left_to_the_facts_again(world, manager):
    world.order("10480", "CHAIR", 6, placed="2026-03-01")
    world.plan()
    assert world.waiting("10480").cause == "not-ordered"
    outcome = correct_cause(order_id("10480"), 1, cause="demand-spike", why="the fair", actor=manager.person.id)
    assert outcome.notice == "The cause of line 1 of order 10480 is “Demand spike” now."
    assert world.waiting("10480").cause == "demand-spike"
    assert "demand-spike" not in manager.panel("/aging?cause=not-ordered").text
    assert_copies_are_right()
    with refused(CauseCorrectionRefused, "is “Demand spike” already"):
        correct_cause(order_id("10480"), 1, cause="demand-spike", actor=None)
    correct_cause(order_id("10480"), 1, cause=None, actor=None)
    assert world.waiting("10480").cause == "not-ordered"
    first, second = acts()
    assert (json.loads(first.before), json.loads(first.after)) == ({"cause": None}, {"cause": "demand-spike"})
    assert json.loads(second.after) == {"cause": None}


def test_a_cause_that_there_is_not_and_a_line_that_is_over_are_refused(world):
    world.order("10480", "CHAIR", 6, placed="2026-03-01")
    world.cancel("10480", 6, on="2026-03-02")
    world.order("10481", "CHAIR", 6, placed="2026-03-01")
    world.plan()
    with refused(CauseCorrectionRefused, "Nothing of line 1 of order 10480 is open"):
        correct_cause(order_id("10480"), 1, cause="unknown", actor=None)
    with refused(CauseCorrectionRefused, "That is no cause."):
        correct_cause(order_id("10481"), 1, cause="moon", actor=None)


def test_every_cause_has_a_name():
    assert tuple(CAUSE_NAMES) == CAUSES
