"""What an act answers: a notice, and what it did to the lines that wait, each from what to what."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboard import audit, planning
from dashboard.database import transaction
from dashboard.models import Customer, LinePlan, Order, OrderLine, Reservation, Sku, Waiting
from dashboard.planning import Replanned, Standing

Part = tuple[int, int]  # id of an order line, number of its part
NOTHING = Standing(0, 0, None, None)
# A list that somebody reads; an act on a hot SKU moves thousands of lines, and says how many more there are.
LISTED_AT_MOST = 50


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
    before: Standing
    after: Standing

    @property
    def gained(self) -> int:
        """Units that are reserved now and were not; below zero where it loses some."""
        return self.after.reserved - self.before.reserved

    @property
    def date_moved(self) -> bool:
        """Whether units still wait and their date is another."""
        return bool(self.after.backordered) and self.before.eta != self.after.eta

    @property
    def days_after_promise(self) -> int | None:
        """How far the new date lies after what the customer was told; None where it does not, or is not known."""
        if not self.after.backordered or self.after.eta is None or self.promise is None:
            return None
        days = (self.after.eta - self.promise).days
        return days if days > 0 else None


@dataclass(frozen=True, slots=True)
class Consequences:
    """The lines that an act moves, those first whose goods it moves; `more` are beyond what a list shows."""

    listed: tuple[Consequence, ...] = ()
    more: int = 0
    more_gaining: int = 0
    more_losing: int = 0

    @property
    def gaining(self) -> tuple[Consequence, ...]:
        return tuple(one for one in self.listed if one.gained > 0)

    @property
    def losing(self) -> tuple[Consequence, ...]:
        return tuple(one for one in self.listed if one.gained < 0)


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


def consequences(
    session: Session, replanned: Replanned, *, known_before: Mapping[Part, Standing] | None = None, sku_id: int = 0
) -> Consequences:
    """The lines that moved, with the names of their people.

    `known_before` says how parts of the SKU stood before the act gave their units back: planning, which looked later,
    found nothing reserved for them.
    """
    moves = {(move.line_id, move.part): (move.before, move.after) for move in replanned.moves}
    if known_before:
        now = standings(session, sku_id)
        moves |= {part: (before, now.get(part, NOTHING)) for part, before in known_before.items()}
    moved = sorted(
        ((part, before, after) for part, (before, after) in moves.items() if before != after),
        key=lambda move: (move[1].reserved == move[2].reserved, move[0]),
    )
    shown = moved[:LISTED_AT_MOST]
    rows = session.execute(
        select(
            OrderLine.id, Order.number, OrderLine.line_no, Customer.name, Customer.code, Sku.code, Sku.name,
            OrderLine.qty_open, Order.placed_at, OrderLine.current_promise,
        )
        .join(Order, Order.id == OrderLine.order_id)
        .join(Customer, Customer.id == Order.customer_id)
        .join(Sku, Sku.id == OrderLine.sku_id)
        .where(OrderLine.id.in_({line for (line, _), _, _ in shown}))
    )  # fmt: skip
    of_line = {row[0]: row[1:] for row in rows}
    listed = []
    for (line, part), before, after in shown:
        number, line_no, name, code, sku, product, qty_open, placed_at, promise = of_line[line]
        listed.append(
            Consequence(
                number, line_no, part, name or code, sku, product or sku, qty_open, placed_at, promise, before, after
            )
        )
    listed.sort(key=lambda one: (one.gained == 0, one.placed_at, one.order, one.line_no, one.part))
    beyond = [after.reserved - before.reserved for _, before, after in moved[LISTED_AT_MOST:]]
    return Consequences(tuple(listed), len(beyond), sum(gain > 0 for gain in beyond), sum(gain < 0 for gain in beyond))


def standings(session: Session, sku_id: int) -> dict[Part, Standing]:
    """How every part of a SKU's lines stands of which something is reserved or waits."""
    waiting = {
        (row.line_id, row.part): Standing(0, row.qty_backordered, row.eta, row.deadline)
        for row in session.execute(
            select(Waiting.line_id, Waiting.part, Waiting.qty_backordered, Waiting.eta, Waiting.deadline).where(
                Waiting.sku_id == sku_id
            )
        )
    }
    reserved = session.execute(
        select(LinePlan.line_id, LinePlan.part, LinePlan.qty_reserved)
        .join(OrderLine, OrderLine.id == LinePlan.line_id)
        .where(OrderLine.sku_id == sku_id)
    )
    for line, part, qty in reserved:
        waiting[line, part] = replace(waiting.get((line, part), NOTHING), reserved=qty)
    return waiting


def reserved_at(session: Session, sku_id: int, location_id: int) -> set[Part]:
    """The parts of lines for which something is reserved at a location."""
    rows = session.execute(
        select(Reservation.line_id, Reservation.part).where(
            Reservation.sku_id == sku_id, Reservation.location_id == location_id
        )
    )
    return {(line, part) for line, part in rows}
