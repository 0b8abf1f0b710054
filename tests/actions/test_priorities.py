"""The priority class of an order."""

from __future__ import annotations

import json
from datetime import date

import pytest

from dashboard.actions import outcomes
from dashboard.actions.clashes import ChangedMeanwhile
from dashboard.actions.outcomes import foreseen
from dashboard.actions.priorities.action import change_priority
from dashboard.domain.priorities import PriorityRefused
from dashboard.intake.load import load
from tests.actions.posting import acts, assert_copies_are_right, one_order, order_id, refused
from tests.shops import filled_once


@filled_once
def shop(world):
    """Three orders, and stock for one and a half; the rest comes in time for one promise and late for the other."""
    world.stock("CHAIR", 9)
    world.purchase_order("SOON", "CHAIR", 3, expected="2026-03-20")
    world.purchase_order("LATE", "CHAIR", 20, expected="2026-04-20")
    world.order("1", "CHAIR", 6, placed="2026-03-01", promised="2026-03-15")
    world.order("2", "CHAIR", 6, placed="2026-03-02", promised="2026-03-25")
    world.order("3", "CHAIR", 6, placed="2026-03-03", promised="2026-03-31")
    world.plan()


def change(number: str, priority: int | None, *, reason: str | None = "the fair opens on Friday", **more):
    return change_priority(order_id(number), **{"priority": priority, "reason": reason, "actor": None, **more})


def test_a_better_class_is_served_first(shop):
    assert shop.reserved() == {"1": 6, "2": 3, "3": 0}
    change("3", 1)
    assert shop.reserved() == {"1": 3, "2": 0, "3": 6}
    assert (one_order("3").priority, one_order("3").priority_reason) == (1, "the fair opens on Friday")
    assert_copies_are_right()


def test_the_preview_shows_each_order_whose_promise_is_newly_missed(shop):
    outcome = foreseen(change_priority, order_id("3"), priority=1, reason="the fair", actor=None)
    missed = {one.order: (one.promise, one.after.eta) for one in outcome.newly_missed}
    assert missed == {
        "1": (date(2026, 3, 15), date(2026, 3, 20)),
        "2": (date(2026, 3, 25), date(2026, 4, 20)),
    }
    assert shop.reserved() == {"1": 6, "2": 3, "3": 0}
    assert one_order("3").priority is None
    assert acts() == []


def test_of_very_many_promises_that_are_newly_missed_some_are_listed(shop, manager, monkeypatch):
    monkeypatch.setattr(outcomes, "LISTED_AT_MOST", 1)
    asked = manager.act("/orders/3/priorities/preview", {"priority": "1"})
    assert "2 promises are newly missed" in asked.text
    assert asked.text.count("And 1 more line.") == 1
    assert asked.text.count("And 2 more lines.") == 1


def test_nothing_held_moves(shop):
    shop.hold("1", 6, kind="told")
    shop.plan()
    change("3", 1)
    assert shop.reserved() == {"1": 6, "2": 0, "3": 3}
    assert_copies_are_right()


def test_a_class_is_given_back_to_the_customers_tier(shop):
    change("3", 1)
    outcome = change("3", None, reason="the fair is off")
    assert one_order("3").priority is None
    assert shop.reserved() == {"1": 6, "2": 3, "3": 0}
    assert outcome.notice.startswith("Order 3 now has class 3, its customer’s tier’s.")
    assert_copies_are_right()


def test_what_staff_set_stands_when_the_orders_file_is_loaded_again(shop, tmp_path):
    change("3", 1)
    change("3", None, reason="the fair is off")
    (tmp_path / "orders.csv").write_text(
        "order_id,customer_id,placed_at,priority\n3,C,2026-03-03,7\n", encoding="utf-8"
    )
    load(tmp_path)
    assert one_order("3").priority is None


@pytest.mark.parametrize(
    ("priority", "reason", "sentence"),
    [
        (None, "why not", "Order 3 goes by its customer’s tier already, class 3."),
        (100, "why not", "100 is no class. Write a whole number from 0, served first, to 99."),
        (-1, "why not", "-1 is no class."),
        (1, None, "Others wait for this. Write why it is served sooner or later."),
        (1, "  ", "Others wait for this."),
    ],
)
def test_a_class_needs_a_reason_and_a_change(shop, priority, reason, sentence):
    with pytest.raises(PriorityRefused) as told:
        change("3", priority, reason=reason)
    assert str(told.value).startswith(sentence)
    assert acts() == []


def test_the_same_class_again_is_no_change(shop):
    change("3", 1)
    with refused(PriorityRefused, "Order 3 has class 1 already."):
        change("3", 1)


def test_an_order_of_which_nothing_is_open_stands_in_no_line(shop):
    shop.cancel("3")
    shop.plan()
    with refused(PriorityRefused, "Nothing of order 3 is open."):
        change("3", 1)


def test_of_two_who_change_it_the_later_is_told_by_whom(shop, manager):
    version = str(one_order("3").version)
    change("3", 1, version=version, actor=manager.person.id)
    with pytest.raises(ChangedMeanwhile) as clash:
        change("3", 2, version=version)
    assert (clash.value.acts[0].seen.who, clash.value.acts[0].seen.act) == ("Manager", "priority-changed")


def test_a_change_leaves_from_which_class_to_which_and_why(shop):
    change("3", 1, submission="key")
    change("3", 1, submission="key")
    [act] = acts()
    assert (act.act, act.subject, act.why) == ("priority-changed", "order 3", "the fair opens on Friday")
    assert json.loads(act.before) == {"class": 3, "priority": None}
    assert json.loads(act.after) == {"class": 1, "priority": 1}
