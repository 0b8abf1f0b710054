"""What explains a waiting line: who is served first, asked of all lines of an order, or of all that wait, at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import groupby
from typing import Any

from sqlalchemy import BigInteger, bindparam, case, exists, func, literal, null, select, tuple_
from sqlalchemy.orm import Session, aliased

from dashboard.database import rows_of
from dashboard.domain.explanations import ExplainedLine, IncomingUnits, StandsBefore, explain, in_words
from dashboard.models import DealRank, OrderLine, Peg, PurchaseOrder, PurchaseOrderLine, Supplier, Waiting
from dashboard.models.purchase_orders import STATED_DATE
from dashboard.panels.filters import Selection, conditions
from dashboard.panels.pages import number
from dashboard.panels.report import ROWS_AT_ONCE

# Before and after every rank that a run gives: 0 of its own is said as standing back.
BY_THE_QUEUE, STANDS_BACK = 2**31, 2**31 + 1


@dataclass(frozen=True, slots=True)
class LineInWords:
    """One backordered line with its sentences."""

    order_id: str
    line_no: int
    sku: str
    qty_open: int
    qty_backordered: int
    eta: date | None
    units_before: int
    orders_before: int
    why: str


def standing_before(session: Session, order_number: str) -> dict[int, StandsBefore]:
    """What other orders' units are served before each waiting line of an order, by the line's id."""
    if _any_rank(session):
        rows = rows_of(session, _by_runs_and_queue(), {"order_number": order_number})
        return {row.line_id: _before(row) for row in rows}
    rows = rows_of(session, _by_queue(), {"order_number": order_number})
    # Parts of a line stand at the same place.
    return {line_id: StandsBefore(units, orders, better) for line_id, units, orders, better in rows}


# To write these statements takes longer than to answer them, so each is written once a process.


@cache
def _by_queue() -> Any:
    mine, other = aliased(Waiting), aliased(Waiting)
    return (
        select(
            mine.line_id,
            func.coalesce(func.sum(other.qty_backordered), 0).cast(BigInteger),
            func.count(other.order_number.distinct()),
            func.count(case((other.priority_class < mine.priority_class, other.order_number)).distinct()),
        )
        .select_from(mine)
        .outerjoin(
            other,
            (other.sku_id == mine.sku_id)
            & (
                tuple_(other.priority_class, number(other.placed_at), other.order_number)
                < tuple_(mine.priority_class, number(mine.placed_at), mine.order_number)
            ),
        )
        .where(mine.order_number == bindparam("order_number"))
        .group_by(mine.line_id, mine.part)
    )


@cache
def _by_runs_and_queue() -> Any:
    stands = _standings(of_order=bindparam("order_number"))
    return select(stands).where(stands.c.order_number == bindparam("order_number"))


def _any_rank(session: Session) -> bool:
    """Whether a committed run makes any line stand elsewhere than its order does."""
    return rows_of(session, _ANY_RANK).scalar() or False


_ANY_RANK = select(exists().where(DealRank.in_force))


def _before(row: Any) -> StandsBefore:
    return StandsBefore(row.units, row.orders, row.better, row.by_run, row.run_id, stands_back=row.turn == STANDS_BACK)


def explained_lines(session: Session, selection: Selection, today: date) -> Iterator[LineInWords]:
    """Every backordered line of the selection by order and line, in words; read as it is used."""
    for some in _lines_at_once(session.execute(_waiting_with_queue(session, selection, today))):
        pegs = _incoming(session, [parts[0].line_id for parts in some], today)
        for parts in some:
            yield _in_words(parts, pegs, today)


def _lines_at_once(rows: Iterable[Any]) -> Iterator[list[list[Any]]]:
    """Lines with all their parts, so many at once that what else is asked of them is asked seldom."""
    some: list[list[Any]] = []
    for _, parts in groupby(rows, key=lambda row: row.line_id):
        some.append(list(parts))
        if len(some) == ROWS_AT_ONCE:
            yield some
            some = []
    if some:
        yield some


def _waiting_with_queue(session: Session, selection: Selection, today: date) -> Any:
    """The waiting parts with what stands before each."""
    row, stands = Waiting, _standings() if _any_rank(session) else _places()
    return (
        select(
            row.line_id,
            row.part,
            row.order_number,
            row.line_no,
            row.sku,
            OrderLine.qty_open.label("line_open"),
            row.qty_backordered,
            row.eta,
            row.eta_basis,
            row.current_promise,
            row.passed_over,
            stands.c.units,
            stands.c.orders,
            stands.c.better,
            stands.c.by_run,
            stands.c.run_id,
            stands.c.turn,
        )
        .join(stands, (stands.c.line_id == row.line_id) & (stands.c.part == row.part))
        .join(OrderLine, OrderLine.id == row.line_id)
        .where(*conditions(session, selection, today))
        .order_by(row.order_number, row.line_no, row.part)
        .execution_options(yield_per=ROWS_AT_ONCE)
    )


def _places() -> Any:
    """Where each waiting part stands by the queue alone. Lines of one order stand together in the queue of a SKU, so
    that its dense rank counts orders, and what stands up to it, less the order's own, counts units.
    """
    row = Waiting
    queue = (row.priority_class, number(row.placed_at), row.order_number)
    ranked = select(
        row.line_id,
        row.part,
        row.sku_id,
        row.priority_class,
        func.dense_rank().over(partition_by=row.sku_id, order_by=queue).label("rank"),
        (
            func.sum(row.qty_backordered).over(partition_by=row.sku_id, order_by=queue)
            - func.sum(row.qty_backordered).over(partition_by=(row.sku_id, row.order_number))
        )
        .cast(BigInteger)
        .label("units"),
    ).subquery()
    of_class = func.min(ranked.c.rank).over(partition_by=(ranked.c.sku_id, ranked.c.priority_class))
    return select(
        ranked.c.line_id,
        ranked.c.part,
        ranked.c.units,
        (ranked.c.rank - 1).label("orders"),
        (of_class - 1).label("better"),
        literal(0).label("by_run"),
        null().label("run_id"),
        literal(BY_THE_QUEUE).label("turn"),
    ).subquery()


def _standings(*, of_order: Any = None) -> Any:
    """Where each waiting part stands where runs decide too: those that a run ranked first, then the queue, then those
    that stand back. An order stands where the first of its lines of the SKU does.
    """
    row, rank = Waiting, DealRank
    turn = case((rank.rank == 0, STANDS_BACK), (rank.rank.is_not(None), rank.rank), else_=BY_THE_QUEUE)
    of_mine = (rank.line_id == row.line_id) & (rank.part == row.part) & rank.in_force
    waiting = select(
        row.line_id,
        row.part,
        row.sku_id,
        row.order_number,
        row.priority_class,
        number(row.placed_at).label("placed"),
        row.qty_backordered,
        rank.run_id,
        func.min(turn).over(partition_by=(row.sku_id, row.order_number)).label("turn"),
    ).outerjoin(rank, of_mine)
    if of_order is not None:
        mine = aliased(row)
        waiting = waiting.where(row.sku_id.in_(select(mine.sku_id).where(mine.order_number == of_order)))
    found = waiting.subquery()
    cell = found.c
    queue = (cell.turn, cell.priority_class, cell.placed, cell.order_number)
    placed = select(
        *cell,
        func.dense_rank().over(partition_by=cell.sku_id, order_by=queue).label("place"),
        (
            func.sum(cell.qty_backordered).over(partition_by=cell.sku_id, order_by=queue)
            - func.sum(cell.qty_backordered).over(partition_by=(cell.sku_id, cell.order_number))
        )
        .cast(BigInteger)
        .label("units"),
    ).subquery()
    cell = placed.c
    by_queue = cell.turn == BY_THE_QUEUE
    in_front = func.max(case((cell.turn < BY_THE_QUEUE, cell.place), else_=0)).over(partition_by=cell.sku_id)
    of_class = func.min(cell.place).over(partition_by=(cell.sku_id, cell.turn, cell.priority_class))
    return select(
        cell.line_id,
        cell.part,
        cell.order_number,
        cell.run_id,
        cell.turn,
        cell.units,
        (cell.place - 1).label("orders"),
        case((by_queue, of_class - 1 - in_front), else_=0).label("better"),
        case((cell.turn < BY_THE_QUEUE, cell.place - 1), else_=in_front).label("by_run"),
    ).subquery()


def _incoming(session: Session, line_ids: list[int], today: date) -> dict[int, list[IncomingUnits]]:
    """What these lines wait for, soonest first, by line."""
    line, order = PurchaseOrderLine, PurchaseOrder
    rows = session.execute(
        select(
            Peg.line_id,
            order.number,
            func.coalesce(Supplier.name, Supplier.code),
            Peg.qty,
            Peg.eta,
            STATED_DATE.label("stated"),
        )
        .join(line, line.id == Peg.purchase_order_line_id)
        .join(order, order.id == line.purchase_order_id)
        .join(Supplier, Supplier.id == order.supplier_id)
        .where(Peg.line_id.in_(line_ids))
    ).all()
    found: dict[int, list[IncomingUnits]] = defaultdict(list)
    for line_id, po, supplier, qty, eta, stated in sorted(
        rows, key=lambda row: (row.line_id, row.eta or date.max, row.number)
    ):
        overdue = (today - stated).days if stated is not None and stated < today else None
        found[line_id].append(IncomingUnits(po, supplier, qty, eta, overdue))
    return found


def _in_words(parts: list[Any], pegs: dict[int, list[IncomingUnits]], today: date) -> LineInWords:
    """One line, whatever parts it waits in."""
    first = parts[0]
    waiting = sum(part.qty_backordered for part in parts)
    dates = [part.eta for part in parts]
    incoming = tuple(pegs.get(first.line_id, ()))
    is_dropship = any(part.eta_basis == "dropship" for part in parts)
    explained = ExplainedLine(
        qty_open=first.line_open,
        qty_here=first.line_open - waiting,
        qty_waiting=waiting,
        qty_not_ordered=0 if is_dropship else waiting - sum(one.qty for one in incoming),
        incoming=incoming,
        eta=max(dates) if all(dates) else None,
        promise=first.current_promise,
        is_dropship=is_dropship,
        before=_before(first),
        is_passed_over=any(part.passed_over for part in parts),
    )
    return LineInWords(
        first.order_number,
        first.line_no,
        first.sku,
        first.line_open,
        waiting,
        explained.eta,
        first.units,
        first.orders,
        in_words(explain(explained, today=today)),
    )
