"""What is said to the customer of an order who asks where it is, in their language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from dashboard import clock
from dashboard.database import rows_of
from dashboard.domain.explanations import Phrase
from dashboard.domain.order_answers import AnsweredLine, answer
from dashboard.messages.texts import answer_texts, language_of, locale_of
from dashboard.models import Customer, Order, OrderLine, Reservation, ShipmentLine, Sku, Waiting
from dashboard.web import formats

LATE_ESTIMATE = "late-estimate"


@dataclass(frozen=True, slots=True)
class OrderAnswer:
    """Where an order is, in words, with the lines that they are about."""

    phrases: tuple[Phrase, ...]
    lines: tuple[AnsweredLine, ...]

    @property
    def text(self) -> str:
        return "".join(phrase.text for phrase in self.phrases)


# To write these statements takes longer than to answer them, so each is written once.
_STATUS = (
    select(Order.status, Customer.language)
    .join(Customer, Customer.id == Order.customer_id)
    .where(Order.id == bindparam("order"))
)
_HERE = select(func.sum(Reservation.qty)).where(Reservation.line_id == OrderLine.id).correlate(OrderLine)
_LEFT_AT = select(func.max(ShipmentLine.shipped_at)).where(ShipmentLine.line_id == OrderLine.id).correlate(OrderLine)
_LINES = (
    select(
        OrderLine.line_no,
        func.coalesce(Sku.name, Sku.code).label("product"),
        OrderLine.qty,
        func.coalesce(_HERE.scalar_subquery(), 0).label("here"),
        Waiting.qty_backordered,
        OrderLine.qty_shipped,
        OrderLine.qty_cancelled,
        Waiting.eta,
        Waiting.late_eta,
        Waiting.eta_basis,
        OrderLine.current_promise,
        _LEFT_AT.scalar_subquery().label("left_at"),
    )
    .join(Sku, Sku.id == OrderLine.sku_id)
    .outerjoin(Waiting, Waiting.line_id == OrderLine.id)
    .where(OrderLine.order_id == bindparam("order"))
    .order_by(OrderLine.line_no, Waiting.part)
)


def answer_about(session: Session, order_id: int, today: date, *, language: str | None = None) -> OrderAnswer:
    """The answer about an order as it stands now, in its customer's language where no other is named."""
    status, wanted = rows_of(session, _STATUS, {"order": order_id}).one()
    language, texts = answer_texts(session, language or language_of(wanted))
    locale = locale_of(language)
    lines = tuple(answered_lines(session, order_id))
    phrases = answer(
        lines,
        status=status,
        today=today,
        texts=texts,
        written=lambda day: formats.spoken_day(day, today=today, locale=locale),
    )
    return OrderAnswer(phrases, lines)


def answered_lines(session: Session, order_id: int) -> list[AnsweredLine]:
    """How each line of an order stands, by number: asked in one statement, whatever parts it waits in."""
    rows = rows_of(session, _LINES, {"order": order_id}).all()
    return [_line(list(parts)) for _, parts in groupby(rows, key=lambda row: row.line_no)]


def _line(parts: Sequence[Any]) -> AnsweredLine:
    first = parts[0]
    dates = [part.eta for part in parts]
    late = [part.late_eta or part.eta for part in parts]
    return AnsweredLine(
        first.line_no,
        first.product,
        first.qty,
        int(first.here),
        sum(part.qty_backordered or 0 for part in parts),
        first.qty_shipped,
        first.qty_cancelled,
        eta=max(dates) if all(dates) else None,
        late_eta=max(late) if all(late) else None,
        promise=first.current_promise,
        is_estimate=any(part.eta_basis == LATE_ESTIMATE for part in parts),
        left_on=None if first.left_at is None else clock.shop_day(first.left_at),
    )
