"""What must be done today, the most urgent first, with what is alike told once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, and_, cast, exists, func, literal, not_, select, tuple_
from sqlalchemy.orm import Session

from dashboard.database import day_number, day_of
from dashboard.models import (
    Act,
    Assignment,
    Customer,
    Order,
    OrderLine,
    Peg,
    PurchaseOrder,
    PurchaseOrderLine,
    Sku,
    Submission,
    Supplier,
    User,
    Waiting,
)
from dashboard.models.customers import DEFAULT_PRIORITY_CLASS
from dashboard.models.purchase_orders import STATED_DATE
from dashboard.panels.columns import type_of
from dashboard.panels.pages import number
from dashboard.panels.sums import CurrencyValue

NOT_ORDERED, SUPPLIER_LATE = "not-ordered", "supplier-late"  # causes that many lines share, and one act cures
DEEDS_SHOWN = 6
THINGS_SHOWN = 13  # a page that is read at a glance
ROWS_AT_A_TIME = 60
# Counting stops here: who has more to do today needs no exact number to begin.
COUNTED_AT_MOST = 1_000

_WORKLIST = (
    number(Waiting.deadline),
    Waiting.dated,
    Waiting.priority_class,
    number(Waiting.placed_at),
    Waiting.order_number,
    Waiting.line_no,
    Waiting.part,
)
_NOT_ORDERED = and_(Waiting.cause == NOT_ORDERED, Waiting.dated == 0)
_SUPPLIER_LATE = Waiting.cause == SUPPLIER_LATE
_Key = tuple[str, int]  # a cause, and the id of the SKU or purchase order that lines have in common


@dataclass(frozen=True, slots=True)
class LineThing:
    """One line to act on."""

    deadline: date
    kind: str  # deadline_kind of the contract
    due_in: int  # days from today, negative when past
    order_number: str
    line_no: int
    customer: str
    tier: str  # empty where it gives no better place than anybody has
    product: str
    qty_ordered: int
    qty_backordered: int
    qty_reserved: int  # units that could leave now
    may_leave: bool  # some of them without the rest
    promise: date | None
    eta: date | None
    currency: str
    value: int | None  # micro-units; None where the price is not known


@dataclass(frozen=True, slots=True)
class Group:
    """Lines that one act would help: all of a SKU that nobody ordered, or all behind one late purchase order."""

    deadline: date  # of the most urgent
    due_in: int
    cause: str  # NOT_ORDERED or SUPPLIER_LATE
    key: str  # the SKU, or the number of the purchase order
    product: str  # empty where several
    supplier: str  # empty where not known
    supplier_code: str
    orders: int
    lines: int
    units: int  # that wait
    oldest_on: date  # the day of the oldest order
    due_on: date | None  # when the late purchase order was to come
    line_nos: tuple[int, ...]  # its late lines
    values: tuple[CurrencyValue, ...]


Thing = LineThing | Group


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that somebody did at the desk."""

    act: str
    notice: str  # in the words that it was answered with
    who: str  # empty: the desk itself
    at: datetime


def things_to_do(session: Session, today: date, *, until: date) -> tuple[Thing, ...]:
    """The first things of the worklist with a deadline up to a day, in its order. Alike ones are folded into the first
    of them, and looked at no more.
    """
    told: list[_Key] = []
    found: list[tuple[Any, _Key | None]] = []
    after: tuple[Any, ...] | None = None
    while len(found) < THINGS_SHOWN:
        rows = session.execute(_worklist(today, until, told, after)).all()
        late_orders = _late_orders(session, [row.line_id for row in rows if row.cause == SUPPLIER_LATE], today)
        for row in rows:
            keys = _keys(row, late_orders)
            if any(key in told for key in keys):
                continue
            told += keys[:1]
            found.append((row, keys[0] if keys else None))
            if len(found) == THINGS_SHOWN:
                break
        if len(rows) < ROWS_AT_A_TIME:
            break
        after = rows[-1][-len(_WORKLIST) :]
    lines = _lines(session, [row.line_id for row, key in found if key is None], today)
    return tuple(
        lines[row.line_id, row.part] if key is None else _group(session, row, key, today) for row, key in found
    )


def lines_due(session: Session, *, today: date, until: date, after: date | None = None) -> int:
    """How many lines have a deadline up to a day (and after another), counted up to `COUNTED_AT_MOST` + 1."""
    due = select(literal(1)).where(number(Waiting.deadline) <= day_number(until), _in_sight(today))
    if after is not None:
        due = due.where(number(Waiting.deadline) > day_number(after))
    counted = select(func.count()).select_from(due.limit(COUNTED_AT_MOST + 1).subquery())
    return int(session.scalar(counted) or 0)


