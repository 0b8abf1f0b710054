"""A hold or a tie ends, and planning may deal its units again."""

from __future__ import annotations

import json
import re

import pytest

from dashboard.actions.releases.action import release_hold
from dashboard.domain.releases import ReleaseRefused
from tests.actions.posting import acts, assert_copies_are_right, holds, refused
from tests.shops import filled_once


@filled_once
def shop(world):
    """The younger order holds what the older one would get; the older one is tied to what comes later."""
    world.stock("CHAIR", 4)
    world.purchase_order("PO", "CHAIR", 9, expected="2026-03-20")
    world.order("1", "CHAIR", 6, placed="2026-03-01")
    world.order("2", "CHAIR", 6, placed="2026-03-02")


def release(hold, **more):
    return release_hold(hold.id, **{"reason": "not needed any more", "actor": None, **more})


def test_released_units_go_to_whoever_is_first(shop):
    held = shop.hold("2", 4, kind="picked")
    shop.plan()
    assert shop.reserved() == {"1": 0, "2": 4}
    outcome = release(held)
    assert shop.reserved() == {"1": 4, "2": 0}
    assert holds("2") == []
    assert outcome.notice == (
        "4 units of line 1 of order 2 are no longer picked at MAIN; nothing of it stays reserved for it."
    )
    assert_copies_are_right()


def test_untied_units_are_filled_from_the_shelf_again(shop):
    tie = shop.hold("1", 6, po="PO")
    shop.plan()
    assert shop.reserved() == {"1": 0, "2": 4}
    outcome = release(tie)
    assert shop.reserved() == {"1": 4, "2": 0}
    assert outcome.notice == "6 units of line 1 of order 1 are no longer tied to PO."
    assert_copies_are_right()


def test_a_release_says_why(shop):
    held = shop.hold("1", 4)
    shop.plan()
    with refused(ReleaseRefused, "Somebody held these for a reason. Write why they are released."):
        release(held, reason=None)
    assert holds("1") == [("fixed", 4)]


def test_a_hold_ends_once_and_the_second_is_told_of_the_first(shop, manager):
    held = shop.hold("1", 4)
    shop.plan()
    release(held, actor=manager.person.id)
    with pytest.raises(ReleaseRefused) as told:
        release(held)
    assert told.value.sentence.startswith("This hold ended on 12 March, ")
    assert told.value.sentence.endswith(" by Manager: not needed any more.")
    assert len(acts()) == 1


def test_a_release_leaves_what_was_held_where_and_why(shop):
    held = shop.hold("1", 4)
    shop.plan()
    release(held, submission="key")
    release(held, submission="key")
    [act] = acts()
    assert (act.act, act.subject, act.why) == ("hold-released", "order-line 1/1", "not needed any more")
    assert json.loads(act.before) == {"qty_held": 4}
    assert json.loads(act.after) == {"kind": "fixed", "qty": 4, "place": "MAIN", "qty_held": 0}


def test_a_hold_is_taken_back_by_the_undo_of_its_notice_once(shop, manager):
    shop.plan()
    address = "/orders/1/lines/1/holds"
    answer = manager.act(address, {"qty": "2", "kind": "fixed", "submission": "key"})
    undo = re.search(r'action="(/holds/\d+/releases)"', answer.text)
    assert undo is not None
    taken_back = manager.act(undo[1], {"undo": "1"})
    assert taken_back.status_code == 200
    assert "are no longer fixed at MAIN; all of it stays reserved for it." in taken_back.text
    assert holds("1") == []
    again = manager.act(undo[1], {"undo": "1"})
    assert again.status_code == 422
    assert "by Manager: undone at once." in again.text
    assert_copies_are_right()


@pytest.mark.parametrize("hold_id", [4711, 10**30])
def test_a_hold_that_is_nowhere_is_not_found(shop, manager, hold_id):
    assert manager.get(f"/holds/{hold_id}/releases/new").status_code == 404
