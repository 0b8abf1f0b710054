"""Work that a test kills in the middle: a process that says of each thing that it is done once it is saved."""

from __future__ import annotations

import random
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from dashboard import create_app, planning
from dashboard.intake.load import load
from tests.factories import World
from tests.scenarios.hands import PLACES, SKUS, Hand

LINES_OF_A_LOADED_ORDER = 2
ORDERS_OF_A_LOAD = 4

Done = tuple[str, str]  # what it is that was saved, and by what it can be found again


def work(settings: dict[str, Any], what: str, seed: int, folder: Path, said: Connection) -> None:
    """Works without an end and tells of each thing that is saved; whoever listens ends the process."""
    app = create_app(settings)
    with app.app_context():
        for done in {"acts": acts, "loads": loads, "plans": plans, "everything": everything}[what](seed, folder):
            said.send(done)


def acts(seed: int, _folder: Path) -> Iterator[Done]:
    """Staff post whatever comes to mind."""
    hand = Hand(random.Random(seed))
    while True:
        posted = hand.post_any()
        if posted is not None:
            yield "act", posted.submission


def loads(seed: int, folder: Path) -> Iterator[Done]:
    """Files come in, with new orders and counts each time; some are planned, some are left to later."""
    chance, number = random.Random(seed), 0
    while True:
        numbers = [f"FILE-{seed}-{number + new}" for new in range(ORDERS_OF_A_LOAD)]
        number += ORDERS_OF_A_LOAD
        _write_kit(folder, numbers, chance)
        load(folder)
        for one in numbers:
            yield "order", one
        if chance.random() < 0.5:
            planning.plan()


def plans(seed: int, _folder: Path) -> Iterator[Done]:
    """A fact whose planning is left to a run, and the run."""
    chance, world, number = random.Random(seed), World(), 0
    while True:
        number += 1
        world.order(
            f"PHONE-{seed}-{number}",
            lines=[(chance.choice(SKUS), chance.randint(1, 3)) for _ in range(LINES_OF_A_LOADED_ORDER)],
            placed="2026-03-01",
            ship_complete=chance.random() < 0.3,
        )
        yield "order", f"PHONE-{seed}-{number}"
        planning.plan()


def everything(seed: int, folder: Path) -> Iterator[Done]:
    """All of this in turn."""
    chance = random.Random(seed)
    kinds = [kind(seed, folder) for kind in (acts, acts, loads, plans)]
    while True:
        yield next(chance.choice(kinds))


def _write_kit(folder: Path, numbers: list[str], chance: random.Random) -> None:
    lines = [
        f"{number},{line_no},{chance.choice(SKUS)},{chance.randint(1, 3)}\n"
        for number in numbers
        for line_no in range(1, LINES_OF_A_LOADED_ORDER + 1)
    ]
    counts = [f"{sku},{place},{chance.randint(0, 12)}\n" for sku in chance.sample(SKUS, 2) for place in PLACES]
    files = {
        "customers": ["customer_id,name\n", "FILED,Grace\n"],
        "orders": ["order_id,customer_id,placed_at\n", *(f"{number},FILED,2026-03-01\n" for number in numbers)],
        "order_lines": ["order_id,line_no,sku,qty\n", *lines],
        "stock": ["sku,location,on_hand\n", *counts],
    }
    for name, rows in files.items():
        (folder / f"{name}.csv").write_text("".join(rows))
