"""What becomes of rows when the day of ordered goods moves: by its own act, or because a supplier confirmed another."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboard.domain import purchase_order_dates
from dashboard.models import PurchaseOrder, PurchaseOrderLine


def lines_of(session: Session, order: PurchaseOrder, line_no: int | None) -> list[PurchaseOrderLine]:
    """The lines of a purchase order by number, or the one of them."""
    query = select(PurchaseOrderLine).where(PurchaseOrderLine.purchase_order_id == order.id)
    if line_no is not None:
        query = query.where(PurchaseOrderLine.line_no == line_no)
    return list(session.scalars(query.order_by(PurchaseOrderLine.line_no)))


def as_expected(line: PurchaseOrderLine, order: PurchaseOrder) -> purchase_order_dates.ExpectedLine:
    """A line as the rules of its dates see it."""
    stated = line.expected_date or order.expected_date or line.promised_date or order.promised_date
    return purchase_order_dates.ExpectedLine(
        line.line_no, line.qty_open, line.expected_date, stated, line.first_promise
    )


def write_dates(lines: list[PurchaseOrderLine], moves: tuple[purchase_order_dates.MovedLine, ...]) -> bool:
    """Write the lines' own dates; whether one of them was promised for the first time."""
    by_no = {line.line_no: line for line in lines}
    first_dates = False
    for moved in moves:
        line = by_no[moved.line_no]
        line.expected_date = moved.expected
        if line.first_promise is None:
            line.first_promise, line.qty_promised, first_dates = moved.first_promise, line.qty, True
    return first_dates
