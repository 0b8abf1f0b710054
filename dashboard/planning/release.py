"""Reservations given back before a fact makes them impossible; the next run of the plan deals the units out again."""

from __future__ import annotations

from sqlalchemy import Connection, Select, bindparam, delete, exists, func, select, update

from dashboard.models import LinePlan, Reservation, Stock

# Stands for "changed": the next run sees that the row's fingerprint differs, and writes it anew.
UNKNOWN_DIGEST = 0


def give_back(connection: Connection, places: Select[tuple[int]]) -> None:
    """Give back all that is reserved at places (ids of `stock`), as a count lower than that asks; in a transaction."""
    at = (Stock.sku_id == Reservation.sku_id) & (Stock.location_id == Reservation.location_id) & Stock.id.in_(places)
    given = (
        select(Reservation.line_id, Reservation.part, func.sum(Reservation.qty).label("given"))
        .join(Stock, at)
        .group_by(Reservation.line_id, Reservation.part)
    )
    rows = [{"line": row.line_id, "its_part": row.part, "given": int(row.given)} for row in connection.execute(given)]
    if rows:
        this = (LinePlan.line_id == bindparam("line")) & (LinePlan.part == bindparam("its_part"))
        connection.execute(delete(LinePlan).where(this, LinePlan.qty_reserved <= bindparam("given")), rows)
        rest = LinePlan.qty_reserved - bindparam("given")
        connection.execute(
            update(LinePlan.__table__).where(this).values(qty_reserved=rest, digest=UNKNOWN_DIGEST), rows
        )
        connection.execute(delete(Reservation).where(exists().where(at)))
    connection.execute(update(Stock).where(Stock.id.in_(places)).values(reserved=0))
