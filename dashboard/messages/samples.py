"""How a text would read to the customer of a real order, before any act has something to say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dashboard import clock
from dashboard.domain.messages import (
    FRAME,
    AnswerGiven,
    CardAskedFor,
    DateGiven,
    DateMoved,
    GoodsReady,
    Money,
    OfferMade,
    ParcelLeft,
    RestCancelled,
    Said,
)
from dashboard.domain.text_changes import ORDER_ANSWERS, TITLES
from dashboard.messages.order_answers import answer_about
from dashboard.messages.outbox import foretell
from dashboard.messages.texts import FIRST_LANGUAGE, language_of, languages_of
from dashboard.models import Customer, Order, OrderLine, Waiting

# What an order knows nothing of yet, so that every sentence of a text can be read.
AN_OFFER = "10 % off"
AN_ANSWER = "We look into it and write to you tomorrow."
A_CARRIER, A_TRACKING_NUMBER = "DHL", "JD014600006281"
A_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Sample:
    """A message as it would read."""

    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class TriedOrder:
    """A real order that a text is read on."""

    id: int
    number: str
    language: str  # of its customer


def order_to_try(session: Session, number: str) -> TriedOrder | None:
    """The order of that number; without a number the one that is due first. None where there is none."""
    wanted = number or session.scalar(
        select(Waiting.order_number).order_by(Waiting.deadline, Waiting.order_number).limit(1)
    )
    row = session.execute(
        select(Order.id, Order.number, Customer.language)
        .join(Customer, Customer.id == Order.customer_id)
        .where(Order.number == (wanted or ""))
    ).first()
    return None if row is None else TriedOrder(row.id, row.number, language_of(row.language))


def sample_of(session: Session, order_id: int, name: str, language: str | None = None) -> Sample | None:
    """The letter or answer of that text about what waits of an order, else about its first line; None where it has no
    line. In the language of its customer where no other is named; in English where that text is not written in it.
    """
    if language is not None and language not in languages_of(session, name):
        language = FIRST_LANGUAGE
    if name == ORDER_ANSWERS:
        said = answer_about(session, order_id, clock.today(), language=language)
        return Sample(TITLES[name][0], said.text)
    kind = DateGiven.kind if name == FRAME else name
    line = session.execute(
        select(OrderLine.line_no, OrderLine.qty, OrderLine.qty_open, Waiting.eta, OrderLine.current_promise,
               OrderLine.unit_price, Order.currency)
        .join(Order, Order.id == OrderLine.order_id)
        .outerjoin(Waiting, Waiting.line_id == OrderLine.id)
        .where(OrderLine.order_id == order_id)
        .order_by(func.coalesce(Waiting.deadline, None).is_(None), OrderLine.line_no, Waiting.part)
        .limit(1)
    ).first()  # fmt: skip
    return None if line is None else Sample(*foretell(order_id, _said(kind, line), language=language))


def _said(kind: str, line: Any) -> Said:
    today = clock.today()
    qty = line.qty_open or line.qty
    of_line: dict[str, Any] = {"line_no": line.line_no, "qty": qty}
    later = line.eta or today + 2 * A_WEEK
    worth = None if line.unit_price is None else Money(line.unit_price * qty, line.currency)
    samples: dict[str, Said] = {
        said.kind: said
        for said in (
            OfferMade(**of_line, offer=AN_OFFER, answer_by=today + A_WEEK),
            CardAskedFor(good_until=today + A_WEEK, needed_on=later),
            ParcelLeft(**of_line, carrier=A_CARRIER, tracking=A_TRACKING_NUMBER),
            DateGiven(**of_line, ships_on=later),
            DateMoved(
                **of_line,
                earlier=line.current_promise or today + A_WEEK,
                ships_on=line.eta,
                answer_by=None if line.eta else today + A_WEEK,
            ),
            GoodsReady(**of_line),
            RestCancelled(**of_line, refund=worth, refund_by=today + A_WEEK),
            AnswerGiven(answer=AN_ANSWER),
        )
    }
    return samples[kind]
