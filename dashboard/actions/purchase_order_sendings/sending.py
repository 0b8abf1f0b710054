"""What becomes of rows when a purchase order is sent: by its own act, or within the one that drafted it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dashboard import clock
from dashboard.actions.order_lines import LoadedLine, load, touch
from dashboard.actions.supplier_calendars.dating import days_by_calendar
from dashboard.domain.holds import FIXED
from dashboard.domain.purchase_order_sendings import Draft, send, sent_in_words
from dashboard.models import (
    Hold,
    OrderLine,
    PurchaseOrder,
    PurchaseOrderLine,
    Supplier,
    SupplierReassignment,
    SupplierSku,
)

SENT = "sent"


@dataclass(frozen=True, slots=True)
class Sent:
    """What sending did, in a sentence."""

    sentence: str
    qty: int


def send_order(session: Session, order: PurchaseOrder, *, promised: date | None, actor: Any) -> Sent:
    """The supplier has the order from this moment on; the caller keeps its SKUs still, and plans them anew."""
    lines = lines_of(session, order.id)
    supplier = session.get_one(Supplier, order.supplier_id)
    handed = _handed_over(session, lines)
    draft = Draft(
        order.number,
        order.status,
        supplier.name or supplier.code,
        supplier.active is not False,
        sum(line.qty for line in lines),
    )
    today = clock.today()
    send(draft, promised=promised, handed=[(one.units, qty) for one, _, qty in handed], today=today)

    order.status, order.ordered_at, order.ordered_on = SENT, clock.now(), today
    days = _quoted_days(session, lines, supplier)
    moved = False
    if promised is not None:
        order.promised_date = promised
    else:
        moved = _date_by_calendar(session, order, lines, days)
    for line in lines:
        line.qty_open = max(0, line.qty - line.qty_received)
        line.qty_promised = line.qty
        line.first_promise = (
            line.first_promise or line.promised_date or order.promised_date or line.expected_date or order.expected_date
        )
    for loaded, line, _ in handed:
        _hand_over(session, loaded, line, supplier_id=supplier.id, actor=actor)
    session.flush()
    return Sent(
        sent_in_words(draft, promised=promised, expected_on=_expected_on(order, lines, days), by_calendar=moved),
        draft.qty,
    )


def lines_of(session: Session, order_id: int) -> list[PurchaseOrderLine]:
    """The lines of a purchase order, by number."""
    line = PurchaseOrderLine
    return list(session.scalars(select(line).where(line.purchase_order_id == order_id).order_by(line.line_no)))


def _handed_over(session: Session, lines: list[PurchaseOrderLine]) -> list[tuple[LoadedLine, PurchaseOrderLine, int]]:
    """The order lines that go straight to their customer: each with the ordered line, and its units."""
    row, by_id = SupplierReassignment, {line.id: line for line in lines}
    found = []
    for to_line_id, order_line_id, qty in session.execute(
        select(row.to_line_id, row.order_line_id, func.sum(row.qty))
        .where(row.to_line_id.in_(by_id), row.order_line_id.is_not(None), row.undone_at.is_(None))
        .group_by(row.to_line_id, row.order_line_id)
        .order_by(row.to_line_id)
    ):
        line = session.get_one(OrderLine, order_line_id)
        loaded = load(session, line.order_id).line(line.line_no)
        found.append((loaded, by_id[to_line_id], int(qty)))
    return found


def _hand_over(session: Session, loaded: LoadedLine, line: PurchaseOrderLine, *, supplier_id: int, actor: Any) -> None:
    """From now on the supplier sends the line: it takes no stock, and what is ordered for it is its own."""
    loaded.row.supplier_id = supplier_id
    touch(loaded.row)
    session.add_all(
        Hold(
            line_id=loaded.row.id,
            part=part.part,
            purchase_order_line_id=line.id,
            qty=part.left,
            kind=FIXED,
            reason="sent straight to the customer",
            made_at=clock.now(),
            made_by=actor,
        )
        for part in loaded.units.parts
        if part.left
    )


def _quoted_days(session: Session, lines: list[PurchaseOrderLine], supplier: Supplier) -> dict[int, int | None]:
    """The lead time that the supplier quotes for each line (by id): of its SKU, else its own."""
    quoted = dict(
        session.execute(
            select(SupplierSku.sku_id, SupplierSku.lead_time_days).where(
                SupplierSku.supplier_id == supplier.id, SupplierSku.sku_id.in_({line.sku_id for line in lines})
            )
        ).all()
    )
    return {
        line.id: quoted[line.sku_id] if quoted.get(line.sku_id) is not None else supplier.lead_time_days
        for line in lines
    }


def _date_by_calendar(
    session: Session, order: PurchaseOrder, lines: list[PurchaseOrderLine], days: dict[int, int | None]
) -> bool:
    """Expect each line that nobody has dated on the day that the supplier's calendar makes of its quoted lead time, as
    a fact of the line; whether that is another day than the quoted one of any. Where it is the quoted one nothing is
    written, and the line stays dated as quoted.
    """
    undated = [(line, days[line.id]) for line in lines if _stated(order, line) is None]
    leads = {lead for _, lead in undated if lead is not None}
    by_calendar = days_by_calendar(session, order.supplier_id, leads, ordered_on=order.ordered_on)
    for line, lead in undated:
        if lead in by_calendar:
            line.expected_date = by_calendar[lead]
    return bool(by_calendar)


def _stated(order: PurchaseOrder, line: PurchaseOrderLine) -> date | None:
    return line.expected_date or order.expected_date or line.promised_date or order.promised_date


def _expected_on(order: PurchaseOrder, lines: list[PurchaseOrderLine], days: dict[int, int | None]) -> date | None:
    """The last day by which it should all come; None where one is not known."""
    found = []
    for line in lines:
        quoted = days[line.id]
        found.append(_stated(order, line) or (None if quoted is None else order.ordered_on + timedelta(quoted)))
    known = [one for one in found if one is not None]
    return max(known) if known and len(known) == len(found) else None
