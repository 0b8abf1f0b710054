"""How a text would read to the customer of a real order, before any act has something to say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dashboard import clock
from dashboard.domain.messages import (
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
from dashboard.messages.outbox import foretell
from dashboard.models import Order, OrderLine, Waiting

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


def sample_of(session: Session, order_id: int, kind: str) -> Sample | None:
    """The message of a kind about what waits of an order, else about its first line; None where it has no line."""
    line = session.execute(
        select(OrderLine.line_no, OrderLine.qty, OrderLine.qty_open, Waiting.eta, OrderLine.current_promise,
               OrderLine.unit_price, Order.currency)
        .join(Order, Order.id == OrderLine.order_id)
        .outerjoin(Waiting, Waiting.line_id == OrderLine.id)
        .where(OrderLine.order_id == order_id)
        .order_by(func.coalesce(Waiting.deadline, None).is_(None), OrderLine.line_no, Waiting.part)
        .limit(1)
    ).first()  # fmt: skip
    return None if line is None else Sample(*foretell(order_id, _said(kind, line)))


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
