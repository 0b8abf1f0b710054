"""Who gains or loses a date by files: before, they are loaded and planned on trial, and all of it is taken back; after
a load, how lines stand is compared with how they stood.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dashboard import models, planning
from dashboard.database import db, transaction
from dashboard.domain.columns import NONE
from dashboard.intake.shown_loads import Foreseen, ForeseenLine
from dashboard.planning import Move

# While it is tried nobody else writes (SQLite), or acts (PostgreSQL): about a second for so many rows and lines.
MOST_ROWS = 20_000
MOST_OPEN_LINES = 50_000

# A list that somebody reads; the counts say how many there are.
LISTED_AT_MOST = 200

GAINS, LOSES, EARLIER, LATER, UNITS = "gains", "loses", "earlier", "later", "units"
# Who loses most stands first.
_ORDER = (LOSES, LATER, UNITS, GAINS, EARLIER)

# The columns of a standing.
_RESERVED, _BACKORDERED, _ETA = 0, 1, 2
_TODAY = 0  # sooner than any date that lies ahead


class _OnlyTried(Exception):
    """Takes back what was only tried."""


def why_not(rows: int) -> str | None:
    """Why it is not tried what so many new and changed rows would do, in a sentence; None where it can be."""
    if rows > MOST_ROWS:
        return (
            f"More than {MOST_ROWS:,} rows would change; to try that would keep everybody else waiting. "
            "Who gains or loses a date shows after the load."
        )
    line = models.OrderLine
    with transaction(scratch=True) as session:
        lines = session.scalar(select(func.count()).select_from(line).where(line.qty_open > 0)) or 0
    if lines > MOST_OPEN_LINES:
        return (
            f"More than {MOST_OPEN_LINES:,} lines are open; to plan them all on trial would keep everybody else "
            "waiting. Who gains or loses a date shows after the load."
        )
    return None


@planning.repeated
def foresee(write: Callable[[], None]) -> Foreseen:
    """What the writing would do to the lines that wait already."""
    try:
        with transaction() as session:
            planning.keep_still(())
            newest = _newest_line(session)
            write()
            moves = planning.replan((), history=True).moves
            outcome = _described(session, moves, newest)
            raise _OnlyTried
    except _OnlyTried:
        db.session.expire_all()
        return outcome


@dataclass(frozen=True, slots=True)
class Before:
    """How all lines stood before a load."""

    newest: int  # id of the line that was made last
    standings: tuple[planning.Standings, ...]


def remember() -> Before:
    """How all lines stand now: at a million of them some fifty megabytes."""
    db.session.rollback()
    session = db.session()
    before = Before(_newest_line(session), planning.all_standings(session.connection()))
    session.rollback()
    return before


def came_about(before: Before, planned: planning.Planned) -> Foreseen:
    """What a load did to the lines that waited already, once all is planned that follows from it."""
    session = db.session()
    known = planned.changed[planned.changed[:, 0] <= before.newest] if len(planned.changed) else planned.changed
    outcome = _described(session, planning.moves_since(session.connection(), before.standings, known), before.newest)
    session.rollback()
    return outcome


def _described(session: Session, moves: planning.Moves, newest: int) -> Foreseen:
    """The moves of lines that were there before, counted, with the names of those who come first."""
    parts, was, now = moves.columns
    gained = now[:, _RESERVED] - was[:, _RESERVED]
    # Of others all has left or was cancelled by the files, which is no date lost, or nothing but their deadline moved.
    is_there = (parts[:, 0] <= newest) & (now[:, _RESERVED] + now[:, _BACKORDERED] > 0)
    known = np.flatnonzero(is_there & ((gained != 0) | (_dates(was) != _dates(now))))
    parts, was, now, gained = parts[known], was[known], now[known], gained[known]
    ranks = _ranks(_dates(was), _dates(now))
    counts = dict(zip(_ORDER, np.bincount(ranks, minlength=len(_ORDER)).tolist(), strict=True))
    listed = np.lexsort((parts[:, 1], parts[:, 0], gained, ranks))[:LISTED_AT_MOST]
    waiting = models.Waiting
    new_lines = select(func.count(waiting.line_id.distinct())).where(waiting.line_id > newest)
    return Foreseen(
        new_lines=session.scalar(new_lines) or 0,
        gain_date=counts[GAINS],
        lose_date=counts[LOSES],
        earlier=counts[EARLIER],
        later=counts[LATER],
        gain_units=int((gained > 0).sum()),
        lose_units=int((gained < 0).sum()),
        lines=len(known),
        customers=_named(session, [(moves[int(known[place])], _ORDER[ranks[place]]) for place in listed]),
    )


def _newest_line(session: Session) -> int:
    return session.scalar(select(func.max(models.OrderLine.id))) or 0


def _dates(standings: np.ndarray) -> np.ndarray:
    """The day on which each ships; goods that are there to be sent are sooner than any."""
    ready = np.where(standings[:, _RESERVED] > 0, _TODAY, NONE)
    return np.where(standings[:, _BACKORDERED] > 0, standings[:, _ETA], ready)


def _ranks(was: np.ndarray, will_be: np.ndarray) -> np.ndarray:
    """What becomes of each line's date, as a place in `_ORDER`."""
    had, has = was != NONE, will_be != NONE
    kinds = (
        (had & has & (will_be < was), EARLIER),
        (had & has & (will_be > was), LATER),
        (~had & has, GAINS),
        (had & ~has, LOSES),
    )
    return np.select([mask for mask, _ in kinds], [_ORDER.index(kind) for _, kind in kinds], _ORDER.index(UNITS))


def _named(session: Session, moves: list[tuple[Move, str]]) -> tuple[ForeseenLine, ...]:
    line, order, customer, sku = models.OrderLine, models.Order, models.Customer, models.Sku
    rows = session.execute(
        select(
            line.id, order.number, line.line_no, func.coalesce(customer.name, customer.code).label("customer"), sku.code
        )
        .join(order, order.id == line.order_id)
        .join(customer, customer.id == order.customer_id)
        .join(sku, sku.id == line.sku_id)
        .where(line.id.in_({move.line_id for move, _ in moves}))
    )
    named = {row.id: row for row in rows}
    return tuple(
        ForeseenLine(
            order=named[move.line_id].number,
            line_no=named[move.line_id].line_no,
            customer=named[move.line_id].customer,
            sku=named[move.line_id].code,
            before=move.before.eta.isoformat() if move.before.eta is not None else None,
            after=move.after.eta.isoformat() if move.after.eta is not None else None,
            units_before=move.before.reserved,
            units_after=move.after.reserved,
            what=what,
            ready_before=bool(move.before.reserved and not move.before.backordered),
            ready_after=bool(move.after.reserved and not move.after.backordered),
        )
        for move, what in moves
    )
