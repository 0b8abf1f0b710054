"""The rest of a line, or of an order, is cancelled."""

from __future__ import annotations

import json

import pytest
import sqlalchemy as sa

from dashboard.actions.cancellations.action import cancel_rest
from dashboard.actions.clashes import ChangedMeanwhile
from dashboard.database import transaction
from dashboard.domain.cancellations import CancellationRefused
from dashboard.models import Cancellation
from tests.actions.posting import acts, assert_copies_are_right, holds, one_order, order_id, refused, units
from tests.shops import filled_once


@filled_once
def shop(world):
    """Order 1 wants chairs and tables, order 2 chairs; there is not enough of either."""
    world.stock("CHAIR", 6)
    world.stock("TABLE", 1)
    world.order("1", lines=[("CHAIR", 6), ("TABLE", 2)], placed="2026-03-01")
    world.order("2", "CHAIR", 6, placed="2026-03-02")
    world.plan()


def cancel(number: str, line_no: int | None = None, **more):
    return cancel_rest(order_id(number), line_no, **{"reason": "customer", "actor": None, **more})


def test_the_rest_of_a_line_frees_its_stock_to_the_next_in_line(shop):
    outcome = cancel("1", 1)
    assert units("1", 1) == (0, 6, 0)
    assert units("1", 2) == (0, 0, 2)
    assert shop.reserved() == {"1": 1, "2": 6}
    assert outcome.notice == ("The rest of line 1 of order 1 is cancelled: 6 units. Now reserved: 6 for order 2.")
    assert_copies_are_right()


def test_an_order_is_cancelled_with_all_its_open_lines(shop):
    outcome = cancel("1")
    assert (units("1", 1), units("1", 2)) == ((0, 6, 0), (0, 2, 0))
    assert shop.reserved() == {"1": 0, "2": 6}
    assert outcome.notice.startswith("The rest of order 1 is cancelled: 8 units of 2 lines.")
    assert_copies_are_right()


def test_what_is_shipped_stays_shipped(shop):
    shop.ship("1", 2, on="2026-03-05")
    shop.plan()
    cancel("1")
    assert units("1", 1) == (2, 4, 0)
    assert_copies_are_right()


@pytest.mark.parametrize("line_no", [None, 1])
def test_cancelling_twice_changes_nothing_and_points_at_the_first(shop, manager, line_no):
    cancel("1", line_no, actor=manager.person.id)
    reserved = shop.reserved()
    with pytest.raises(
        CancellationRefused, match=r"was cancelled on 12 March, \d\d:\d\d by Manager\. Nothing changed\."
    ):
        cancel("1", line_no)
    assert shop.reserved() == reserved
    assert units("1", 1) == (0, 6, 0)
    assert len(acts()) == 1


def test_a_cancel_that_came_with_a_file_is_pointed_at_without_a_name(shop):
    shop.cancel("2", on="2026-03-08")
    shop.plan()
    with pytest.raises(CancellationRefused, match=r"was cancelled on 8 March, 00:00\. Nothing changed\."):
        cancel("2")


def test_what_is_all_shipped_cannot_be_cancelled(shop):
    shop.ship("2", 6, on="2026-03-05")
    shop.plan()
    with refused(
        CancellationRefused, "All of order 2 is shipped: it left on 5 March, 00:00, and this cancel came on 12 March, "
    ):
        cancel("2")


def test_what_was_shipped_after_a_cancel_is_said_to_be_shipped(shop):
    shop.cancel("2", 2, on="2026-03-04")
    shop.ship("2", 4, on="2026-03-05")
    shop.plan()
    with refused(
        CancellationRefused,
        "The rest of order 2 is shipped: it left on 5 March, 00:00, and this cancel came on 12 March, ",
    ):
        cancel("2")


def test_what_a_file_cancelled_last_year_is_nobodys_doing_here(shop, manager):
    shop.cancel("1", on="2025-12-08")
    shop.plan()
    with transaction() as session:
        session.execute(sa.update(Cancellation).values(load_id=1))
    cancel("1", actor=manager.person.id)
    with refused(CancellationRefused, "The rest of line 1 of order 1 was cancelled on 8 December 2025, 00:00. Nothing"):
        cancel("1", 1)


def test_an_order_that_a_file_closed_has_nothing_to_cancel(shop):
    shop.order("3", "CHAIR", 1, placed="2026-03-03", status="closed")
    with refused(CancellationRefused, "Order 3 is closed: nothing of it is open."):
        cancel("3")


def test_holds_and_ties_end_with_their_units(shop):
    shop.purchase_order("PO", "TABLE", 5, expected="2026-03-20")
    shop.hold("1", 4, kind="told")
    shop.hold("1", 1, line=2, po="PO")
    shop.plan()
    cancel("1")
    assert holds("1", 1) == holds("1", 2) == []
    assert holds("1", 1, live=False) == [("told", 4)]
    assert_copies_are_right()


def test_the_reason_says_whether_the_customer_wanted_it(shop):
    cancel("1", 1, reason="fraud")
    cancel("1", 2, reason="customer")
    assert [act.why for act in acts()] == ["fraud", "customer"]
    refund = {"amount": 60_000_000, "shipping": 0, "due_on": "2026-03-23"}
    assert json.loads(acts()[0].after) == {"lines": {"1": 6}, "qty_open": 0, "refund": refund}


def test_an_order_that_changed_since_its_form_was_opened_is_not_cancelled(shop, manager):
    version = str(one_order("1").version)
    cancel("1", 2, actor=manager.person.id)
    with pytest.raises(ChangedMeanwhile) as clash:
        cancel("1", version=version)
    assert clash.value.acts[0].seen.who == "Manager"
    assert units("1", 1) == (0, 0, 6)


def test_a_form_that_is_sent_twice_cancels_once(shop):
    first = cancel("1", submission="key")
    second = cancel("1", submission="key")
    assert (second.notice, second.repeats is not None) == (first.notice, True)
    assert len(acts()) == 1
