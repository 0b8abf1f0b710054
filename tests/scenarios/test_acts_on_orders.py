"""Behaviours 3, 5, 7, 9, 13 and 41: what staff do with an order, and what follows for the others."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest

from dashboard.actions.cancellations.action import cancel_rest
from dashboard.actions.holds.action import hold_units
from dashboard.actions.outcomes import Outcome
from dashboard.actions.quantity_cuts.action import cut_quantity
from dashboard.actions.releases.action import release_hold
from dashboard.actions.shipments.action import ship_reserved
from dashboard.actions.ties.action import tie_units
from dashboard.database import db
from dashboard.domain.cancellations import CancellationRefused
from dashboard.domain.holds import HoldRefused
from dashboard.domain.quantity_cuts import QuantityCutRefused
from dashboard.domain.shipments import ShipmentRefused
from dashboard.models import Hold
from tests.actions.posting import assert_copies_are_right, holds, on_hand, one_line, one_order, order_id, refused, units

ROUNDS = 5  # races that a lock did not decide would show themselves in some of these


def at_once(app, *acts):
    """Do these at the same moment, each by a person of their own; what each answered or was refused with."""
    ready = Barrier(len(acts))

    def do(act):
        with app.app_context():
            ready.wait()
            try:
                return act()
            except (HoldRefused, ShipmentRefused, CancellationRefused) as refusal:
                return refusal

    db.session.rollback()
    with ThreadPoolExecutor(len(acts)) as people:
        return list(people.map(do, acts))


def test_two_people_give_the_last_unit_to_two_orders_at_once_and_one_sees_who_took_it(world, app, manager, admin):
    """Given by hand, the unit goes to whoever is first to press, not to whoever is first in line."""
    for number in range(ROUNDS):
        sku = f"CHAIR-{number}"
        world.stock(sku, 1)
        world.order(f"{number}-A", sku, 1, placed="2026-03-01")
        world.order(f"{number}-B", sku, 1, placed="2026-03-02")
    world.plan()
    names = {manager.person.id: "Manager", admin.person.id: "Admin"}
    for number in range(ROUNDS):
        giving = [
            (f"{number}-A", order_id(f"{number}-A"), manager.person.id),
            (f"{number}-B", order_id(f"{number}-B"), admin.person.id),
        ]
        answers = at_once(
            app,
            *(
                lambda order=order, who=who: hold_units(order, 1, kind="fixed", qty=1, reason=None, actor=who)
                for _, order, who in giving
            ),
        )
        assert sorted(isinstance(answer, Outcome) for answer in answers) == [False, True]
        won = 0 if isinstance(answers[0], Outcome) else 1
        (winner, _, taker), (loser, _, _) = giving[won], giving[1 - won]
        assert f"1 is fixed for order {winner}, 12 March, " in answers[1 - won].sentence
        assert answers[1 - won].sentence.endswith(f" by {names[taker]}.")
        assert (holds(winner), holds(loser)) == ([("fixed", 1)], [])
        assert (world.reserved(winner), world.reserved(loser)) == (1, 0)
        assert on_hand(f"CHAIR-{number}") == 1
    assert_copies_are_right()


def test_two_people_ship_the_same_units_at_once_and_they_leave_once(world, app, manager, admin):
    for number in range(ROUNDS):
        world.stock(f"CHAIR-{number}", 3)
        world.order(f"{number}", f"CHAIR-{number}", 3, placed="2026-03-01")
    world.plan()
    for number in range(ROUNDS):
        order = order_id(f"{number}")
        answers = at_once(
            app,
            *(
                lambda order=order, who=who: ship_reserved(order, 1, actor=who)
                for who in (manager.person.id, admin.person.id)
            ),
        )
        assert sorted(isinstance(answer, Outcome) for answer in answers) == [False, True]
        assert units(f"{number}") == (3, 0, 0)
        assert on_hand(f"CHAIR-{number}") == 0
    assert_copies_are_right()


def test_a_cancel_that_comes_while_the_line_is_shipped_loses_and_the_agent_sees_both_times(world, app, manager, agent):
    for number in range(ROUNDS):
        world.stock(f"CHAIR-{number}", 3)
        world.order(f"{number}", f"CHAIR-{number}", 3, placed="2026-03-01")
    world.plan()
    # Read here: the two at work have sessions of their own, and these rows are of this one.
    packer, caller = manager.person.id, agent.person.id
    for number in range(ROUNDS):
        order = order_id(f"{number}")
        shipped, cancelled = at_once(
            app,
            lambda order=order: ship_reserved(order, 1, actor=packer),
            lambda order=order: cancel_rest(order, 1, reason="customer", actor=caller),
        )
        if isinstance(shipped, Outcome):
            assert units(f"{number}") == (3, 0, 0)
            at = r"12 March, \d\d:\d\d"
            said = rf"All of .+ is shipped: it left on {at}, and this cancel came on {at}\."
            assert re.match(said, cancelled.sentence)
        else:  # the customer was sooner by a moment: then nothing leaves
            assert isinstance(cancelled, Outcome)
            assert units(f"{number}") == (0, 3, 0)
    # A form that stood open meanwhile is told who shipped it, and when; sent once more, it is refused with both times.
    world.stock("LAMP", 2)
    world.order("LATE", "LAMP", 2, placed="2026-03-01")
    world.plan()
    form = {"reason": "customer", "version": str(one_line("LATE").version), "opened": "1"}
    ship_reserved(order_id("LATE"), 1, actor=manager.person.id)
    overtaken = agent.act("/orders/LATE/lines/1/cancellations", form)
    assert overtaken.status_code == 409
    assert "Manager changed this, 12\xa0Mar" in overtaken.text
    again = {**form, "version": str(one_line("LATE").version)}
    refusal = agent.act("/orders/LATE/lines/1/cancellations", again)
    assert refusal.status_code == 422
    assert "is shipped: it left on 12 March, " in refusal.text
    assert "and this cancel came on 12 March, " in refusal.text
    assert_copies_are_right()


def test_cancelling_an_order_frees_its_stock_once_to_the_next_in_line_and_never_to_itself(world, manager):
    world.stock("CHAIR", 6)
    world.order("1", lines=[("CHAIR", 4), ("CHAIR", 4)], placed="2026-03-01")
    world.order("2", "CHAIR", 5, placed="2026-03-02")
    world.order("3", "CHAIR", 5, placed="2026-03-03")
    world.plan()
    assert world.reserved() == {"1": 6, "2": 0, "3": 0}
    outcome = cancel_rest(order_id("1"), reason="customer", actor=manager.person.id)
    assert world.reserved() == {"1": 0, "2": 5, "3": 1}
    assert outcome.notice.endswith("Now reserved: 5 for order 2, 1 for 3.")
    with refused(CancellationRefused, "by Manager. Nothing changed."):
        cancel_rest(order_id("1"), reason="customer", actor=manager.person.id)
    assert world.reserved() == {"1": 0, "2": 5, "3": 1}
    assert world.waiting("1") is None
    assert_copies_are_right()


def test_raising_priority_re_ranks_all_that_is_not_held_after_showing_whose_promise_is_newly_missed(
    world, manager, agent
):
    world.stock("CHAIR", 9)
    world.purchase_order("PO", "CHAIR", 20, expected="2026-04-20")
    world.order("1", "CHAIR", 3, placed="2026-03-01", promised="2026-03-20")
    world.order("2", "CHAIR", 6, placed="2026-03-02", promised="2026-03-20")
    world.order("3", "CHAIR", 6, placed="2026-03-03", promised="2026-03-20")
    world.hold("1", 3, kind="told")
    world.plan()
    address = "/orders/3/priorities"
    typed = {"priority": "1", "reason": "the fair opens on Friday", "version": str(one_order("3").version)}
    shown = manager.act(f"{address}/preview", typed)
    assert "One promise is newly missed" in shown.text
    assert 'href="/orders/2/lines/1"' in shown.text
    assert 'href="/orders/1/lines/1"' not in shown.text
    assert world.reserved() == {"1": 3, "2": 6, "3": 0}

    assert agent.act(address, typed).status_code == 403
    without_reason = manager.act(address, {**typed, "reason": ""})
    assert without_reason.status_code == 422
    assert "Say why" in without_reason.text
    assert world.reserved() == {"1": 3, "2": 6, "3": 0}

    assert manager.act(address, typed).status_code == 200
    assert world.reserved() == {"1": 3, "2": 0, "3": 6}
    assert world.waiting("2").eta == date(2026, 4, 20)
    assert_copies_are_right()


def test_a_line_cut_below_its_reservation_gives_the_surplus_back_and_below_the_shipped_quantity_is_refused(world):
    world.stock("CHAIR", 9)
    world.order("1", "CHAIR", 6, placed="2026-03-01")
    world.order("2", "CHAIR", 6, placed="2026-03-02")
    world.plan()
    ship_reserved(order_id("1"), 1, qty=2, actor=None)
    assert world.reserved() == {"1": 4, "2": 3}
    cut_quantity(order_id("1"), 1, wanted=3, reason="customer", actor=None)
    assert world.reserved() == {"1": 1, "2": 6}
    with refused(QuantityCutRefused, "2 units of line 1 of order 1 are shipped already. Write 2 or more."):
        cut_quantity(order_id("1"), 1, wanted=1, reason="customer", actor=None)
    assert units("1") == (2, 3, 1)
    assert_copies_are_right()


@pytest.mark.parametrize("is_untied", [True, False])
def test_a_backorder_tied_to_a_purchase_order_is_not_filled_from_general_stock_unless_someone_unties_it(
    world, manager, is_untied
):
    world.purchase_order("PO", "CHAIR", 4, expected="2026-03-20")
    world.order("1", "CHAIR", 4, placed="2026-03-01")
    world.order("2", "CHAIR", 4, placed="2026-03-02")
    world.plan()
    supply = world.po_line("PO").id
    tie_units(order_id("1"), 1, supply=supply, qty=4, reason="cross-dock", actor=manager.person.id)
    world.stock("CHAIR", 6)
    world.plan()
    assert world.reserved() == {"1": 0, "2": 4}
    assert world.pegs("1") == [("PO", 4, date(2026, 3, 20))]
    if is_untied:
        [hold] = db.session.query(Hold).all()
        release_hold(hold.id, reason="the lorry is stuck", actor=manager.person.id)
        assert world.reserved() == {"1": 4, "2": 2}
    else:
        cancel_rest(order_id("2"), reason="customer", actor=None)
        assert world.reserved() == {"1": 0, "2": 0}
    assert_copies_are_right()
