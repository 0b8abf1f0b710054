"""Dates of purchase orders: they move, the first promises stay, and who must be told is named."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa

from dashboard import estimates, planning
from dashboard.actions import outcomes
from dashboard.actions.clashes import ChangedMeanwhile
from dashboard.actions.outcomes import foreseen
from dashboard.actions.purchase_order_dates.action import move_date
from dashboard.actions.purchase_order_dates.queries import find_line
from dashboard.database import db, transaction
from dashboard.domain.purchase_order_dates import DateRefused
from tests.shops import filled_once

NEW = date(2026, 4, 2)


@filled_once
def shop(world):
    """Two lines of PO-1; the chairs are promised to two customers, to one of them with time to spare."""
    world.purchase_order("PO-1", lines=[("CHAIR", 9), ("LAMP", 2)], promised="2026-03-20", expected="2026-03-20")
    world.order("1", "CHAIR", 4, placed="2026-03-01", promised="2026-03-22")
    world.order("2", "CHAIR", 4, placed="2026-03-02", promised="2026-05-01")
    world.order("3", "LAMP", 2, placed="2026-03-03")
    world.plan()


def post(world, to=NEW, *, line=1, **said):
    return move_date(
        world.po_line("PO-1", line).id, to=to, why=said.pop("why", "strike at the port"), actor=None, **said
    )


def test_every_line_that_waits_for_it_moves_and_no_first_promise_does(shop):
    outcome = post(shop)
    assert [shop.waiting(number).eta for number in "123"] == [NEW, NEW, date(2026, 3, 20)]
    assert shop.waiting("1").first_promise == shop.waiting("1").current_promise == date(2026, 3, 22)
    assert shop.po_line("PO-1").first_promise == date(2026, 3, 20)
    assert [(one.order, one.before.eta, one.after.eta) for one in outcome.consequences.listed] == [
        ("1", date(2026, 3, 20), NEW),
        ("2", date(2026, 3, 20), NEW),
    ]


def test_only_customers_who_expect_an_earlier_day_must_be_told(shop):
    outcome = post(shop)
    assert [one.order for one in outcome.consequences.to_tell] == ["1"]
    assert outcome.notice == "PO-1 / 1 has its new date. 2 waiting lines move; 1 customer must be told: order 1."


def test_who_must_be_told_is_counted_beyond_the_lines_that_are_listed(shop, monkeypatch):
    """Customer C ordered thrice, two of the orders have two lines; the list has room for two lines."""
    monkeypatch.setattr(outcomes, "LISTED_AT_MOST", 2)
    shop.purchase_order("PO-2", "STOOL", 9, promised="2026-03-20")
    for number in "67":
        shop.order(number, lines=[("STOOL", 1)] * 2, placed=f"2026-03-0{number}", promised="2026-03-22")
    for number, customer in (("8", "C"), ("9", "D")):
        shop.order(number, "STOOL", 1, placed=f"2026-03-0{number}", promised="2026-03-22", customer=customer)
    shop.plan()
    outcome = move_date(shop.po_line("PO-2").id, to=NEW, why=None, actor=None)
    assert outcome.notice.endswith("6 waiting lines move; 2 customers must be told: orders 6 and 3 more.")


def test_who_was_promised_nothing_must_be_told_where_the_law_expects_the_goods_earlier(shop):
    assert not post(shop, date(2026, 4, 2), line=2).consequences.to_tell, "30 days after 3 March is 2 April"
    assert [one.order for one in post(shop, date(2026, 4, 3), line=2).consequences.to_tell] == ["3"]


def test_the_whole_order_moves_with_lines_that_have_dates_of_their_own(shop):
    with transaction():
        shop.po_line("PO-1", 2).expected_date = date(2026, 3, 25)
        db.session.flush()
        planning.facts_changed(db.session)
    shop.plan()
    post(shop, whole=True)
    assert [shop.waiting(number).eta for number in "123"] == [NEW] * 3
    assert (shop.po_line("PO-1", 1).expected_date, shop.po_line("PO-1", 2).expected_date) == (None, NEW)


def test_a_line_that_never_had_a_date_has_this_one_for_its_first(shop):
    shop.purchase_order("PO-9", "CHAIR", 3)
    move_date(shop.po_line("PO-9").id, to=NEW, why=None, actor=None)
    assert shop.po_line("PO-9").first_promise == NEW


@pytest.mark.parametrize("to", [date(2026, 3, 11), date(2026, 3, 20)])
def test_a_day_that_has_passed_or_moves_nothing_is_refused(shop, to):
    with pytest.raises(DateRefused) as refused:
        post(shop, to)
    assert refused.value.field == "to"


def test_a_form_that_moves_all_is_overtaken_by_a_colleague_who_moved_one(shop, manager):
    opened = find_line(db.session(), "PO-1", 1).version
    move_date(shop.po_line("PO-1", 2).id, to=date(2026, 3, 25), why=None, actor=manager.person.id)
    with pytest.raises(ChangedMeanwhile) as clash:
        post(shop, whole=True, version=opened)
    assert clash.value.acts[0].seen.who == "Manager"
    assert (shop.po_line("PO-1").expected_date, shop.po_line("PO-1", 2).expected_date) == (None, date(2026, 3, 25))


def test_what_has_come_has_no_date_to_move(shop):
    shop.receive("PO-1", 9)
    with pytest.raises(DateRefused, match="Nothing of PO-1 / 1 is still to come"):
        post(shop)


def test_what_is_foreseen_is_what_then_happens(shop):
    expected = foreseen(move_date, shop.po_line("PO-1").id, to=NEW, why=None, actor=None)
    assert shop.po_line("PO-1").expected_date is None
    assert post(shop).consequences == expected.consequences


def test_a_first_date_teaches_when_it_is_said_and_not_while_it_is_only_foreseen(shop):
    shop.purchase_order("PO-9", "CHAIR", 3)
    said = {"to": NEW, "why": None, "actor": None}
    line_id, engine, learnt = shop.po_line("PO-9").id, db.engine, []

    @sa.event.listens_for(engine, "before_cursor_execute")
    def note(_connection, _cursor, statement, *_):
        learnt.extend([statement] if statement.startswith("DELETE FROM demand_estimates") else [])

    foreseen(move_date, line_id, **said)
    assert learnt == []
    move_date(line_id, **said)
    sa.event.remove(engine, "before_cursor_execute", note)
    assert learnt


def test_moving_a_date_teaches_nobody_punctuality(shop):
    shop.past_receipts("S", "CHAIR", [1, 2, 3, 4, 5], before="2026-02-01")
    shop.plan()
    post(shop)
    assert not estimates.is_stale(db.session.connection())
