"""What an act answers: a notice, and what it did to the lines that wait, each from what to what."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
from flask import current_app
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dashboard import audit, planning
from dashboard.database import day_number, day_of, transaction
from dashboard.domain.columns import NONE
from dashboard.domain.deadlines import Clocks, promised_by
from dashboard.models import Customer, Order, OrderLine, Sku
from dashboard.planning import Move, Replanned, Standing

# A list that somebody reads; an act on a hot SKU moves thousands of lines, and says how many more there are. So many
# are looked at to find those who come first in it.
LISTED_AT_MOST = 200
LOOKED_AT_AT_MOST = 2_000


@dataclass(frozen=True, slots=True)
class Consequence:
    """What an act does to one waiting line (or part of one)."""

    order: str
    line_no: int
    part: int
    customer: str
    sku: str
    product: str
    qty_open: int
    placed_at: datetime
    promise: date | None  # last told
    promised_by: date  # the same; where nothing was ever told, the day by which the law expects the goods
    before: Standing
    after: Standing

    @property
    def gained(self) -> int:
        """Units that are reserved now and were not; below zero where it loses some."""
        return self.after.reserved - self.before.reserved

    @property
    def date_moved(self) -> bool:
        """Whether units wait whose date is another than before."""
        return bool(self.after.backordered) and (self.before.eta != self.after.eta or not self.before.backordered)

    @property
    def days_after_promise(self) -> int | None:
        """How far the new date lies after what the customer was told; None where it does not, or is not known."""
        if not self.after.backordered or self.after.eta is None or self.promise is None:
            return None
        days = (self.after.eta - self.promise).days
        return days if days > 0 else None

    @property
    def must_be_told(self) -> bool:
        """Whether the date moved to one that the customer does not expect: none, or one after the promise."""
        return self.date_moved and (self.after.eta is None or self.after.eta > self.promised_by)


@dataclass(frozen=True, slots=True)
class Consequences:
    """The lines that an act moves: those first whose goods it moves, then those whose customers must be told."""

    listed: tuple[Consequence, ...] = ()
    more: int = 0  # beyond what is listed; and of these, so many gain and lose units
    more_gaining: int = 0
    more_losing: int = 0

    @property
    def gaining(self) -> tuple[Consequence, ...]:
        return tuple(one for one in self.listed if one.gained > 0)

    @property
    def losing(self) -> tuple[Consequence, ...]:
        return tuple(one for one in self.listed if one.gained < 0)

    @property
    def to_tell(self) -> tuple[Consequence, ...]:
        return tuple(one for one in self.listed if one.must_be_told)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was done, in a sentence and in rows."""

    notice: str
    skus: tuple[int, ...] = ()  # ids: what open screens ask themselves whether they show
    consequences: Consequences = Consequences()
    made: str = ""  # the number of what was made, by which it can be undone
    repeats: audit.Seen | None = None  # this form had been sent before: who sent it, and when


def sent_before(submission: str | None) -> Outcome | None:
    """The outcome of a form that was sent before: nothing more is done, and the first answer is given again."""
    seen = audit.find_submission(submission)
    return None if seen is None else Outcome(seen.notice, repeats=seen)


class _NotDone(Exception):
    """Takes back what was only tried."""


@planning.repeated
def foreseen(act: Callable[..., Outcome], *args: Any, **kwargs: Any) -> Outcome:
    """What an act would answer, found by doing it and taking everything back; refused as the act would be."""
    try:
        with transaction():
            outcome = act(*args, **kwargs)
            raise _NotDone
    except _NotDone:
        return outcome


def of_others(replanned: Replanned, line_ids: Collection[int]) -> Replanned:
    """What moved of other lines than those that an act is about, where its sentence says all of these."""
    return Replanned(tuple(move for move in replanned.moves if move.line_id not in line_ids))


def consequences(session: Session, replanned: Replanned) -> Consequences:
    """The lines that moved, with the names of their people."""
    moves = sorted(replanned.moves, key=lambda move: (move.before.reserved == move.after.reserved, move.line_id))
    known = _with_names(session, moves[:LOOKED_AT_AT_MOST])
    known.sort(key=lambda one: (not one.gained, not one.must_be_told, one.placed_at, one.order, one.line_no, one.part))
    beyond = [one.gained for one in known[LISTED_AT_MOST:]]
    beyond += [move.after.reserved - move.before.reserved for move in moves[LOOKED_AT_AT_MOST:]]
    return Consequences(
        tuple(known[:LISTED_AT_MOST]), len(beyond), sum(gain > 0 for gain in beyond), sum(gain < 0 for gain in beyond)
    )


def _with_names(session: Session, moves: Sequence[Move]) -> list[Consequence]:
    rows = session.execute(
        select(
            OrderLine.id,
            Order.number,
            OrderLine.line_no,
            func.coalesce(Customer.name, Customer.code),
            Sku.code,
            func.coalesce(Sku.name, Sku.code),
            OrderLine.qty_open,
            Order.placed_at,
            OrderLine.current_promise,
            Order.placed_on,
            Order.credit_applied,
        )
        .join(Order, Order.id == OrderLine.order_id)
        .join(Customer, Customer.id == Order.customer_id)
        .join(Sku, Sku.id == OrderLine.sku_id)
        .where(OrderLine.id.in_({move.line_id for move in moves}))
    ).all()
    due = dict(zip((row[0] for row in rows), _promised_by(rows), strict=True))
    names = {row[0]: row for row in rows}
    found = []
    for move in moves:
        _, number, line_no, customer, sku, product, qty_open, placed_at, promise, *_ = names[move.line_id]
        found.append(
            Consequence(
                number,
                line_no,
                move.part,
                customer,
                sku,
                product,
                qty_open,
                placed_at,
                promise,
                due[move.line_id],
                move.before,
                move.after,
            )
        )
    return found


def _promised_by(rows: Sequence[Any]) -> list[date]:
    promise, placed_on, credit = ([row[at] for row in rows] for at in (8, 9, 10))
    none = np.full(len(rows), NONE)
    clocks = Clocks(
        placed_on=np.array([day_number(day) for day in placed_on], np.int64),
        current_promise=np.array([NONE if day is None else day_number(day) for day in promise], np.int64),
        credit_applied=np.array(credit, bool),
        eta=none,
        needed_on=none,
        card_until=none,
        authorised_until=none,
        last_date=none,
    )
    return [day_of(int(day)) for day in promised_by(clocks, current_app.config["SHOP_REGION"])]
