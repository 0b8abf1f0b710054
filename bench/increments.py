"""Rows 4 and 8: what one receipt costs beside its read and match, and how long others wait while all is planned."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import numpy as np
from sqlalchemy import func, select, update

from dashboard import clock, models, planning
from dashboard.actions.receipts.action import receive
from dashboard.actions.stock_counts.action import count
from dashboard.database import db, transaction
from dashboard.domain import allocation, promises
from dashboard.planning.neighbourhood import read_neighbourhood

TIMES = 7  # each SKU's receipt is posted; the middle one counts
TYPICAL_SKUS = 12  # around the middle one by waiting lines
UNITS = 3
WATCHED_SECONDS = 60  # a watcher ends by itself
PAUSE_SECONDS = 0.005
NO_ORDERS = np.zeros(0, np.int64)
MARKS = {"reader": "≤ 50 ms", "writer": "≤ 500 ms SQLite, ≤ 50 ms PostgreSQL"}
WHAT = {"receiver": "receipts of the hottest SKU", "seller": "sales of typical SKUs"}

Desk = Callable[[str], AbstractContextManager[None]]


def report_increments(urls: dict[tuple[str, int], str], lines: int, databases: list[str], desk: Desk) -> None:
    """Prints row 4, with the shop's ship-complete orders and with none, and row 8."""
    found = {}
    for name in databases:
        found[name] = _measured(urls[name, lines], desk)
        # Said at once: the next database may take long, and what is measured should not be lost with it.
        print(f"\n{name}:", *(f"{what}: {cell}" for _, what, cell, _ in found[name]), sep="\n  ", flush=True)
    print(f"\n| # | one fact at {lines:,} lines, median of {TIMES} | " + " | ".join(databases) + " | mark |")
    print("|---|---|" + "---|" * (len(databases) + 1))
    for place, (number, what, _, mark) in enumerate(found[databases[0]]):
        print(f"| {number} | {what} | " + " | ".join(found[name][place][2] for name in databases) + f" | {mark} |")


def watch(kind: str, url: str, desk: Desk) -> None:
    """Reads or writes again and again until told to stop, and prints when each began and how long it took."""
    with desk(url):
        (hot, _), typical = hottest_and_typical()
        print("ready", flush=True)
        until = time.monotonic() + WATCHED_SECONDS
        taken = []
        turn = 0
        while time.monotonic() < until:
            begun = time.monotonic()
            if kind == "reader":
                _first_page()
            elif kind == "writer":
                _receive(typical[turn % len(typical)])
            elif kind == "receiver":
                _post_receipt(hot)
            else:
                _sell(typical[turn % len(typical)])
            taken.append((begun, time.monotonic() - begun))
            turn += 1
            time.sleep(PAUSE_SECONDS)
        print(json.dumps(taken))


def _measured(url: str, desk: Desk) -> list[tuple[str, str, str, str]]:
    rows = []
    with desk(url):
        (hot, lines), typical = hottest_and_typical()
        whole = _count_whole()
        for said in (f"{whole:,} ship-complete orders", "no ship-complete order"):
            for number, name, skus, mark in (
                ("4", f"receipt of the hottest SKU ({lines:,} lines), {said}", [hot], "≤ 6×"),
                ("4", f"receipt of a typical SKU, {said}", typical, "≤ 5×"),
            ):
                rows.append((number, f"{name}: committed ÷ its read and match", _ratio(skus), mark))
            if whole:
                _set_whole(False)
        planning.plan()
    rows += [
        ("8", f"a small {kind}'s worst wait while everything is planned", cell, MARKS[kind])
        for kind, cell in _waits(url, desk, "reader", "writer")
    ]
    rows += [
        ("", f"{WHAT[kind]} while everything is planned, as acts with all that belongs to them: the worst", cell, "")
        for kind, cell in _waits(url, desk, "receiver", "seller")
    ]
    return rows


def hottest_and_typical() -> tuple[tuple[int, int], list[int]]:
    """The SKU with most open lines and how many they are, and some around the middle."""
    line = models.OrderLine
    counts = db.session.execute(
        select(line.sku_id, func.count()).where(line.qty_open > 0).group_by(line.sku_id).order_by(func.count().desc())
    ).all()
    db.session.rollback()
    middle = len(counts) // 2
    return tuple(counts[0]), [sku for sku, _ in counts[middle : middle + TYPICAL_SKUS]]


def _count_whole() -> int:
    order = models.Order
    count = db.session.scalar(
        select(func.count()).where(order.ship_complete.is_(True), order.status == "open").select_from(order)
    )
    db.session.rollback()
    return int(count)


def _set_whole(whole: bool) -> None:
    with transaction() as session:
        session.execute(update(models.Order.__table__).values(ship_complete=whole))
        planning.facts_changed(session, history=False)
    planning.plan()


