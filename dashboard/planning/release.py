"""Reservations given back before a fact makes them impossible; the next run of the plan deals the units out again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, Select, bindparam, delete, func, select, tuple_, update

from dashboard.models import LinePlan, Reservation, Stock
from dashboard.planning.increments import note_standings

# Stands for "changed": the next run sees that the row's fingerprint differs, and writes it anew.
UNKNOWN_DIGEST = 0


def give_back(connection: Connection, places: Select[int]) -> None:
    """Give back all that is reserved at places (ids of `stock`), as a count lower than that asks; in a transaction."""
    at = (Stock.sku_id == Reservation.sku_id) & (Stock.location_id == Reservation.location_id) & Stock.id.in_(places)
    given = (
        select(Reservation.line_id, Reservation.part, func.sum(Reservation.qty).label("given"))
        .join(Stock, at)
        .group_by(Reservation.line_id, Reservation.part)
    )
    rows: list[dict[str, Any]] = [
        {"line": row.line_id, "its_part": row.part, "given": int(row.given)} for row in connection.execute(given)
    ]
    if rows:
        note_standings({row["line"] for row in rows})
        _lessen_line_plans(connection, rows)
        shelves = select(Stock.sku_id, Stock.location_id).where(Stock.id.in_(places))
        # Said so, SQLite looks the shelves up; asked of each reservation, it would read them all.
        connection.execute(
            delete(Reservation.__table__).where(tuple_(Reservation.sku_id, Reservation.location_id).in_(shelves))
        )
    connection.execute(update(Stock).where(Stock.id.in_(places)).values(reserved=0))


def take_out(connection: Connection, leaving: Collection[tuple[int, int, int, str, int]]) -> None:
    """Reserved units leave the house: (line, part, location, held, units). They are taken from what is reserved, so
    that the shelf may fall with them; the next run of the plan compares the rest.
    """
    rows: list[dict[str, Any]] = [
        {"line": line, "its_part": part, "place": place, "kept": held, "gone": qty}
        for line, part, place, held, qty in leaving
    ]
    if not rows:
        return
    note_standings({line for line, *_ in leaving})
    this = (
        (Reservation.line_id == bindparam("line"))
        & (Reservation.part == bindparam("its_part"))
        & (Reservation.location_id == bindparam("place"))
        & (Reservation.held == bindparam("kept"))
    )
    shelf = select(Reservation.sku_id).where(this).scalar_subquery()
    connection.execute(
        update(Stock.__table__)
        .where(Stock.location_id == bindparam("place"), Stock.sku_id == shelf)
        .values(reserved=Stock.reserved - bindparam("gone")),
        rows,
    )
    connection.execute(delete(Reservation).where(this, Reservation.qty <= bindparam("gone")), rows)
    connection.execute(update(Reservation.__table__).where(this).values(qty=Reservation.qty - bindparam("gone")), rows)
    of_parts: Counter[tuple[int, int]] = Counter()
    for line, part, _place, _held, qty in leaving:
        of_parts[line, part] += qty
    _lessen_line_plans(
        connection, [{"line": line, "its_part": part, "given": qty} for (line, part), qty in of_parts.items()]
    )


def _lessen_line_plans(connection: Connection, rows: list[dict[str, int]]) -> None:
    this = (LinePlan.line_id == bindparam("line")) & (LinePlan.part == bindparam("its_part"))
    connection.execute(delete(LinePlan).where(this, LinePlan.qty_reserved <= bindparam("given")), rows)
    rest = LinePlan.qty_reserved - bindparam("given")
    connection.execute(update(LinePlan.__table__).where(this).values(qty_reserved=rest, digest=UNKNOWN_DIGEST), rows)
