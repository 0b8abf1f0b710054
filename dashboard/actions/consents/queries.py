"""What waits of an order, with what its customer was told of it and answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from dashboard import settings
from dashboard.domain.consents import AnsweringPart
from dashboard.domain.deadlines import promise_of
from dashboard.models import Consent, Customer, DelayNotice, Order, OrderLine, Sku, Waiting


@dataclass(frozen=True, slots=True)
class WaitingLine:
    """A line of which something waits, by what it is called."""

    line_no: int
    product: str
    qty: int
    eta: date | None


@dataclass(frozen=True, slots=True)
class ShownAnswers:
    """An order that a customer may answer about."""

    id: int
    number: str
    customer: str
    order_version: int
    answers: int  # how many were recorded
    parts: tuple[AnsweringPart, ...]
    lines: tuple[WaitingLine, ...]

    @property
    def version(self) -> str:
        """Changes with the order, with what is told and with what is answered."""
        told = "-".join(str(part.notice_id or 0) for part in self.parts)
        return f"{self.order_version}-{self.answers}-{told}"

    @property
    def subject(self) -> str:
        """How the history names it."""
        return f"order {self.number}"

    @property
    def was_told(self) -> bool:
        return any(part.notice_id is not None for part in self.parts)

    @property
    def latest(self) -> date | None:
        """The last day that they were told of, else the last on which something of it ships."""
        days = [part.told_date or part.eta for part in self.parts]
        return max((day for day in days if day is not None), default=None)


def find_answers(session: Session, order_number: str) -> ShownAnswers | None:
    """The order of that number."""
    order_id = session.scalar(select(Order.id).where(Order.number == order_number))
    return None if order_id is None else answers_of(session, order_id)


def answers_of(session: Session, order_id: int) -> ShownAnswers:
    """The same by its id."""
    order_number, version, customer, placed_on, credit = session.execute(
        select(
            Order.number,
            Order.version,
            func.coalesce(Customer.name, Customer.code),
            Order.placed_on,
            Order.credit_applied,
        )
        .join(Customer, Customer.id == Order.customer_id)
        .where(Order.id == order_id)
    ).one()
    one = aliased(DelayNotice)
    last = (
        select(func.max(one.id))
        .where(one.line_id == Waiting.line_id, one.part == Waiting.part, one.in_force)
        .scalar_subquery()
    )
    rows = session.execute(
        select(
            Waiting.line_id,
            Waiting.line_no,
            Waiting.part,
            Waiting.qty_backordered,
            Waiting.eta,
            Waiting.current_promise,
            func.coalesce(Sku.name, Sku.code).label("product"),
            DelayNotice.id.label("notice_id"),
            DelayNotice.new_date,
        )
        .join(Sku, Sku.id == Waiting.sku_id)
        .outerjoin(DelayNotice, DelayNotice.id == last)
        .where(Waiting.order_id == order_id)
        .order_by(Waiting.line_no, Waiting.part)
    ).all()
    region = settings.clock_rule()
    parts = tuple(
        AnsweringPart(
            row.line_id,
            row.line_no,
            row.part,
            row.qty_backordered,
            promise_of(row.current_promise, placed_on=placed_on, credit_applied=credit, region=region),
            row.eta,
            row.notice_id,
            row.new_date,
        )
        for row in rows
    )
    lines = {row.line_no: WaitingLine(row.line_no, row.product, row.qty_backordered, row.eta) for row in rows}
    answered = session.scalar(
        select(func.count())
        .select_from(Consent)
        .join(OrderLine, OrderLine.id == Consent.line_id)
        .where(OrderLine.order_id == order_id)
    )
    return ShownAnswers(order_id, order_number, customer, version, answered or 0, parts, tuple(lines.values()))
