"""What an act answers: a notice, and what it did to the lines that wait, each from what to what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, TypeVar

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dashboard import audit, planning, settings
from dashboard.bulk import Among, columns, flag, number
from dashboard.database import day_of, db, transaction
from dashboard.domain.columns import NONE
from dashboard.domain.deadlines import Clocks, promised_by
from dashboard.domain.selections import SELECTED_AT_MOST
from dashboard.messages.outbox import Written
from dashboard.models import Customer, Order, OrderLine, Sku
from dashboard.planning import Move, Replanned, Standing

# A list that somebody reads; an act on a hot SKU moves thousands of lines, and says how many more there are.
LISTED_AT_MOST = 200
FORESEEING = "foreseeing"  # what a session knows of itself while an act is only tried


@dataclass(frozen=True, slots=True)
class Consequence:
    """What an act does to one waiting line (or part of one)."""

    line_id: int
    customer_id: int
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
        return _date_moved(self.before, self.after)

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
        return _must_be_told(self.before, self.after, self.promised_by)


@dataclass(frozen=True, slots=True)
class Consequences:
    """The lines that an act moves: those first whose goods it moves, then those whose customers must be told."""

    listed: tuple[Consequence, ...] = ()
    more: int = 0  # lines beyond what is listed
    gains: tuple[tuple[str, int], ...] = ()  # of the orders that are listed: all the units that each gains
    losses: tuple[tuple[str, int], ...] = ()
    more_gaining: int = 0  # orders beyond these
    more_losing: int = 0
    customers_to_tell: int = 0  # of all lines that move
    more_to_tell: int = 0  # orders beyond those listed whose customers must be told

    @property
    def gaining(self) -> tuple[Consequence, ...]:
        return tuple(one for one in self.listed if one.gained > 0)

    @property
    def losing(self) -> tuple[Consequence, ...]:
        return tuple(one for one in self.listed if one.gained < 0)

    @property
    def to_tell(self) -> tuple[Consequence, ...]:
        return tuple(one for one in self.listed if one.must_be_told)

    @property
    def customers_listed_to_tell(self) -> int:
        """Of those orders, so many customers."""
        rows = set(self.rows_to_tell)
        return len({one.customer_id for one in self.to_tell if f"{one.line_id}-{one.part}" in rows})

    @property
    def rows_to_tell(self) -> tuple[str, ...]:
        """The lines whose customers must be told, as rows of a selection: of as many orders as one act tells."""
        orders = set(list(dict.fromkeys(one.order for one in self.to_tell))[:SELECTED_AT_MOST])
        return tuple(f"{one.line_id}-{one.part}" for one in self.to_tell if one.order in orders)


@dataclass(frozen=True, slots=True)
class Behind:
    """Whose a line is, since when it stands in line, and by when it is promised."""

    order_id: int
    customer_id: int
    placed_at: int  # as a number
    promised_by: date


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was done, in a sentence and in rows."""

    notice: str
    skus: tuple[int, ...] = ()  # ids: what open screens ask themselves whether they show
    consequences: Consequences = Consequences()
    made: str = ""  # the number of what was made, by which it can be undone
    events: tuple[str, ...] = ()  # what else pages are told of that hear it
    repeats: audit.Seen | None = None  # this form had been sent before: who sent it, and when
    told: Written | None = None  # what the customer is written
    moves_lines: bool = True  # whether it is an act that can move lines at all
    waits_for_approval: bool = False  # somebody else must allow what it says


def sent_before(submission: str | None) -> Outcome | None:
    """The outcome of a form that was sent before: nothing more is done, and the first answer is given again."""
    seen = audit.find_submission(submission)
    return None if seen is None else Outcome(seen.notice, repeats=seen)


class _NotDone(Exception):
    """Takes back what was only tried."""


Told = TypeVar("Told", bound="Outcome")


@planning.repeated
def foreseen(act: Callable[..., Told], *args: Any, **kwargs: Any) -> Told:
    """What an act would answer, found by doing it and taking everything back; refused as the act would be."""
    told = db.session().info
    told[FORESEEING] = True
    try:
        with transaction():
            outcome = act(*args, **kwargs)
            raise _NotDone
    except _NotDone:
        return outcome
    finally:
        del told[FORESEEING]


def learns(session: Session, *, something: bool) -> bool:
    """Whether estimates learn from an act that has something to teach them. Not while it is only foreseen: everything
    would be planned anew, and nobody else could work meanwhile.
    """
    return something and not session.info.get(FORESEEING, False)