def lines_joined_on(session: Session, day: date) -> int:
    """Lines that wait now, of orders that came on a day."""
    return int(
        session.scalar(
            select(func.count(Waiting.line_id.distinct())).where(number(Waiting.placed_on) == day_number(day))
        )
        or 0
    )


def deeds_since(session: Session, begin: datetime) -> tuple[Deed, ...]:
    """What was done by hand since a moment, the newest first."""
    rows = session.execute(
        select(Act.act, Submission.notice, func.coalesce(User.name, User.email, ""), Act.at)
        .join(Submission, Submission.act_id == Act.id)
        .outerjoin(User, User.id == Act.actor_id)
        .where(Act.at >= begin)
        .order_by(Act.at.desc(), Act.id.desc(), Submission.key)
        .limit(DEEDS_SHOWN)
    )
    return tuple(Deed(*row) for row in rows)


def _in_sight(today: date) -> ColumnElement[bool]:
    """What nobody put away until a day that is to come."""
    away = (Assignment.line_id == Waiting.line_id, number(Assignment.snoozed_until) > day_number(today))
    return not_(exists().where(*away))


def _worklist(today: date, until: date, told: Sequence[_Key], after: tuple[Any, ...] | None) -> Select:
    """Some rows of the worklist, without those of groups that were told already."""
    query: Select = select(
        Waiting.line_id,
        Waiting.part,
        Waiting.cause,
        Waiting.dated.label("is_dated"),
        Waiting.sku_id,
        *(column.label(f"place_{n}") for n, column in enumerate(_WORKLIST)),
    ).where(number(Waiting.deadline) <= day_number(until), _in_sight(today))
    skus, orders = ([of for cause, of in told if cause == each] for each in (NOT_ORDERED, SUPPLIER_LATE))
    if skus:
        query = query.where(not_(and_(_NOT_ORDERED, Waiting.sku_id.in_(skus))))
    if orders:
        query = query.where(not_(and_(_SUPPLIER_LATE, Waiting.line_id.in_(_lines_behind(orders, today)))))
    if after is not None:
        there = tuple_(*(literal(value, type_of(column)) for value, column in zip(after, _WORKLIST, strict=True)))
        query = query.where(tuple_(*_WORKLIST) > there)
    return query.order_by(*_WORKLIST).limit(ROWS_AT_A_TIME)


def _keys(row: Any, late_orders: dict[int, list[int]]) -> list[_Key]:
    """What a row of the worklist can be told together with; nothing where it stands for itself."""
    if row.cause == NOT_ORDERED and not row.is_dated:
        return [(NOT_ORDERED, row.sku_id)]
    return [(SUPPLIER_LATE, order_id) for order_id in late_orders.get(row.line_id, ())]


def _late_orders(session: Session, line_ids: Sequence[int], today: date) -> dict[int, list[int]]:
    """The overdue purchase orders that lines wait for, the longest overdue first."""
    if not line_ids:
        return {}
    rows = session.execute(
        select(Peg.line_id, PurchaseOrder.id)
        .join(PurchaseOrderLine, PurchaseOrderLine.id == Peg.purchase_order_line_id)
        .join(PurchaseOrder, PurchaseOrder.id == PurchaseOrderLine.purchase_order_id)
        .where(Peg.line_id.in_(line_ids), number(STATED_DATE) < day_number(today))
        .order_by(Peg.line_id, number(STATED_DATE), PurchaseOrder.number)
    )
    found: dict[int, list[int]] = {}
    for line_id, order_id in rows:
        orders = found.setdefault(line_id, [])
        if order_id not in orders:
            orders.append(order_id)
    return found


def _lines_behind(order_ids: Sequence[int], today: date) -> Select:
    """The lines that wait for what is overdue of purchase orders."""
    return (
        select(Peg.line_id)
        .join(PurchaseOrderLine, PurchaseOrderLine.id == Peg.purchase_order_line_id)
        .join(PurchaseOrder, PurchaseOrder.id == PurchaseOrderLine.purchase_order_id)
        .where(PurchaseOrder.id.in_(order_ids), number(STATED_DATE) < day_number(today))
    )


def _lines(session: Session, line_ids: Sequence[int], today: date) -> dict[tuple[int, int], LineThing]:
    """What is said of single lines, by line and part."""
    if not line_ids:
        return {}
    found = session.execute(_LINES.where(Waiting.line_id.in_(line_ids)))
    return {
        (row.line_id, row.part): LineThing(
            deadline=row.deadline,
            kind=row.deadline_kind,
            due_in=(row.deadline - today).days,
            order_number=row.order_number,
            line_no=row.line_no,
            customer=row.customer_name or row.customer_code,
            tier=row.tier if row.priority_class < DEFAULT_PRIORITY_CLASS else "",
            product=row.product or row.sku,
            qty_ordered=row.qty,
            qty_backordered=row.qty_backordered,
            qty_reserved=row.qty_reserved,
            may_leave=row.may_split and not row.ship_complete,
            promise=row.current_promise,
            eta=row.eta,
            currency=row.currency,
            value=row.value if row.priced else None,
        )
        for row in found
    }


