"""What stands of a SKU at a location, as acts change it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dashboard import clock
from dashboard.bulk import upsert
from dashboard.database import MICROSECOND
from dashboard.models import Hold, Location, OrderLine, Stock
from dashboard.planning.release import give_back

FIRST_LOCATION = "MAIN"  # what a shop's first shelf is called until it calls it otherwise


def shelf_of(session: Session, sku_id: int, location: str) -> Stock:
    """The row of a SKU at a location; a place that never held any has one from now on, with nothing on it."""
    place = place_of(session, location)
    row = session.scalar(select(Stock).where(Stock.sku_id == sku_id, Stock.location_id == place.id))
    if row is None:
        row = Stock(
            sku_id=sku_id, location_id=place.id, counted=0, counted_at=clock.now() - MICROSECOND, on_hand=0, reserved=0
        )
        session.add(row)
        session.flush()
    return row


def place_of(session: Session, location: str) -> Location:
    """The place of that name, made if there is none yet."""
    named = select(Location).where(Location.code == location)
    place = session.scalar(named)
    if place is None:
        # Another product may reach the new place at the same moment: whose word comes second finds it made.
        made = upsert(session.connection(), Location).values(code=location)
        session.execute(made.on_conflict_do_nothing(index_elements=["code"]))
        place = session.scalars(named).one()
    return place


def moment_after_count(shelf: Stock) -> datetime:
    """Now; or just after the count that the act stands upon, where a pinned day's clock ran back behind it."""
    return max(clock.now(), shelf.counted_at + MICROSECOND)


def picked_at(session: Session, sku_id: int, location_id: int) -> int:
    """Units of a SKU that are picked at a location and not yet gone: nobody moves these."""
    picked = (
        select(func.coalesce(func.sum(Hold.qty), 0))
        .join(OrderLine, OrderLine.id == Hold.line_id)
        .where(
            OrderLine.sku_id == sku_id,
            OrderLine.qty_open > 0,  # as everywhere: what is open no more holds nothing; an index knows these lines
            Hold.location_id == location_id,
            Hold.kind == "picked",
            Hold.ended_at.is_(None),
        )
    )
    return int(session.scalar(picked) or 0)


def lower(session: Session, shelf: Stock, on_hand: int) -> None:
    """Bring a shelf to fewer units. Where they no longer cover what is reserved on it, that is given back first: the
    database allows no shelf that promises more than it holds. Planning deals it out again.
    """
    if on_hand < shelf.reserved:
        session.flush()  # or the refresh forgets what else of the row was changed
        give_back(session.connection(), select(Stock.id).where(Stock.id == shelf.id))
        session.refresh(shelf)
    shelf.on_hand = on_hand
    session.flush()
