"""What suppliers have been sent and owe: a row for each purchase order of which something is still to come."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy import BigInteger, Integer, Select, and_, func, literal, or_, select, type_coerce
from sqlalchemy.orm import Session

from dashboard.database import Day
from dashboard.models import Peg, PurchaseOrder, PurchaseOrderLine, Sku, Supplier, SupplierSku
from dashboard.models.purchase_orders import STATED_DATE
from dashboard.web.csv_response import day, money, text, whole

LISTED = 50
SUPPLIERS_OFFERED = 30
READ_AT_ONCE = 1_000
STATES = ("overdue", "coming", "undated")
NO_DAY = date.max  # orders without a day stand last


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks of the list."""

    supplier: str | None = None  # its code
    state: str | None = None  # one of STATES
    after: str | None = None  # the order that ended the page before: its day and its number

    def parameters(self, **others: str | None) -> dict[str, str]:
        """As an address has it; what is said in `others` instead, None: no longer. Another choice begins anew."""
        said = {"supplier": self.supplier, "state": self.state, **others}
        return {key: value for key, value in said.items() if value}


class OnOrder(NamedTuple):
    """A purchase order of which units are to come."""

    id: int
    number: str
    status: str
    supplier_code: str
    supplier: str
    ordered_on: date
    due: date  # the soonest day of what is open; NO_DAY where none is known
    lines: int
    units: int

    @property
    def cursor(self) -> str:
        return f"{self.due.isoformat()} {self.number}"


@dataclass(frozen=True, slots=True)
class OnOrderRow:
    """The same with what it is worth and who waits."""

    order: OnOrder
    days_overdue: int | None  # None where its day has not passed, or none is known
    values: tuple[tuple[str | None, int], ...]  # micro-units of the open units, by currency
    unpriced: int  # open units whose cost is not known
    waiting: int  # order lines that are pegged to it

    @property
    def due(self) -> date | None:
        return None if self.order.due == NO_DAY else self.order.due


class Offered(NamedTuple):
    """A supplier whom the list can be narrowed to."""

    code: str
    name: str
    orders: int


@dataclass(frozen=True, slots=True)
class OnOrderPage:
    """The list, a page of it."""

    asked: Asked
    today: date
    rows: tuple[OnOrderRow, ...]  # by day, then number
    count: int  # of all that are asked for
    total: int  # of all
    suppliers: tuple[Offered, ...]  # those with most orders first
    supplier: str | None  # the name of the one that is chosen
    next_after: str | None


def load_on_order(session: Session, asked: Asked, today: date) -> OnOrderPage:
    """The page that an address means."""
    found = _matching(asked, today).subquery()
    rows = _page(session, asked, today, limit=LISTED + 1)
    chosen = None
    if asked.supplier:
        chosen = session.scalar(
            select(func.coalesce(Supplier.name, Supplier.code)).where(Supplier.code == asked.supplier)
        )
    return OnOrderPage(
        asked,
        today,
        _with_worth(session, rows[:LISTED], today),
        session.scalar(select(func.count()).select_from(found)) or 0,
        session.scalar(select(func.count()).select_from(_matching(Asked(), today).subquery())) or 0,
        _suppliers(session),
        chosen or asked.supplier,
        rows[LISTED - 1].cursor if len(rows) > LISTED else None,
    )


def all_on_order(session: Session, asked: Asked, today: date) -> Iterator[FileRow]:
    """Every order that is asked for, a row for each currency that it is in; read as it is used."""
    after: str | None = None
    while rows := _page(session, Asked(asked.supplier, asked.state, after), today, limit=READ_AT_ONCE):
        for row in _with_worth(session, rows, today):
            for currency, value in row.values or ((None, None),):
                yield FileRow(
                    row.order.number, row.order.supplier_code, row.order.supplier, row.order.status,
                    row.order.ordered_on, row.due, row.days_overdue, row.order.lines, row.order.units,
                    currency, value, row.unpriced, row.waiting,
                )  # fmt: skip
        after = rows[-1].cursor


class FileRow(NamedTuple):
    """A purchase order in the file: once for each currency of its open units."""

    po_id: str
    supplier_id: str
    supplier: str
    status: str
    ordered_on: date
    expected_date: date | None
    days_overdue: int | None
    open_lines: int
    open_units: int
    currency: str | None
    value: int | None  # micro-units
    unpriced_units: int
    waiting_lines: int


COLUMNS = (
    text("po_id"),
    text("supplier_id"),
    text("supplier"),
    text("status"),
    day("ordered_on"),
    day("expected_date"),
    whole("days_overdue"),
    whole("open_lines"),
    whole("open_units"),
    text("currency"),
    money("value"),
    whole("unpriced_units"),
    whole("waiting_lines"),
)


