"""Random shops in a few sentences: everything that planning reads, in every mixture."""

from __future__ import annotations

import random
from datetime import date, timedelta

from dashboard.database import transaction
from tests.factories import World

SKUS = ("CHAIR", "LAMP", "RUG", "SHELF")
MANY_SKUS = (*SKUS, *(f"CUP-{number}" for number in range(12)))
PLACES = ("EAST", "MAIN", "WEST")
SUPPLIERS = ("ACME", "BOLT", "DROP")
TAGS = ("gift:yes", "campaign:spring", "press:june")


def fill(world: World, seed: int, today: date, *, orders: int = 30, skus: tuple[str, ...] = SKUS) -> None:
    """The same seed gives the same shop, on every database."""
    with transaction():
        _fill(world, random.Random(seed), today, orders, skus)


def _fill(world: World, chance: random.Random, today: date, orders: int, skus: tuple[str, ...]) -> None:

    def day(earliest: int, latest: int) -> date:
        return today + timedelta(chance.randint(earliest, latest))

    def perhaps(share: float, value):
        return value if chance.random() < share else None

    for supplier in SUPPLIERS:
        world.supplier(
            supplier, lead_time_days=perhaps(0.7, chance.randint(3, 40)), dropship=supplier == "DROP", active=True
        )
    for sku in skus:
        world.sku(
            sku,
            policy=chance.choice(("allow", "allow", "deny", "planned")),
            safety_stock=perhaps(0.5, chance.randint(0, 9)),
        )
        for supplier in SUPPLIERS:
            if chance.random() < 0.6:
                world.terms(
                    supplier,
                    sku,
                    cost=str(chance.randint(1, 9)),
                    lead_time_days=perhaps(0.6, chance.randint(2, 30)),
                    preferred=perhaps(0.3, True),
                )
        for place in PLACES:
            if chance.random() < 0.6:
                world.stock(sku, chance.randint(0, 20), at=place)
    world.past_receipts("ACME", "CHAIR", [chance.randint(-3, 40) for _ in range(8)], before=today - timedelta(30))
    world.past_receipts("BOLT", "LAMP", [chance.randint(0, 9) for _ in range(3)], before=today - timedelta(30))
    for number in range(2 * len(skus)):
        world.purchase_order(
            f"PO-{number}",
            lines=[(chance.choice(skus), chance.randint(1, 15)) for _ in range(chance.randint(1, 3))],
            supplier=chance.choice(SUPPLIERS[:2]),
            ordered=day(-60, -1),
            expected=perhaps(0.6, day(-20, 40)),
            promised=perhaps(0.6, day(-20, 40)),
            status=chance.choice(("sent", "confirmed", "sent", "draft", "closed")),
        )
    for number in range(orders):
        order(world, chance, f"{number:03}", today, skus)
    for number in range(0, orders, 5):
        held(world, chance, f"{number:03}")


def order(world: World, chance: random.Random, number: str, today: date, skus: tuple[str, ...] = SKUS) -> None:
    def perhaps(share, value):
        return value if chance.random() < share else None

    placed = today - timedelta(chance.randint(0, 90))
    world.order(
        number,
        lines=[(chance.choice(skus), chance.randint(1, 8)) for _ in range(chance.randint(1, 4))],
        placed=placed,
        tier=chance.choice((None, "vip", "contract", "gold")),
        customer=chance.choice("ABC"),
        currency=chance.choice(("EUR", "USD", None)),
        unit_price=chance.choice(("9.99", "120", None)),
        channel=chance.choice(("web", "shop", None)),
        promised=perhaps(0.5, placed + timedelta(chance.randint(5, 60))),
        last_date=perhaps(0.1, today + timedelta(chance.randint(1, 30))),
        not_before=perhaps(0.25, today + timedelta(chance.randint(-5, 40))),
        location=perhaps(0.5, chance.choice(PLACES)),
        supplier=perhaps(0.1, chance.choice(SUPPLIERS)),
        ship_complete=chance.random() < 0.3,
        priority=perhaps(0.1, chance.randint(0, 4)),
    )
    world.tag(number, *chance.sample(TAGS, chance.randint(0, 2)))


def held(world: World, chance: random.Random, number: str) -> None:
    kind = chance.choice(("picked", "fixed", "told", "dealt"))
    if chance.random() < 0.6:
        world.hold(number, chance.randint(1, 3), kind=kind, at=chance.choice(PLACES))
    else:
        world.hold(number, chance.randint(1, 3), kind=kind, po=f"PO-{chance.randrange(8)}")


def one_more_fact(world: World, chance: random.Random, number: int, today: date) -> None:
    """Any of the facts that move the plan."""
    what = chance.randrange(6)
    if what == 0:
        order(world, chance, f"new-{number}", today)
    elif what == 1:
        world.stock(chance.choice(SKUS), chance.randint(21, 40), at=chance.choice(PLACES))
    elif what == 2:
        world.receive(f"PO-{chance.randrange(8)}", chance.randint(1, 4), number=f"new-{number}", on=today)
    elif what == 3:
        world.move(f"PO-{chance.randrange(8)}", expected=today + timedelta(chance.randint(-5, 30)))
    elif what == 4:
        found = f"{chance.randrange(10, 30):03}"
        if world.line(found).qty_open > 1:
            world.cancel(found, 1, on=today - timedelta(number % 50))
    else:
        world.card(f"PM-{number}", customer=chance.choice("ABC"), month=chance.randint(1, 12), year=2026)
