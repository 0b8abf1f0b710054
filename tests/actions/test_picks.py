"""Picks: a list that somebody has walked is held for its parcels, and nobody else gets it."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from dashboard import models, planning
from dashboard.actions.clashes import ChangedMeanwhile
from dashboard.actions.picks.action import pick_units
from dashboard.actions.picks.queries import find_list
from dashboard.actions.priorities.action import change_priority
from dashboard.actions.shipments.action import ship_reserved
from dashboard.database import db
from dashboard.domain.picks import PickRefused


@pytest.fixture
def shop(world):
    """Three orders have what they want of ten chairs; one of its units is fixed."""
    world.stock("CHAIR", 10)
    for number, qty in (("1", 6), ("2", 3), ("3", 1)):
        world.order(number, "CHAIR", qty, placed=f"2026-03-0{number}")
    world.hold("1", 1)
    world.plan()
    return world


def listed():
    db.session.rollback()
    return find_list(db.session(), None)


def live_holds():
    db.session.rollback()
    rows = db.session.execute(
        select(models.Hold.line_id, models.Hold.kind, models.Hold.qty)
        .where(models.Hold.ended_at.is_(None))
        .order_by(models.Hold.line_id)
    )
    return [tuple(row) for row in rows]


def test_what_is_picked_is_held_and_a_better_class_does_not_get_it(shop):
    outcome = pick_units(listed().written, actor=None)
    assert outcome.notice == (
        "10 units of 3 lines picked: 6 for order 1, 3 for 2, 1 for 3. "
        "Nobody else gets them; ship them once they are packed."
    )
    assert [(kind, qty) for _, kind, qty in live_holds()] == [("picked", 6), ("picked", 3), ("picked", 1)]
    shop.order("VIP", "CHAIR", 5, placed="2026-03-05")
    change_priority(shop.line("VIP").order_id, priority=0, reason="she waits long", actor=None)
    assert shop.reserved() == {"1": 6, "2": 3, "3": 1, "VIP": 0}
    assert planning.plan().changed_lines == 0
    assert not list(planning.check())
    assert listed().rows == ()
    ship_reserved(shop.line("1").order_id, carrier="DHL", tracking="JD0146", actor=None)
    assert [qty for _, _, qty in live_holds()] == [3, 1]


def test_a_list_that_was_walked_twice_is_marked_once(shop):
    written = listed().written
    pick_units(written, actor=None)
    with pytest.raises(PickRefused, match="Nothing of this is reserved and not picked yet"):
        pick_units(written, actor=None)
    with pytest.raises(PickRefused, match="No row is ticked"):
        pick_units("", actor=None)


def test_a_list_that_changed_since_it_was_printed_is_shown_anew(shop):
    before = listed()
    ship_reserved(shop.line("1").order_id, 1, qty=2, actor=None)
    with pytest.raises(ChangedMeanwhile):
        pick_units(before.written, version=before.version, actor=None)
    assert [kind for _, kind, _ in live_holds()] == []


def test_a_row_that_went_to_others_meanwhile_is_left_out_and_said(shop):
    written = listed().written
    ship_reserved(shop.line("3").order_id, actor=None)
    outcome = pick_units(written, actor=None)
    assert outcome.notice.endswith("1 row of the list had gone to others meanwhile.")


def test_each_line_has_its_own_word_in_the_history(shop):
    pick_units(listed().written, actor=None)
    acts = db.session.scalars(select(models.Act).where(models.Act.act == "units-held")).all()
    assert {act.subject for act in acts} == {"order-line 1/1", "order-line 2/1", "order-line 3/1"}