def _open() -> Select:
    """One row a purchase order of which something is to come; due on the day that is stated, else quoted."""
    line, order, terms = PurchaseOrderLine, PurchaseOrder, SupplierSku
    lead = func.coalesce(terms.lead_time_days, Supplier.lead_time_days)
    quoted = type_coerce(type_coerce(order.ordered_on, Integer) + lead, Day)
    return (
        select(
            order.id,
            order.number,
            order.status,
            Supplier.code.label("supplier_code"),
            func.coalesce(Supplier.name, Supplier.code).label("supplier"),
            order.ordered_on,
            func.coalesce(func.min(func.coalesce(STATED_DATE, quoted)), literal(NO_DAY, Day)).label("due"),
            func.count(line.id).label("lines"),
            func.sum(line.qty_open).cast(BigInteger).label("units"),
        )
        .select_from(line)
        .join(order, order.id == line.purchase_order_id)
        .join(Supplier, Supplier.id == order.supplier_id)
        .outerjoin(terms, (terms.supplier_id == order.supplier_id) & (terms.sku_id == line.sku_id))
        .where(line.qty_open > 0)
        .group_by(order.id, order.number, order.status, Supplier.code, Supplier.name, order.ordered_on)
    )


def _matching(asked: Asked, today: date) -> Select:
    query = _open()
    if asked.supplier:
        query = query.where(Supplier.code == asked.supplier)
    found = query.subquery()
    due = found.c.due
    states = {
        "overdue": due < literal(today, Day),
        "coming": and_(due >= literal(today, Day), due != literal(NO_DAY, Day)),
        "undated": due == literal(NO_DAY, Day),
    }
    chosen = select(found)
    return chosen.where(states[asked.state]) if asked.state in states else chosen


def _page(session: Session, asked: Asked, today: date, *, limit: int) -> list[OnOrder]:
    found = _matching(asked, today).subquery()
    cell, query = found.c, select(found)
    if position := _position(asked.after):
        since, number = position
        later = literal(since, Day)
        query = query.where(or_(cell.due > later, and_(cell.due == later, cell.number > number)))
    return [OnOrder(*row) for row in session.execute(query.order_by(cell.due, cell.number).limit(limit))]


def _position(after: str | None) -> tuple[date, str] | None:
    """Where the page before ended; an address that somebody broke begins anew."""
    words, _, number = (after or "").partition(" ")
    try:
        return date.fromisoformat(words), number
    except ValueError:
        return None


def _with_worth(session: Session, orders: Collection[OnOrder], today: date) -> tuple[OnOrderRow, ...]:
    """What their open units cost, never added across currencies, and how many order lines wait for them."""
    line, ids = PurchaseOrderLine, [order.id for order in orders]
    cost = (
        select(
            line.purchase_order_id,
            Sku.currency,
            func.sum(line.qty_open * line.unit_cost).cast(BigInteger),
            func.sum(line.qty_open).filter(line.unit_cost.is_(None)).cast(BigInteger),
        )
        .join(Sku, Sku.id == line.sku_id)
        .where(line.purchase_order_id.in_(ids), line.qty_open > 0)
        .group_by(line.purchase_order_id, Sku.currency)
        .order_by(line.purchase_order_id, Sku.currency)
    )
    values: dict[int, list[tuple[str | None, int]]] = defaultdict(list)
    unpriced: dict[int, int] = defaultdict(int)
    for order_id, currency, value, without in session.execute(cost):
        unpriced[order_id] += without or 0
        if value is not None:
            values[order_id].append((currency, int(value)))
    pegs = (
        select(line.purchase_order_id, func.count(Peg.line_id.distinct()))
        .join(line, line.id == Peg.purchase_order_line_id)
        .where(line.purchase_order_id.in_(ids))
        .group_by(line.purchase_order_id)
    )
    waiting = {row[0]: row[1] for row in session.execute(pegs)}
    return tuple(
        OnOrderRow(
            order,
            (today - order.due).days if order.due < today else None,
            tuple(values[order.id]),
            unpriced[order.id],
            waiting.get(order.id, 0),
        )
        for order in orders
    )


def _suppliers(session: Session) -> tuple[Offered, ...]:
    found = _open().subquery()
    orders = func.count()
    query = select(found.c.supplier_code, found.c.supplier, orders).group_by(found.c.supplier_code, found.c.supplier)
    rows = session.execute(query.order_by(orders.desc(), found.c.supplier_code).limit(SUPPLIERS_OFFERED))
    return tuple(Offered(*row) for row in rows)
