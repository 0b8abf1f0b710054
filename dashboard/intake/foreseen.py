"""Who would gain or lose a date by files: they are loaded and planned on trial, and all of it is taken back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dashboard import models, planning
from dashboard.database import db, transaction
from dashboard.intake.loads import Foreseen, ForeseenLine
from dashboard.planning import Move, Standing

# While it is tried nobody else writes (SQLite), or acts (PostgreSQL): about a second for so many rows and lines.
MOST_ROWS = 20_000
MOST_OPEN_LINES = 50_000

# A list that somebody reads; the counts say how many there are.
LISTED_AT_MOST = 200

GAINS, LOSES, EARLIER, LATER, UNITS = "gains", "loses", "earlier", "later", "units"
# Who loses most stands first.
_ORDER = (LOSES, LATER, UNITS, GAINS, EARLIER)


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
            newest = session.scalar(select(func.max(models.OrderLine.id))) or 0
            write()
            outcome = _described(session, planning.replan((), history=True).moves, newest)
            raise _OnlyTried
    except _OnlyTried:
        db.session.expire_all()
        return outcome


def _described(session: Session, moves: planning.Moves, newest: int) -> Foreseen:
    """The moves of lines that were there before, counted, with the names of those who come first."""
    known: list[tuple[Move, str]] = []
    new_lines = {move.line_id for move in moves if move.line_id > newest and move.after.backordered}
    counts = dict.fromkeys(_ORDER, 0)
    gain_units = lose_units = 0
    for move in moves:
        if move.line_id > newest or not (move.after.reserved or move.after.backordered):
            continue  # New, or all of it has left or was cancelled by the files: that is no date lost.
        what = _what(move.before, move.after)
        counts[what] += 1
        gain_units += move.after.reserved > move.before.reserved
        lose_units += move.after.reserved < move.before.reserved
        known.append((move, what))
    known.sort(key=lambda one: (_ORDER.index(one[1]), one[0].after.reserved - one[0].before.reserved, one[0].line_id))
    return Foreseen(
        new_lines=len(new_lines),
        gain_date=counts[GAINS],
        lose_date=counts[LOSES],
        earlier=counts[EARLIER],
        later=counts[LATER],
        gain_units=gain_units,
        lose_units=lose_units,
        customers=_named(session, known[:LISTED_AT_MOST]),
    )


def _what(before: Standing, after: Standing) -> str:
    """What becomes of a line's date; goods that are there to be sent are sooner than any date."""
    was, will_be = _date(before), _date(after)
    if was is not None and will_be is not None and was != will_be:
        return EARLIER if will_be < was else LATER
    if (was is None) != (will_be is None):
        return GAINS if was is None else LOSES
    return UNITS


def _date(standing: Standing) -> date | None:
    if standing.backordered:
        return standing.eta
    return date.min if standing.reserved else None


def _named(session: Session, moves: list[tuple[Move, str]]) -> tuple[ForeseenLine, ...]:
    line, order, customer, sku = models.OrderLine, models.Order, models.Customer, models.Sku
    rows = session.execute(
        select(line.id, order.number, line.line_no, func.coalesce(customer.name, customer.code), sku.code)
        .join(order, order.id == line.order_id)
        .join(customer, customer.id == order.customer_id)
        .join(sku, sku.id == line.sku_id)
        .where(line.id.in_({move.line_id for move, _ in moves}))
    )
    names = {line_id: rest for line_id, *rest in rows}
    return tuple(
        ForeseenLine(
            order=names[move.line_id][0],
            line_no=names[move.line_id][1],
            customer=names[move.line_id][2],
            sku=names[move.line_id][3],
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