_LINES = (
    select(
        Waiting.line_id,
        Waiting.part,
        Waiting.order_number,
        Waiting.line_no,
        Waiting.tier,
        Waiting.priority_class,
        Waiting.sku,
        Waiting.qty_backordered,
        Waiting.qty_reserved,
        Waiting.currency,
        Waiting.priced,
        Waiting.value,
        Waiting.current_promise,
        Waiting.eta,
        Waiting.deadline,
        Waiting.deadline_kind,
        OrderLine.qty,
        Order.may_split,
        Order.ship_complete,
        Customer.name.label("customer_name"),
        Customer.code.label("customer_code"),
        Sku.name.label("product"),
    )
    .join(OrderLine, OrderLine.id == Waiting.line_id)
    .join(Order, Order.id == Waiting.order_id)
    .join(Customer, Customer.id == Waiting.customer_id)
    .join(Sku, Sku.id == Waiting.sku_id)
)


def _group(session: Session, row: Any, key: _Key, today: date) -> Group:
    """What is said of lines that one act would help."""
    cause, of = key
    sums = session.execute(_GROUP_SUMS.where(*_members(cause, of, today)).group_by(Waiting.currency)).all()
    deadline = day_of(row.place_0)
    late: Sequence[Any] = ()
    if cause == SUPPLIER_LATE:
        overdue = number(STATED_DATE) < day_number(today)
        late = session.execute(_LATE_LINES.where(PurchaseOrder.id == of, overdue)).all()
    name = session.execute(_order_named(of) if cause == SUPPLIER_LATE else _sku_named(of)).one()
    products = {line.product for line in late} if late else {name.product}
    return Group(
        deadline=deadline,
        due_in=(deadline - today).days,
        cause=cause,
        key=name.key,
        product=products.pop() if len(products) == 1 else "",
        supplier=name.supplier or name.supplier_code or "",
        supplier_code=name.supplier_code or "",
        orders=sum(each.orders for each in sums),  # all lines of an order are of one currency
        lines=sum(each.lines for each in sums),
        units=sum(each.units for each in sums),
        oldest_on=day_of(min(each.oldest for each in sums)),
        due_on=min((line.stated for line in late), default=None),
        line_nos=tuple(line.line_no for line in late),
        values=tuple(CurrencyValue(each.currency, each.value) for each in sorted(sums, key=lambda each: each.currency)),
    )


def _members(cause: str, of: int, today: date) -> tuple[ColumnElement[bool], ...]:
    if cause == NOT_ORDERED:
        return Waiting.sku_id == of, _NOT_ORDERED
    return Waiting.line_id.in_(_lines_behind([of], today)), _SUPPLIER_LATE


_GROUP_SUMS = select(
    Waiting.currency,
    func.count(Waiting.order_id.distinct()).label("orders"),
    func.count(Waiting.line_id.distinct()).label("lines"),
    cast(func.sum(Waiting.qty_backordered), BigInteger).label("units"),
    cast(func.sum(Waiting.value), BigInteger).label("value"),
    func.min(number(Waiting.placed_on)).label("oldest"),
)
_LATE_LINES = (
    select(PurchaseOrderLine.line_no, func.coalesce(Sku.name, Sku.code).label("product"), STATED_DATE.label("stated"))
    .join(PurchaseOrder, PurchaseOrder.id == PurchaseOrderLine.purchase_order_id)
    .join(Sku, Sku.id == PurchaseOrderLine.sku_id)
    .where(PurchaseOrderLine.qty_open > 0)
    .order_by(PurchaseOrderLine.line_no)
)


def _sku_named(sku_id: int) -> Select:
    """The SKU, and the supplier that planning found for it, who stands on each of its lines."""
    supplier_id = select(func.max(Waiting.supplier_id)).where(Waiting.sku_id == sku_id, _NOT_ORDERED)
    return (
        select(
            Sku.code.label("key"),
            func.coalesce(Sku.name, Sku.code).label("product"),
            Supplier.name.label("supplier"),
            Supplier.code.label("supplier_code"),
        )
        .outerjoin(Supplier, Supplier.id == supplier_id.scalar_subquery())
        .where(Sku.id == sku_id)
    )


def _order_named(purchase_order_id: int) -> Select:
    return (
        select(
            PurchaseOrder.number.label("key"),
            literal("").label("product"),
            Supplier.name.label("supplier"),
            Supplier.code.label("supplier_code"),
        )
        .join(Supplier, Supplier.id == PurchaseOrder.supplier_id)
        .where(PurchaseOrder.id == purchase_order_id)
    )