def _ratio(skus: list[int]) -> str:
    least, committed = [], []
    for turn in range(TIMES * (1 if len(skus) == 1 else 2)):
        sku = skus[turn % len(skus)]
        least.append(_seconds(lambda sku=sku: _read_and_match(sku)))
        committed.append(_seconds(lambda sku=sku: _receive(sku)))
    one, other = statistics.median(committed), statistics.median(least)
    return f"{one / other:.1f}× ({1000 * one:.0f} ms ÷ {1000 * other:.0f} ms)"


def _seconds(do: Callable[[], Any]) -> float:
    begun = time.monotonic()
    do()
    return time.monotonic() - begun


def _read_and_match(sku: int) -> None:
    """The facts of a SKU and of what is coupled to it, and who gets what; no dates, no comparison, nothing written."""
    connection = db.session().connection()
    facts = read_neighbourhood(connection, np.array([sku], np.int64), NO_ORDERS, today=clock.today(), region="US").facts
    dates = promises.date_supply(facts.incoming.dates, facts.lateness, facts.today)
    supply = allocation.Supply(facts.incoming.sku, dates.turn, facts.incoming.open_qty, dates.eta)
    allocation.allocate(facts.orders.rules, facts.lines.rules, facts.shelf.rules, supply, facts.holds)
    db.session.rollback()


@planning.repeated
def _receive(sku: int) -> None:
    """Units of a SKU come in, as an act posts them."""
    with transaction() as session:
        planning.keep_still([sku])
        stock = models.Stock.__table__
        shelf = select(func.min(stock.c.id)).where(stock.c.sku_id == sku).scalar_subquery()
        session.execute(
            update(stock)
            .where(stock.c.id == shelf)
            .values(on_hand=stock.c.on_hand + UNITS, counted=stock.c.counted + UNITS)
        )
        planning.replan([sku])


def _first_page() -> None:
    row = models.Waiting.__table__
    db.session.execute(select(row).order_by(row.c.deadline, row.c.dated, row.c.priority_class).limit(50)).all()
    db.session.rollback()


def _post_receipt(sku: int) -> None:
    """Units of a purchase order for a SKU come in."""
    line = models.PurchaseOrderLine
    wanted = select(line.id).where(line.sku_id == sku, line.qty_open > UNITS).order_by(line.id).limit(1)
    ordered = db.session.scalars(wanted).one()
    receive(ordered, qty=UNITS, at=_place_of(sku), actor=None)


def _sell(sku: int) -> None:
    """A unit of a SKU is sold over the counter, as the next count of its shelf tells."""
    place = _place_of(sku)
    there = select(models.Stock.on_hand).join(models.Location, models.Location.id == models.Stock.location_id)
    on_hand = db.session.scalars(there.where(models.Stock.sku_id == sku, models.Location.code == place)).one()
    count(sku, at=place, qty=max(0, on_hand - 1), actor=None)


def _place_of(sku: int) -> str:
    place = select(models.Location.code).join(models.Stock, models.Stock.location_id == models.Location.id)
    return db.session.scalars(place.where(models.Stock.sku_id == sku).order_by(models.Location.id).limit(1)).one()


def _waits(url: str, desk: Desk, *kinds: str) -> list[tuple[str, str]]:
    """How long others wait, each a process of its own, while this one plans everything after a count of many SKUs."""
    watchers = {
        kind: subprocess.Popen(
            [sys.executable, "-m", "bench", f"--{kind}", url], stdout=subprocess.PIPE, text=True, bufsize=1
        )
        for kind in kinds
    }
    try:
        for watcher in watchers.values():
            assert watcher.stdout is not None
            watcher.stdout.readline()
        with desk(url):
            time.sleep(1)
            begun = time.monotonic()
            with transaction() as session:
                stock = models.Stock.__table__
                session.execute(
                    update(stock)
                    .where(stock.c.sku_id % 100 == 0)
                    .values(on_hand=stock.c.on_hand + 1, counted=stock.c.counted + 1)
                )
                planning.facts_changed(session, history=False)
            planned = planning.plan()
            ended = time.monotonic()
        taken = {kind: json.loads(watcher.communicate()[0]) for kind, watcher in watchers.items()}
    finally:
        for watcher in watchers.values():
            watcher.kill()
    said = f"a run beside a {' and a '.join(kinds)}"
    print(f"{said}: {ended - begun:.1f} s, {planned.changed_lines:,} lines changed", flush=True)
    cells = []
    for kind in kinds:
        beside = [seconds for start, seconds in taken[kind] if begun <= start + seconds and start <= ended]
        alone = [seconds for start, seconds in taken[kind] if start > ended]
        worst, middle = 1000 * max(beside), 1000 * statistics.median(beside)
        quiet = 1000 * max(alone, default=0)
        cell = f"{worst:.0f} ms (median of {len(beside)}: {middle:.0f}; alone, the worst of {len(alone)}: {quiet:.0f})"
        cells.append((kind, cell))
    return cells
