"""Every backordered line with all that its report says, in the order in which staff had better act on them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from heapq import merge
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from dashboard import clock
from dashboard.domain.aging import age_days
from dashboard.domain.expiring_payments import PAYMENT_STATES
from dashboard.models import Customer, LinePart, LinePlan, OrderLine, PurchaseOrder, Sku, Supplier, Waiting
from dashboard.models.plans import ETA_BASES
from dashboard.panels.aging.queries import DEFAULT_SORT, SORTS
from dashboard.panels.filters import Selection, conditions
from dashboard.panels.report import ROWS_AT_ONCE
from dashboard.panels.sums import whole_sum


class Backorder(NamedTuple):
    """One backordered line with everything that its report says; the parts of a divided line are added up."""

    order_id: str
    line_no: int
    sku: str
    product: str | None
    customer_id: str
    customer: str | None
    tier: str
    channel: str
    placed_at: datetime  # in the shop's zone
    age_days: int
    qty_ordered: int
    qty_shipped: int
    qty_cancelled: int
    qty_reserved: int
    qty_backordered: int
    currency: str
    unit_price: int | None  # micro-units, as is value
    value: int | None
    first_promise: date | None
    current_promise: date | None
    eta: date | None
    late_eta: date | None
    eta_basis: str
    supplier_id: str | None
    po_id: str | None
    cause: str
    deadline: date
    deadline_kind: str
    cancel_risk: int | None  # ten-thousandths
    payment_state: str
    likely_eta: date | None
    likely_late_eta: date | None
    priority_class: int

    def place(self) -> tuple[Any, ...]:
        """Where it stands in the worklist: by deadline, undated first within a day, then in queue order."""
        return (
            self.deadline,
            self.eta is not None,
            self.priority_class,
            self.placed_at,
            self.order_id,
            self.line_no,
        )


def backorders(session: Session, selection: Selection, today: date) -> Iterator[Backorder]:
    """Every backordered line of the selection in the order of the worklist, read as it is used."""
    where = conditions(session, selection, today)
    zone = clock.shop_zone()
    whole_lines = (
        _backorder_rows(where)
        .where(Waiting.line_id.not_in(select(LinePart.line_id)))
        .order_by(*SORTS[DEFAULT_SORT].columns)
        .execution_options(yield_per=ROWS_AT_ONCE)
    )
    lines = (_backorder(row, today, zone) for row in session.execute(whole_lines))
    divided = _divided_lines(session, where, today, zone)
    return merge(lines, divided, key=Backorder.place) if divided else lines


def _divided_lines(session: Session, where: list[ColumnElement[bool]], today: date, zone: ZoneInfo) -> list[Backorder]:
    """Lines that were split, each as one: of a million lines a few."""
    query = _backorder_rows(where).where(Waiting.line_id.in_(select(LinePart.line_id)))
    parts = sorted(session.execute(query), key=lambda row: (row.line_id, row.part))
    reserved = dict(
        session.execute(
            select(LinePlan.line_id, whole_sum(LinePlan.qty_reserved))
            .where(LinePlan.line_id.in_(select(LinePart.line_id)))
            .group_by(LinePlan.line_id)
        ).all()
    )
    lines = [
        _added_up([_backorder(row, today, zone) for row in rows], reserved.get(line_id, 0))
        for line_id, rows in groupby(parts, key=attrgetter("line_id"))
    ]
    return sorted(lines, key=Backorder.place)


def _added_up(parts: list[Backorder], qty_reserved: int) -> Backorder:
    """The parts of one line as the line: units and value summed, dates of the last to come, the first to fall due."""
    undated = [part for part in parts if part.eta is None]
    last = undated[0] if undated else max(parts, key=lambda part: (part.eta, part.late_eta or part.eta))
    first_due = min(parts, key=Backorder.place)
    return last._replace(
        qty_reserved=qty_reserved,
        qty_backordered=sum(part.qty_backordered for part in parts),
        value=None if last.value is None else sum(part.value or 0 for part in parts),
        late_eta=None if undated else max(late for part in parts if (late := part.late_eta or part.eta)),
        eta_basis=min((part.eta_basis for part in parts), key=ETA_BASES.index),
        cause=first_due.cause,
        deadline=first_due.deadline,
        deadline_kind=first_due.deadline_kind,
        cancel_risk=max((part.cancel_risk for part in parts if part.cancel_risk is not None), default=None),
        payment_state=min((part.payment_state for part in parts), key=PAYMENT_STATES.index),
        likely_eta=_latest_or_none([part.likely_eta for part in parts]),
        likely_late_eta=_latest_or_none([part.likely_late_eta for part in parts]),
    )


def _latest_or_none(days: list[date | None]) -> date | None:
    known = [day for day in days if day is not None]
    return max(known) if len(known) == len(days) else None


def _backorder_rows(where: list[ColumnElement[bool]]) -> Select:
    return (
        select(
            Waiting.line_id,
            Waiting.part,
            Waiting.order_number,
            Waiting.line_no,
            Waiting.sku,
            Sku.name.label("product"),
            Customer.code.label("customer_code"),
            Customer.name.label("customer_name"),
            Waiting.tier,
            Waiting.channel,
            Waiting.placed_at,
            Waiting.placed_on,
            OrderLine.qty,
            OrderLine.qty_shipped,
            OrderLine.qty_cancelled,
            Waiting.qty_reserved,
            Waiting.qty_backordered,
            Waiting.currency,
            OrderLine.unit_price,
            Waiting.priced,
            Waiting.value,
            Waiting.first_promise,
            Waiting.current_promise,
            Waiting.eta,
            Waiting.late_eta,
            Waiting.eta_basis,
            Supplier.code.label("supplier_code"),
            PurchaseOrder.number.label("po_number"),
            Waiting.cause,
            Waiting.deadline,
            Waiting.deadline_kind,
            Waiting.cancel_risk,
            Waiting.payment_state,
            Waiting.likely_eta,
            Waiting.likely_late_eta,
            Waiting.priority_class,
        )
        .join(OrderLine, OrderLine.id == Waiting.line_id)
        .outerjoin(Customer, Customer.id == Waiting.customer_id)
        .outerjoin(Sku, Sku.id == Waiting.sku_id)
        .outerjoin(Supplier, Supplier.id == Waiting.supplier_id)
        .outerjoin(PurchaseOrder, PurchaseOrder.id == Waiting.purchase_order_id)
        .where(*where)
    )


def _backorder(row: Any, today: date, zone: ZoneInfo) -> Backorder:
    return Backorder(
        order_id=row.order_number,
        line_no=row.line_no,
        sku=row.sku,
        product=row.product,
        customer_id=row.customer_code,
        customer=row.customer_name,
        tier=row.tier,
        channel=row.channel,
        placed_at=row.placed_at.astimezone(zone),
        age_days=age_days(row.placed_on, today),
        qty_ordered=row.qty,
        qty_shipped=row.qty_shipped,
        qty_cancelled=row.qty_cancelled,
        qty_reserved=row.qty_reserved,
        qty_backordered=row.qty_backordered,
        currency=row.currency,
        unit_price=row.unit_price,
        value=row.value if row.priced else None,
        first_promise=row.first_promise,
        current_promise=row.current_promise,
        eta=row.eta,
        late_eta=row.late_eta,
        eta_basis=row.eta_basis,
        supplier_id=row.supplier_code,
        po_id=row.po_number,
        cause=row.cause,
        deadline=row.deadline,
        deadline_kind=row.deadline_kind,
        cancel_risk=row.cancel_risk,
        payment_state=row.payment_state,
        likely_eta=row.likely_eta,
        likely_late_eta=row.likely_late_eta,
        priority_class=row.priority_class,
    )