def of_others(replanned: Replanned, line_ids: Collection[int]) -> list[Move]:
    """What moved of other lines than those that an act is about, where its sentence says all of these."""
    return [move for move in replanned.moves if move.line_id not in line_ids]


def consequences(session: Session, moves: Sequence[Move]) -> Consequences:
    """The lines that moved, with the names of their people."""
    if not moves:
        return Consequences()
    of = behind(session, moves)
    to_tell = {
        (move.line_id, move.part)
        for move in moves
        if _must_be_told(move.before, move.after, of[move.line_id].promised_by)
    }
    ranked = sorted(
        moves,
        key=lambda move: (
            move.before.reserved == move.after.reserved,
            (move.line_id, move.part) not in to_tell,
            of[move.line_id].placed_at,
            move.line_id,
            move.part,
        ),
    )
    listed = _with_names(session, ranked[:LISTED_AT_MOST], of)
    numbers = {of[move.line_id].order_id: one.order for move, one in zip(ranked, listed, strict=False)}
    gains: Counter[int] = Counter()
    losses: Counter[int] = Counter()
    for move in ranked:
        gained = move.after.reserved - move.before.reserved
        if gained:
            (gains if gained > 0 else losses)[of[move.line_id].order_id] += abs(gained)
    told = [of[line_id] for line_id, _ in to_tell]
    listed.sort(key=lambda one: (not one.gained, not one.must_be_told, one.placed_at, one.order, one.line_no, one.part))
    return Consequences(
        tuple(listed),
        len(moves) - len(listed),
        gains=tuple((numbers[order], qty) for order, qty in gains.items() if order in numbers),
        losses=tuple((numbers[order], qty) for order, qty in losses.items() if order in numbers),
        more_gaining=len(gains.keys() - numbers.keys()),
        more_losing=len(losses.keys() - numbers.keys()),
        customers_to_tell=len({one.customer_id for one in told}),
        more_to_tell=len({one.order_id for one in told} - numbers.keys()),
    )


def behind(session: Session, moves: Sequence[Move]) -> dict[int, Behind]:
    """What stands behind each line that moved, by its id; asked of all at once, for there may be thousands."""
    lines = np.unique(np.array([move.line_id for move in moves], np.int64))
    line_id, order_id, customer_id, placed_at, placed_on, promise, credit = columns(
        session.connection(), _behind_query(), lines=lines
    )
    none = np.full(len(line_id), NONE)
    clocks = Clocks(
        placed_on=placed_on,
        current_promise=promise,
        credit_applied=credit.astype(bool),
        eta=none,
        needed_on=none,
        card_until=none,
        authorised_until=none,
        last_date=none,
    )
    days = promised_by(clocks, settings.clock_rule())
    rows = zip(order_id.tolist(), customer_id.tolist(), placed_at.tolist(), map(day_of, days.tolist()), strict=True)
    return {line: Behind(*row) for line, row in zip(line_id.tolist(), rows, strict=True)}


@cache
def _behind_query() -> Any:
    return (
        select(
            number(OrderLine.id),
            number(OrderLine.order_id),
            number(Order.customer_id),
            number(Order.placed_at),
            number(Order.placed_on),
            number(OrderLine.current_promise),
            flag(Order.credit_applied.is_(True)),
        )
        .join(Order, Order.id == OrderLine.order_id)
        .where(Among(OrderLine.id, "lines"))
    )


def _must_be_told(before: Standing, after: Standing, promised_by: date) -> bool:
    return _date_moved(before, after) and (after.eta is None or after.eta > promised_by)


def _date_moved(before: Standing, after: Standing) -> bool:
    return bool(after.backordered) and (before.eta != after.eta or not before.backordered)


def _with_names(session: Session, moves: Sequence[Move], of: Mapping[int, Behind]) -> list[Consequence]:
    """The same moves, in their order, as somebody reads them."""
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
        )
        .join(Order, Order.id == OrderLine.order_id)
        .join(Customer, Customer.id == Order.customer_id)
        .join(Sku, Sku.id == OrderLine.sku_id)
        .where(OrderLine.id.in_({move.line_id for move in moves}))
    )
    names = {row[0]: row for row in rows}
    found = []
    for move in moves:
        _, number, line_no, customer, sku, product, qty_open, placed_at, promise = names[move.line_id]
        found.append(
            Consequence(
                move.line_id,
                of[move.line_id].customer_id,
                number,
                line_no,
                move.part,
                customer,
                sku,
                product,
                qty_open,
                placed_at,
                promise,
                of[move.line_id].promised_by,
                move.before,
                move.after,
            )
        )
    return found
