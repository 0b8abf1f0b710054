"""A shop that is filled once is a new one for every test."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from dashboard.database import db
from dashboard.models import Order
from tests.conftest import Desk
from tests.factories import World
from tests.shops import filled_once


@filled_once
def shop(world: World) -> None:
    """One order waits."""
    world.order("1", "CHAIR", 6, placed="2026-03-01")
    world.plan()


@filled_once
def order_id(world: World) -> int:
    """The id of the only order."""
    return world.order("7", "CHAIR", 6, placed="2026-03-01").id


@pytest.mark.parametrize("turn", ["first", "second"])
def test_what_one_test_does_to_it_another_does_not_see(shop: World, turn: str) -> None:
    assert shop.worklist() == ["1"]
    shop.stock("CHAIR", 6)
    shop.order("2", "CHAIR", 6, placed="2026-03-02")
    shop.plan()
    assert shop.worklist() == ["2"]


def test_people_who_come_first_are_there_too(manager: Desk, shop: World) -> None:
    assert "Product CHAIR" in manager.get("/aging").text


def test_it_gives_what_its_function_returns(order_id: int) -> None:
    assert db.session.scalars(select(Order.number).where(Order.id == order_id)).one() == "7"


class TestOfAnotherShop:
    """Where a shop of the same name is nearer, that one is meant."""

    @pytest.fixture
    def shop(self, world: World) -> World:
        """Nothing waits."""
        return world

    def test_the_shop_further_away_fills_nothing(self, shop: World) -> None:
        shop.plan()
        assert shop.worklist() == []
