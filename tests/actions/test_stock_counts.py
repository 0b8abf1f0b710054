"""Stock counts: what was counted is the truth, and who loses by it is named."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from dashboard import clock, models, planning
from dashboard.actions import outcomes
from dashboard.actions.clashes import ChangedMeanwhile
from dashboard.actions.outcomes import foreseen
from dashboard.actions.quantity_cuts.action import cut_quantity
from dashboard.actions.shipments.action import ship_reserved
from dashboard.actions.stock_counts.action import count
from dashboard.actions.stock_counts.queries import find_sku
from dashboard.database import db
from dashboard.domain.stock_counts import StockCountRefused
from tests.actions.posting import order_id
from tests.shops import filled_once


@filled_once
def shop(world):
    """Ten chairs at MAIN, reserved for two orders of six and four; a third order gets none."""
    world.stock("CHAIR", 10)
    for number, qty in (("1", 6), ("2", 4), ("3", 2)):
        world.order(number, "CHAIR", qty, placed=f"2026-03-0{number}")
    world.plan()


def post(world, qty, *, at="MAIN", **said):
    return count(world.sku("CHAIR").id, at=at, qty=qty, actor=None, **said)


def shelf(at="MAIN"):
    db.session.rollback()
    return db.session.execute(
        select(models.Stock.counted, models.Stock.on_hand, models.Stock.reserved)
        .join(models.Location, models.Location.id == models.Stock.location_id)
        .where(models.Location.code == at)
    ).one()


def test_a_smaller_count_takes_from_who_stands_last_and_says_so(shop):
    outcome = post(shop, 7)
    assert tuple(shelf()) == (7, 7, 7)
    assert shop.reserved() == {"1": 6, "2": 1, "3": 0}
    assert outcome.notice == "7 units of CHAIR counted at MAIN, where 10 stood. No longer reserved: 3 for order 2."
    [loser] = outcome.consequences.losing
    assert (loser.order, loser.before.reserved, loser.after.reserved, loser.after.backordered) == ("2", 4, 1, 3)


def test_who_loses_is_named_once_and_counted_beyond_the_list(shop, monkeypatch):
    monkeypatch.setattr(outcomes, "LISTED_AT_MOST", 1)
    assert post(shop, 3).notice.endswith("No longer reserved: 3 for order 1 and 1 more order.")


def test_a_colleague_who_shipped_from_the_shelf_is_named(shop, manager):
    opened = find_sku(db.session(), "CHAIR").version
    ship_reserved(order_id("1"), 1, qty=2, actor=manager.person.id)
    cut_quantity(order_id("1"), 1, wanted=5, reason="customer", actor=None)
    with pytest.raises(ChangedMeanwhile) as clash:
        post(shop, 10, version=opened)
    assert (clash.value.acts[0].seen.who, clash.value.acts[0].seen.act) == ("Manager", "goods-shipped")


@pytest.mark.parametrize("qty", [7, 12])
def test_a_count_is_dated_later_than_the_one_before(shop, qty):
    earlier = db.session.scalar(select(models.Stock.counted_at))
    post(shop, qty)
    shelf()
    assert db.session.scalar(select(models.Stock.counted_at)) > earlier


def test_a_count_below_what_is_reserved_is_of_this_moment_as_any_other(shop):
    before = clock.now()
    post(shop, 7)
    assert db.session.scalar(select(models.Stock.counted_at)) >= before


def test_a_larger_count_serves_who_waited(shop):
    outcome = post(shop, 11)
    assert shop.reserved() == {"1": 6, "2": 4, "3": 1}
    assert "Now reserved: 1 for order 3." in outcome.notice


def test_a_count_as_expected_moves_nobody(shop):
    assert post(shop, 10).notice == "10 units of CHAIR counted at MAIN, as expected. No order loses or gains."


def test_less_than_is_picked_is_refused_with_the_picked_number(shop):
    shop.hold("2", 4, kind="picked")
    shop.plan()
    with pytest.raises(StockCountRefused, match="4 units at MAIN are picked, so 3 cannot"):
        post(shop, 3)
    assert tuple(shelf()) == (10, 10, 10)
    post(shop, 4)
    assert shop.reserved() == {"1": 0, "2": 4, "3": 0}, "what is picked is not touched"


def test_what_is_lost_at_one_place_is_found_at_another(shop):
    shop.stock("CHAIR", 0, at="WEST")
    shop.plan()
    assert post(shop, 5, at="WEST").notice.endswith("Now reserved: 2 for order 3.")
    outcome = post(shop, 7)
    assert shop.reserved() == {"1": 6, "2": 4, "3": 2}
    assert not outcome.consequences.losing


def test_a_place_that_never_held_any_can_be_counted(shop):
    post(shop, 2, at="ATTIC")
    assert tuple(shelf("ATTIC")) == (2, 2, 2)
    assert shop.reserved_at("3") == {"ATTIC": 2}


@pytest.mark.parametrize("qty", [-1, 10**9])
def test_a_count_that_cannot_be_is_refused_at_its_field(shop, qty):
    with pytest.raises(StockCountRefused) as refused:
        post(shop, qty)
    assert refused.value.field == "qty"


def test_what_is_foreseen_is_what_then_happens(shop):
    expected = foreseen(count, shop.sku("CHAIR").id, at="MAIN", qty=3, actor=None)
    assert tuple(shelf()) == (10, 10, 10)
    assert post(shop, 3).consequences == expected.consequences


def test_after_a_count_what_is_stored_is_what_a_whole_run_finds(shop):
    post(shop, 3)
    assert planning.plan().changed_lines == 0
