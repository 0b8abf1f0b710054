"""What keeping the panels' sums costs the acts that change them: the act, beside the same act less that part of it."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import func, select

from dashboard import clock, models, planning
from dashboard.actions.cancellations.action import cancel_rest
from dashboard.actions.shipments.action import ship_reserved
from dashboard.database import db, transaction
from dashboard.planning import increments, summaries

TIMES = 15  # each act is done; the middle one counts
UNITS = 2
MARKS = {"inserting": "≤ 1.2×", "shipping": "≤ 2×", "closing": "≤ 2×"}

# What an act does for the panels alone: the sums, the figures of SKUs, what suppliers owe.
KEPT_UP = (
    (summaries.Changes, "__init__"),
    (summaries.Changes, "add"),
    (increments, "changed_figures"),
    (increments, "write_figures"),
    (increments, "find_owed_difference"),
    (increments, "write_owed"),
)

Desk = Callable[[str], AbstractContextManager[None]]


def report_upkeep(urls: dict[tuple[str, int], str], lines: int, databases: list[str], desk: Desk) -> None:
    """Prints, for each act, what it takes with its upkeep ÷ without."""
    found = {}
    for name in databases:
        with desk(urls[name, lines]):
            found[name] = _measured()
    print(f"\n| # | upkeep of sums at {lines:,} lines, median of {TIMES} | " + " | ".join(databases) + " | mark |")
    print("|---|---|" + "---|" * (len(databases) + 1))
    for what, mark in MARKS.items():
        cells = " | ".join(found[name][what] for name in databases)
        print(f"| 5 | {what} an order's line: committed ÷ the same less its upkeep | {cells} | {mark} |", flush=True)


def _measured() -> dict[str, str]:
    acts = {"inserting": _insert, "shipping": _ship, "closing": _close}
    return {what: _ratio(act) for what, act in acts.items()}


def _ratio(act: Callable[[int], Callable[[], object]]) -> str:
    taken, without = [], []
    for turn in range(TIMES):
        do = act(turn)
        with _timed() as kept:
            begun = time.monotonic()
            do()
            seconds = time.monotonic() - begun
        taken.append(seconds)
        without.append(seconds - kept[0])
    one, other = statistics.median(taken), statistics.median(without)
    return f"{one / other:.2f}× ({1000 * one:.0f} ms ÷ {1000 * other:.0f} ms)"


@contextmanager
def _timed() -> Iterator[list[float]]:
    """Seconds that go into upkeep within the block."""
    spent = [0.0]
    real = [(owner, name, getattr(owner, name)) for owner, name in KEPT_UP]

    def timed(do):
        def timing(*args, **named):
            begun = time.monotonic()
            try:
                return do(*args, **named)
            finally:
                spent[0] += time.monotonic() - begun

        return timing

    for owner, name, do in real:
        setattr(owner, name, timed(do))
    try:
        yield spent
    finally:
        for owner, name, do in real:
            setattr(owner, name, do)


# Each of these looks for what there is to do, and gives the act alone, which is what is timed.


def _insert(turn: int) -> Callable[[], None]:
    """A customer orders some units of a typical SKU."""
    most = (models.Sku.id, models.Customer.id, models.Order.id)
    last_sku, customer_id, last = (db.session.scalars(select(func.max(key))).one() for key in most)
    db.session.rollback()
    return partial(_order, last_sku - turn, customer_id, last + 1, timedelta(hours=turn))


@planning.repeated
def _order(sku_id: int, customer_id: int, number: int, ago: timedelta) -> None:
    with transaction() as session:
        planning.keep_still([sku_id])
        placed_at = datetime.combine(clock.today(), datetime.min.time(), clock.shop_zone()) - ago
        made = models.Order(
            number=f"UPKEEP-{number}",
            customer_id=customer_id,
            placed_at=placed_at,
            placed_on=placed_at.date(),
            currency="EUR",
        )
        session.add(made)
        session.flush()
        session.add(
            models.OrderLine(
                order_id=made.id,
                line_no=1,
                sku_id=sku_id,
                qty=UNITS,
                qty_open=UNITS,
                unit_price=1_000_000,
            )
        )
        planning.replan([sku_id])


def _ship(turn: int) -> Callable[[], object]:
    """What is reserved of one of the first lines leaves."""
    plan, line, order = models.LinePlan, models.OrderLine, models.Order
    order_id, line_no = db.session.execute(
        select(line.order_id, line.line_no)
        .join(plan, plan.line_id == line.id)
        .join(order, order.id == line.order_id)
        .where(plan.qty_reserved > 0, order.may_split.is_(True), order.ship_complete.is_(False))
        .order_by(line.id)
        .offset(turn * 7)
        .limit(1)
    ).one()
    db.session.rollback()
    return partial(ship_reserved, order_id, line_no, actor=None)


def _close(turn: int) -> Callable[[], object]:
    """What waits of one of the first lines is cancelled."""
    row = models.Waiting
    order_id, line_no = db.session.execute(
        select(row.order_id, row.line_no).order_by(row.line_id).offset(turn * 7).limit(1)
    ).one()
    db.session.rollback()
    return partial(cancel_rest, order_id, line_no, reason="measured", actor=None)
