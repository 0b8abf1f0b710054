"""Shops for the panels: a small one that can be counted by hand, and a large one in which everything ties."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest
from sqlalchemy import insert

from dashboard import models
from dashboard.database import transaction
from tests.factories import World


@pytest.fixture
def shop(world: World) -> World:
    """Five waiting lines, one in each bucket, in two currencies; today is 2026-03-12.

    | order | waits | since       | age | value   | ships          |
    | 3/1   | 1     | 10 March    | 2   | 215 USD | PO 4711        |
    | 2/1   | 2     | 1 March     | 11  | 378 USD | PO 4725        |
    | 1/1   | 5     | 20 February | 20  | 1075 USD| PO 4711, 5 here|
    | 4/1   | 3     | 1 February  | 39  | 59.985 GBP | PO 4725     |
    | 5/1   | 4     | 1 December  | 101 | 232 USD | no date yet    |
    """
    world.supplier("MINHO", sells=["CHAIR", "LAMP"], name="Minho Cadeiras")
    world.sku("CHAIR", name="Braga dining chair", price="215", sku_class="A")
    world.sku("LAMP", name="Pallas pendant lamp", price="189")
    world.sku("BASKET", name="Halong rattan baskets", price="58")
    world.customer("H", name="Hannah Whitlock")
    world.stock("CHAIR", 6)
    world.order(
        "1", "CHAIR", 10, placed="2026-02-20", unit_price="215", currency="USD", channel="web", promised="2026-03-13",
        customer="H",
    )  # fmt: skip
    world.order("2", "LAMP", 2, placed="2026-03-01", unit_price="189", currency="USD", channel="store", tier="vip")
    world.order("3", "CHAIR", 1, placed="2026-03-10", unit_price="215", currency="USD", channel="web", customer="H")
    world.order(
        "4", lines=[("LAMP", 3), ("CHAIR", 1)], placed="2026-02-01", unit_price="19.995", currency="GBP",
        channel="web", customer="D", location="MAIN",
    )  # fmt: skip
    world.order("5", "BASKET", 4, placed="2025-12-01", unit_price="58", currency="USD", customer="E")
    world.purchase_order("4711", "CHAIR", 24, supplier="MINHO", ordered="2026-02-21", expected="2026-03-27")
    world.purchase_order("4725", "LAMP", 30, supplier="MINHO", ordered="2026-02-16", expected="2026-03-17")
    world.plan()
    return world


TAGS = ("gift:yes", "promo:spring")


@pytest.fixture
def crowd(world: World, today: date) -> World:
    """130 waiting lines of 60 orders, drawn by a fixed die, so that most of what can be sorted by is the same."""
    die = random.Random(2026)
    with transaction():  # saved at once: sixty commits take a minute on a busy machine
        for number, code in enumerate(("A", "B", "C")):
            world.supplier(f"S{number}", sells=[code])
            world.sku(code)
        world.purchase_order("P1", "A", 40, supplier="S0", expected="2026-04-01")
        world.purchase_order("P2", "B", 10, supplier="S1", expected=None)
        world.stock("C", 3)
        for number in range(60):
            world.order(
                f"{number:02}",
                lines=[(die.choice("AAABC"), die.randint(1, 2)) for _ in range(die.choice((1, 2, 2, 3, 3)))],
                placed=today - timedelta(days=die.choice((0, 3, 7, 8, 8, 14, 15, 30, 31, 60, 61, 200))),
                customer=f"K{die.randint(1, 25)}",
                tier=die.choice((None, None, "vip")),
                channel=die.choice((None, "web", "store")),
                currency=die.choice(("EUR", "EUR", "USD", None)),
                unit_price=die.choice(("10", "10", "0.005", None)),
                location=die.choice((None, "EAST", "WEST")),
            )
    with transaction() as saving:
        lines = saving.query(models.OrderLine.id).order_by(models.OrderLine.id).all()
        saving.execute(
            insert(models.LineTag),
            [{"line_id": line.id, "tag": tag} for line in lines for tag in TAGS if die.random() < 0.4],
        )
    world.plan()
    return world
