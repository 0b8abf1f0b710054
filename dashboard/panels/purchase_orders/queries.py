"""A purchase order, its lines, who waits for them, and where their units came from or went."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import func, literal_column, select
from sqlalchemy.orm import Session, aliased

from dashboard.models import (
    Peg,
    PurchaseOrder,
    PurchaseOrderLine,
    Sku,
    Supplier,
    SupplierReassignment,
    SupplierSku,
    User,
    Waiting,
)
from dashboard.models.purchase_orders import STATED_DATE
from dashboard.panels.pages import number

DRAFTS_LISTED = 100
WAITING_LISTED = 20


class DraftRow(NamedTuple):
    """A purchase order that nobody has yet."""

    number: str
    supplier: str
    drafted_at: datetime
    lines: int
    units: int
    product: str | None  # of its only line


class OrderFacts(NamedTuple):
    """A purchase order."""

    id: int
    number: str
    status: str
    supplier_code: str
    supplier: str
    email: str | None
    ordered_at: datetime
    ordered_on: date


class LineRow(NamedTuple):
    """A line of a purchase order."""

    id: int
    line_no: int
    sku: str
    product: str
    currency: str | None
    qty: int
    qty_promised: int
    qty_received: int
    qty_open: int
    unit_cost: int | None
    stated: date | None
    first_promise: date | None
    quoted_days: int | None
    waiting: int  # order lines behind it


class WaitingRow(NamedTuple):
    """A part of an order line that waits for one of the lines."""

    order: str
    line_no: int
    part: int
    product: str
    qty: int
    eta: date | None
    promise: date | None
    deadline: date


class ReassignmentRow(NamedTuple):
    """Units that came from another supplier's order, or went to one."""

    id: int
    is_to_here: bool
    qty: int
    product: str
    other: str | None  # the other order's number; None: nobody had ordered them
    other_line_no: int | None
    supplier: str | None  # of the other order
    made_at: datetime
    made_by: str | None
    undone_at: datetime | None


def drafts(session: Session) -> tuple[DraftRow, ...]:
    """The drafts, the oldest first."""
    order, line = PurchaseOrder, PurchaseOrderLine
    rows = session.execute(
        select(
            order.number,
            func.coalesce(Supplier.name, Supplier.code),
            order.ordered_at,
            func.count(line.id),
            func.coalesce(func.sum(line.qty), 0),
            func.min(func.coalesce(Sku.name, Sku.code)),
        )
        .join(Supplier, Supplier.id == order.supplier_id)
        .outerjoin(line, line.purchase_order_id == order.id)
        .outerjoin(Sku, Sku.id == line.sku_id)
        .where(order.status == "draft")
        .group_by(order.id, order.number, Supplier.name, Supplier.code, order.ordered_at)
        .order_by(order.ordered_at, order.number)
        .limit(DRAFTS_LISTED)
    )
    return tuple(
        DraftRow(number, supplier, at, lines, int(units), product if lines == 1 else None)
        for number, supplier, at, lines, units, product in rows
    )


def count_drafts(session: Session) -> int:
    """How many there are."""
    # Written out: of a parameter SQLite cannot know that it is in the index of drafts.
    return session.scalar(select(func.count()).where(PurchaseOrder.status == literal_column("'draft'"))) or 0


def find_order(session: Session, number_of: str) -> OrderFacts | None:
    """The purchase order of that number."""
    order = PurchaseOrder
    row = session.execute(
        select(
            order.id,
            order.number,
            order.status,
            Supplier.code,
            func.coalesce(Supplier.name, Supplier.code),
            Supplier.email,
            order.ordered_at,
            order.ordered_on,
        )
        .join(Supplier, Supplier.id == order.supplier_id)
        .where(order.number == number_of)
    ).first()
    return None if row is None else OrderFacts(*row)


def lines_of(session: Session, order_id: int) -> tuple[LineRow, ...]:
    """Its lines, by number."""
    line, order, terms = PurchaseOrderLine, PurchaseOrder, SupplierSku
    waiting = (
        select(func.count(Peg.line_id.distinct()))
        .where(Peg.purchase_order_line_id == line.id)
        .correlate(line)
        .scalar_subquery()
    )
    rows = session.execute(
        select(
            line.id,
            line.line_no,
            Sku.code,
            func.coalesce(Sku.name, Sku.code),
            Sku.currency,
            line.qty,
            line.qty_promised,
            line.qty_received,
            line.qty_open,
            line.unit_cost,
            STATED_DATE,
            line.first_promise,
            func.coalesce(terms.lead_time_days, Supplier.lead_time_days),
            waiting,
        )
        .join(order, order.id == line.purchase_order_id)
        .join(Supplier, Supplier.id == order.supplier_id)
        .join(Sku, Sku.id == line.sku_id)
        .outerjoin(terms, (terms.supplier_id == order.supplier_id) & (terms.sku_id == line.sku_id))
        .where(line.purchase_order_id == order_id)
        .order_by(line.line_no)
    )
    return tuple(LineRow(*row) for row in rows)


def waiting_for(session: Session, order_id: int) -> tuple[WaitingRow, ...]:
    """Who waits for it, the first of the queue first."""
    line = PurchaseOrderLine
    rows = session.execute(
        select(
            Waiting.order_number,
            Waiting.line_no,
            Waiting.part,
            func.coalesce(Sku.name, Sku.code),
            Peg.qty,
            Waiting.eta,
            Waiting.current_promise,
            Waiting.deadline,
        )
        .join(Peg, (Peg.line_id == Waiting.line_id) & (Peg.part == Waiting.part))
        .join(line, line.id == Peg.purchase_order_line_id)
        .join(Sku, Sku.id == Waiting.sku_id)
        .where(line.purchase_order_id == order_id)
        .order_by(
            Waiting.priority_class,
            number(Waiting.placed_at),
            Waiting.order_number,
            Waiting.line_no,
            Waiting.part,
            line.line_no,
        )
        .limit(WAITING_LISTED)
    )
    return tuple(WaitingRow(*row) for row in rows)


def reassignments_of(session: Session, order_id: int) -> tuple[ReassignmentRow, ...]:
    """What was moved here from other orders, and from here to others, the newest first."""
    row, line = SupplierReassignment, PurchaseOrderLine
    found = []
    for is_to_here, mine, theirs in (
        (True, row.to_line_id, row.from_line_id),
        (False, row.from_line_id, row.to_line_id),
    ):
        there, order, supplier = aliased(line), aliased(PurchaseOrder), aliased(Supplier)
        rows = session.execute(
            select(
                row.id,
                row.qty,
                func.coalesce(Sku.name, Sku.code),
                order.number,
                there.line_no,
                func.coalesce(supplier.name, supplier.code),
                row.made_at,
                func.coalesce(User.name, User.email),
                row.undone_at,
            )
            .join(line, line.id == mine)
            .join(Sku, Sku.id == row.sku_id)
            .outerjoin(there, there.id == theirs)
            .outerjoin(order, order.id == there.purchase_order_id)
            .outerjoin(supplier, supplier.id == order.supplier_id)
            .outerjoin(User, User.id == row.made_by)
            .where(line.purchase_order_id == order_id)
        )
        found += [ReassignmentRow(one[0], is_to_here, *one[1:]) for one in rows]
    return tuple(sorted(found, key=lambda one: (one.made_at, one.id), reverse=True))
