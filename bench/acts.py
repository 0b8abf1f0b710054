"""What staff do, beside its SQL: acts on typical SKUs as they are posted, and a look ahead on the hottest."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from sqlalchemy import event, func, select

from bench.increments import hottest_and_typical
from dashboard import bulk, clock, models
from dashboard.actions.cancellations.action import cancel_rest
from dashboard.actions.outcomes import foreseen
from dashboard.actions.priorities.action import change_priority
from dashboard.actions.shipment_splits.action import split_shipment, undo_split
from dashboard.actions.shipments.action import ship_reserved
from dashboard.actions.supplier_reassignments.action import reassign_supply, undo_reassignment
from dashboard.actions.supplier_reassignments.outlook import foresee_reassignment
from dashboard.actions.supplier_reassignments.queries import Asked, read_scope
from dashboard.database import db
from dashboard.domain.refusals import Refused

TIMES = 9  # each act is posted, and each look taken; the middle one counts
ACT_MARK, LOOK_MARK = "≤ 5×", "≤ 1 s"
# What reads and writes columns past the statements that are listened to.
BY_COLUMNS = ("_from_sqlite", "_from_postgresql", "fill")

Desk = Callable[[str], AbstractContextManager[None]]


def report_acts(urls: dict[tuple[str, int], str], lines: int, databases: list[str], desk: Desk) -> None:
    """Prints what each act takes ÷ what its statements and its commit take; and how long each look ahead takes."""
    found = {}
    for name in databases:
        with desk(urls[name, lines]):
            found[name] = _measured()
    print(f"\n| acts at {lines:,} lines, median of {TIMES} | " + " | ".join(databases) + " | mark |")
    print("|---|" + "---|" * (len(databases) + 1))
    for what, mark in ((what, mark) for what, (_, mark) in found[databases[0]].items()):
        print(f"| {what} | " + " | ".join(found[name][what][0] for name in databases) + f" | {mark} |", flush=True)


def _measured() -> dict[str, tuple[str, str]]:
    (hot, lines), _ = hottest_and_typical()
    parcels, waiting, supplies = _reserved_lines(), _divisible_lines(), _supplies()
    acts = {
        "shipping what is reserved": lambda turn: ship_reserved(*parcels[turn], actor=None),
        "dividing a line": lambda turn: split_shipment(*waiting[turn], mode="divide", parts=[1], actor=None),
        "undoing that": lambda turn: undo_split(_last(models.ShipmentSplit) - turn, actor=None),
        "another supplier": lambda turn: _reassign(supplies[turn]),
        "undoing it": lambda turn: undo_reassignment(_last(models.SupplierReassignment) - turn, why=None, actor=None),
        "cancelling a rest": lambda turn: cancel_rest(*waiting[turn], reason="measured", actor=None),
    }
    found = {f"{what}: committed ÷ its SQL": (_ratio(act), ACT_MARK) for what, act in acts.items()}
    looks = {
        "every candidate for all that is open": lambda: _foresee(hot),
        "another class for an order": lambda: foreseen(
            change_priority, _order_of(hot), priority=1, reason="x", actor=None
        ),
    }
    for what, look in looks.items():
        found[f"a look ahead, {what} of the SKU that {lines:,} lines wait for"] = (_seconds(look), LOOK_MARK)
    return found


def _ratio(act: Callable[[int], Any]) -> str:
    taken, in_sql = [], []
    for turn in range(TIMES):
        with _sql_timed() as spent:
            begun = time.monotonic()
            act(turn)
            taken.append(time.monotonic() - begun)
        in_sql.append(spent[0])
    one, other = statistics.median(taken), statistics.median(in_sql)
    return f"{one / other:.1f}× ({1000 * one:.0f} ms ÷ {1000 * other:.0f} ms)"


def _seconds(look: Callable[[], Any]) -> str:
    taken = []
    for _ in range(TIMES):
        begun = time.monotonic()
        look()
        taken.append(time.monotonic() - begun)
    return f"{statistics.median(taken):.2f} s"


@contextmanager
def _sql_timed() -> Iterator[list[float]]:
    """Seconds that the database takes for statements and commits within the block."""
    spent, begun = [0.0], []
    engine, real = db.engine, {name: getattr(bulk, name) for name in BY_COLUMNS}
    commit = engine.dialect.do_commit

    def timed(do: Callable[..., Any]) -> Callable[..., Any]:
        def timing(*args: Any, **named: Any) -> Any:
            start = time.monotonic()
            try:
                return do(*args, **named)
            finally:
                spent[0] += time.monotonic() - start

        return timing

    def before(*_: Any) -> None:
        begun.append(time.monotonic())

    def after(*_: Any) -> None:
        spent[0] += time.monotonic() - begun.pop()

    event.listen(engine, "before_cursor_execute", before)
    event.listen(engine, "after_cursor_execute", after)
    engine.dialect.do_commit = timed(commit)
    for name, do in real.items():
        setattr(bulk, name, timed(do))
    try:
        yield spent
    finally:
        for name, do in real.items():
            setattr(bulk, name, do)
        engine.dialect.do_commit = commit
        event.remove(engine, "before_cursor_execute", before)
        event.remove(engine, "after_cursor_execute", after)


def _reserved_lines() -> list[tuple[int, int]]:
    plan, line, order = models.LinePlan, models.OrderLine, models.Order
    return _rows(
        select(line.order_id, line.line_no)
        .join(plan, plan.line_id == line.id)
        .join(order, order.id == line.order_id)
        .where(plan.qty_reserved > 0, order.ship_complete.is_(False), order.may_split.is_(True))
        .order_by(line.id)
    )


def _divisible_lines() -> list[tuple[int, int]]:
    row, order = models.Waiting, models.Order
    return _rows(
        select(row.order_id, row.line_no)
        .join(order, order.id == row.order_id)
        .where(row.qty_open > 1, row.qty_reserved == 0, order.ship_complete.is_(False), order.may_split.is_(True))
        .order_by(row.line_id)
    )


def _supplies() -> list[tuple[int, int]]:
    """Lines of purchase orders whose SKU another supplier sells as well."""
    line, order, terms = models.PurchaseOrderLine, models.PurchaseOrder, models.SupplierSku
    other = select(terms.id).where(terms.sku_id == line.sku_id, terms.supplier_id != order.supplier_id).exists()
    return _rows(
        select(line.id, line.sku_id)
        .join(order, order.id == line.purchase_order_id)
        .where(line.qty_open > 0, other)
        .order_by(line.id)
    )


def _rows(query: Any) -> list[tuple[int, int]]:
    found = [tuple(row) for row in db.session.execute(query.limit(TIMES))]
    db.session.rollback()
    assert len(found) == TIMES, "the shop is too small to be measured"
    return found


def _last(model: Any) -> int:
    """The newest row before the first of those acts that are undone one after the other."""
    last = db.session.scalar(select(func.max(model.id)))
    db.session.rollback()
    return int(last)


def _reassign(supply: tuple[int, int]) -> None:
    supply_id, sku_id = supply
    asked = Asked(sku_id, supply_id=supply_id)
    to, qty = _other_supplier(asked)
    reassign_supply(asked, to=to, qty=qty, actor=None)


def _foresee(sku_id: int) -> None:
    asked = Asked(sku_id)
    to, qty = _other_supplier(asked)
    foresee_reassignment(asked, to=to, qty=qty, actor=None)


def _other_supplier(asked: Asked) -> tuple[str, int]:
    scope = read_scope(db.session(), asked, clock.today())
    theirs = {source.supplier_id for source in scope.sources}
    to = next((one for one in scope.candidates if one.supplier_id not in theirs), None)
    db.session.rollback()
    if to is None:
        raise Refused(f"Nobody else sells {scope.sku}.")
    return to.code, scope.movable


def _order_of(sku_id: int) -> int:
    row = models.Waiting
    order_id = db.session.scalar(select(row.order_id).where(row.sku_id == sku_id).order_by(row.line_id.desc()).limit(1))
    db.session.rollback()
    return int(order_id)
