"""Units come from another supplier: what moves, what stays with the old one, what is shown before it; and back."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from dashboard import models, planning
from dashboard.actions.purchase_order_sendings.action import send_draft
from dashboard.actions.supplier_reassignments.action import reassign_supply, undo_reassignment
from dashboard.actions.supplier_reassignments.outlook import foresee_reassignment
from dashboard.actions.supplier_reassignments.queries import find_line, find_of_supplier, find_sku, find_supply
from dashboard.actions.ties.action import tie_units
from dashboard.database import db, transaction
from dashboard.domain.purchase_order_sendings import SendingRefused
from dashboard.domain.supplier_reassignments import ReassignmentRefused
from tests.shops import filled_once

QUICK = date(2026, 3, 21)  # today and nine days


@filled_once
def shop(world):
    """Ten chairs of SLOW are late; two orders of four wait for them, and QUICK sells chairs by packs of six."""
    world.supplier("SLOW", lead_time_days=30)
    world.supplier("QUICK", lead_time_days=9)
    world.supplier("OLD", active=False)
    world.terms("SLOW", "CHAIR", cost="74")
    world.terms("QUICK", "CHAIR", cost="92.50", min_order_qty=6, pack_size=6)
    world.terms("OLD", "CHAIR", cost="1")
    world.purchase_order("PO-1", "CHAIR", 10, supplier="SLOW", promised="2026-03-02", expected="2026-04-20")
    world.order("1", "CHAIR", 4, placed="2026-02-01", promised="2026-03-25")
    world.order("2", "CHAIR", 4, placed="2026-02-02", promised="2026-03-25")
    world.plan()


def ask(today, *, of="PO-1"):
    return find_supply(db.session(), of, 1, today).asked


def order_of(number):
    return db.session.scalars(select(models.PurchaseOrder).where(models.PurchaseOrder.number == number)).one()


def is_as_a_whole_run_would_have_it():
    return planning.plan().changed_lines == 0 and not list(planning.check())


def test_only_what_has_not_come_moves_into_a_draft_that_supplies_nothing_until_it_is_sent(shop, today):
    shop.receive("PO-1", 1)
    shop.plan()
    outcome = reassign_supply(ask(today), to="QUICK", qty=7, actor=None)
    old, new = shop.po_line("PO-1"), shop.po_line("DESK-P2")
    assert (old.qty, old.qty_received, old.qty_open, old.qty_promised) == (3, 1, 2, 10), "what was promised stays"
    assert (old.first_promise, order_of("PO-1").status) == (date(2026, 3, 2), "sent")
    assert (new.qty, new.qty_open, new.unit_cost, order_of("DESK-P2").status) == (12, 0, 92_500_000, "draft")
    assert outcome.notice == (
        "7 units of CHAIR move to Supplier QUICK: PO DESK-P2 over 12, 5 more than move. PO-1 / 1 goes from 9 to 2. "
        "Nothing of it is ordered until that is sent."
    )
    assert shop.waiting("2").eta is None

    sent = send_draft(order_of("DESK-P2").id, actor=None)
    assert sent.notice == "PO DESK-P2 is sent to Supplier QUICK: 12 units, by 21 March as quoted."
    assert (shop.waiting("1").eta, shop.waiting("2").eta) == (QUICK, QUICK)
    assert [(one.order, one.after.eta) for one in sent.consequences.listed] == [("1", QUICK), ("2", QUICK)]
    assert is_as_a_whole_run_would_have_it()
    with pytest.raises(SendingRefused, match="DESK-P2 is sent"):
        send_draft(order_of("DESK-P2").id, actor=None)


def test_what_its_only_supplier_is_to_bring_already_leaves_nobody_to_choose(shop, world, manager):
    world.terms("SLOW", "LAMP", cost="20")
    world.purchase_order("PO-2", "LAMP", 5, supplier="SLOW", promised="2026-03-20")
    world.order("3", "LAMP", 4, placed="2026-02-20")
    world.plan()
    form = manager.panel("/purchase-orders/PO-2/lines/1/supplier-reassignments/new").text
    assert "Nobody but Supplier SLOW sells it, who has it to bring already" in form
    assert 'type="submit"' not in form
    chairs = manager.panel("/purchase-orders/PO-1/lines/1/supplier-reassignments/new").text
    assert "Nobody but" not in chairs
    assert 'type="submit"' in chairs


def test_until_it_is_sent_both_ends_can_be_restored(shop, today):
    outcome = reassign_supply(ask(today), to="QUICK", qty=10, actor=None)
    assert (shop.po_line("PO-1").qty, order_of("PO-1").status) == (0, "closed"), "its promise is broken: it counts"
    undone = undo_reassignment(int(outcome.made), why=None, actor=None)
    old, new = shop.po_line("PO-1"), order_of("DESK-P2")
    assert (old.qty, old.qty_open, order_of("PO-1").status, new.status) == (10, 10, "sent", "cancelled")
    assert undone.notice == (
        "The reassignment is undone: PO DESK-P2 is cancelled, and 10 units are expected from PO-1 / 1 again."
    )
    assert shop.waiting("1").eta == date(2026, 4, 20)
    assert is_as_a_whole_run_would_have_it()
    assert undo_reassignment(int(outcome.made), why=None, actor=None).notice.endswith("nothing changed.")
    assert shop.po_line("PO-1").qty == 10
    with pytest.raises(SendingRefused, match="is cancelled"):
        send_draft(order_of("DESK-P2").id, actor=None)

    again = reassign_supply(ask(today), to="QUICK", qty=10, actor=None)
    send_draft(order_of("DESK-P3").id, promised=date(2026, 3, 19), actor=None)
    assert shop.waiting("1").eta == shop.po_line("DESK-P3").first_promise == date(2026, 3, 19)
    with pytest.raises(ReassignmentRefused, match="DESK-P3 is sent"):
        undo_reassignment(int(again.made), why=None, actor=None)


def test_an_order_whose_day_is_still_to_come_is_cancelled_once_nothing_is_left_of_it(shop, today):
    shop.purchase_order("PO-9", "CHAIR", 4, supplier="SLOW", promised="2026-04-10")
    shop.plan()
    assert reassign_supply(ask(today, of="PO-9"), to="QUICK", qty=4, actor=None).notice.endswith(
        "PO-9 / 1 goes from 4 to 0. PO-9 is cancelled. Nothing of it is ordered until that is sent."
    )


def test_what_is_foreseen_is_what_happens_once_it_is_sent(shop, today):
    shop.past_receipts("QUICK", "CHAIR", [0, 0, 1, 1, 3], before="2026-03-01")
    shop.terms("S-OTHER", "CHAIR", lead_time_days=90)
    shop.plan()
    asked = ask(today)
    found = foresee_reassignment(asked, to="QUICK", qty=6, actor=None)
    by_code = found.by_code
    quick, slow, other = by_code["QUICK"], by_code["SLOW"], by_code["S-OTHER"]
    assert (quick.did.ordered, quick.did.surplus, quick.did.extra_cost) == (6, 0, 6 * (92_500_000 - 74_000_000))
    assert (quick.sooner.customers, quick.sooner.least, quick.sooner.most, quick.later) == (1, 30, 30, None)
    assert slow.no_because.sentence == "Supplier SLOW has them already."
    assert (other.later.customers, other.did.extra_cost, other.eta) == (1, None, date(2026, 6, 10))
    assert [(one.order, one.new_eta, one.days_sooner, one.days_late(one.new_eta)) for one in found.lines] == [
        ("1", QUICK, 30, 0)
    ]
    assert db.session.scalar(select(models.PurchaseOrder.id).where(models.PurchaseOrder.number == "DESK-P3")) is None

    reassign_supply(asked, to="QUICK", qty=6, send_now=True, actor=None)
    stands = {number: (shop.waiting(number).eta, shop.waiting(number).late_eta) for number in "12"}
    assert stands["1"] == (found.lines[0].new_eta, found.lines[0].new_late_eta)
    assert stands["1"][1] > stands["1"][0], "nine of ten of its deliveries came that late"
    assert stands["2"][0] == date(2026, 4, 20)


def test_who_cannot_be_chosen_is_refused_in_words(shop, today):
    def refusal(to="QUICK", qty=4, **said):
        with pytest.raises(ReassignmentRefused) as refused:
            reassign_supply(ask(today), to=to, qty=qty, actor=None, **said)
        return str(refused.value)

    assert refusal("OLD") == "Supplier OLD is not active. Choose one that is."
    assert refusal("NOBODY") == "That supplier does not sell CHAIR. Choose one of the list."
    assert refusal("SLOW") == "Supplier SLOW has them already. Choose another supplier."
    assert refusal(qty=0) == "At least 1 unit has to move. Write how many."
    assert refusal(qty=11) == "Only 10 units of PO-1 / 1 can move. Write 10 or fewer."
    tie_units(shop.line("2").order_id, 1, supply=shop.po_line("PO-1").id, qty=4, reason=None, actor=None)
    assert refusal(qty=7) == "Only 6 units of PO-1 / 1 can move: 4 for order 2 are tied. Write 6 or fewer."
    reassign_supply(ask(today), to="QUICK", qty=6, actor=None)
    assert refusal(qty=1) == "Nothing of PO-1 / 1 can move: 4 for order 2 are tied. Untie some first."
    assert refusal(dropship=True) == "Supplier QUICK does not send to customers. Have it sent here."


def test_of_a_sku_what_nobody_ordered_moves_first_and_then_what_is_late(shop, today):
    shop.purchase_order("PO-2", "CHAIR", 3, supplier="SLOW", expected="2026-03-05")
    shop.order("3", "CHAIR", 8, placed="2026-02-03")
    shop.plan()
    scope = find_sku(db.session(), "CHAIR", today)
    assert [(one.name, one.movable) for one in scope.sources] == [
        ("no purchase order", 3), ("PO-2 / 1", 3), ("PO-1 / 1", 10)
    ]  # fmt: skip
    assert scope.waiting == 16
    reassign_supply(scope.asked, to="QUICK", qty=5, actor=None)
    assert (shop.po_line("PO-2").qty, shop.po_line("PO-1").qty, shop.po_line("DESK-P3").qty) == (1, 10, 6)
    of_supplier = find_of_supplier(db.session(), "SLOW", "CHAIR", today)
    assert [(one.name, one.movable) for one in of_supplier.sources] == [("PO-2 / 1", 1), ("PO-1 / 1", 10)]


def test_of_an_orders_line_as_much_moves_as_it_waits_for(shop, today):
    scope = find_line(db.session(), "2", 1, today)
    assert (scope.movable, scope.waiting, scope.suppliers) == (4, 4, ("Supplier SLOW",))
    reassign_supply(scope.asked, to="QUICK", qty=4, send_now=True, actor=None)
    assert shop.waiting("1").eta == QUICK, "who stands first is served first, whoever it was done for"
    assert shop.waiting("2").eta == date(2026, 4, 20)
    assert is_as_a_whole_run_would_have_it()


def test_a_line_goes_straight_to_its_customer_and_leaves_the_shelf_to_others(shop, today):
    shop.supplier("DROP", dropship=True, lead_time_days=5)
    shop.terms("DROP", "CHAIR", cost="98", min_order_qty=10)
    shop.stock("CHAIR", 1)
    shop.plan()
    assert shop.reserved() == {"1": 1, "2": 0}
    scope = find_line(db.session(), "1", 1, today)
    found = foresee_reassignment(scope.asked, to="DROP", qty=0, dropship=True, actor=None)
    assert (found.chosen.did.qty, found.chosen.did.ordered) == (4, 4), "its customer gets what it ordered, no lot"
    assert found.by_code["QUICK"].no_because.sentence == "Supplier QUICK does not send to customers."
    outcome = reassign_supply(scope.asked, to="DROP", qty=0, dropship=True, actor=None)
    assert shop.po_line("PO-1").qty == 7
    assert shop.line("1").supplier_id is None, "handed over once it is sent"

    send_draft(order_of("DESK-P2").id, actor=None)
    row = shop.waiting("1")
    assert (row.qty_reserved, row.eta, row.eta_basis) == (0, date(2026, 3, 17), "dropship")
    assert [(one.order, one.new_eta) for one in found.lines] == [("1", date(2026, 3, 17))]
    assert shop.reserved() == {"1": 0, "2": 1}
    assert shop.waiting("2").eta == date(2026, 4, 20), "what is ordered for order 1 is nobody else's"
    assert is_as_a_whole_run_would_have_it()
    with pytest.raises(ReassignmentRefused, match="is with its supplier"):
        reassign_supply(find_line(db.session(), "1", 1, today).asked, to="QUICK", qty=1, actor=None)
    with pytest.raises(ReassignmentRefused, match="is sent"):
        undo_reassignment(int(outcome.made), why=None, actor=None)


def test_a_line_that_was_cut_since_is_not_sent_straight_to_its_customer(shop, today):
    shop.supplier("DROP", dropship=True, lead_time_days=5)
    shop.terms("DROP", "CHAIR")
    shop.plan()
    reassign_supply(find_line(db.session(), "1", 1, today).asked, to="DROP", qty=0, dropship=True, actor=None)
    shop.cancel("1", 1)
    with pytest.raises(SendingRefused, match="3 units of line 1 of order 1 are open, and PO DESK-P2 sends 4 straight"):
        send_draft(order_of("DESK-P2").id, actor=None)


def test_what_was_taken_from_somebody_elses_hands_meanwhile_is_not_given_back(shop, today):
    outcome = reassign_supply(ask(today), to="QUICK", qty=4, actor=None)
    with transaction():
        order_of("PO-1").status = "cancelled"
        shop.po_line("PO-1").qty_open = 0
    with pytest.raises(ReassignmentRefused, match="has changed since"):
        undo_reassignment(int(outcome.made), why=None, actor=None)
