"""What the form of a count shows: the SKU, and what the desk thinks stands of it, place by place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dashboard.actions.shelves import FIRST_LOCATION
from dashboard.models import Hold, Location, OrderLine, Sku, Stock


@dataclass(frozen=True, slots=True)
class Place:
    """What stands of a SKU at a location; nothing was ever counted where `on_hand` is None."""

    location: str
    on_hand: int | None
    reserved: int
    picked: int
    counted_at: datetime | None


@dataclass(frozen=True, slots=True)
class CountableSku:
    """A SKU with its places, where it lies most first."""

    id: int
    code: str
    product: str
    places: tuple[Place, ...]

    @property
    def version(self) -> str:
        """Another one as soon as any of its shelves holds another number."""
        return version_of({place.location: place.on_hand for place in self.places if place.on_hand is not None})


def version_of(on_hand: dict[str, int]) -> str:
    """The state that a count stands upon, as text: whoever counts while goods move is asked to look again."""
    return ",".join(f"{location}={units}" for location, units in sorted(on_hand.items()))


def find_sku(session: Session, code: str) -> CountableSku | None:
    """The SKU of that code."""
    row = session.execute(select(Sku.id, Sku.code, func.coalesce(Sku.name, Sku.code)).where(Sku.code == code)).first()
    return None if row is None else CountableSku(*row, _places(session, row[0]))


def shelves(session: Session, sku_id: int) -> dict[str, int]:
    """Units on hand by location."""
    return dict(
        session.execute(
            select(Location.code, Stock.on_hand)
            .join(Location, Location.id == Stock.location_id)
            .where(Stock.sku_id == sku_id)
        ).all()
    )


def _places(session: Session, sku_id: int) -> tuple[Place, ...]:
    picked = (
        select(Hold.location_id, func.sum(Hold.qty).label("units"))
        .join(OrderLine, OrderLine.id == Hold.line_id)
        .where(OrderLine.sku_id == sku_id, OrderLine.qty_open > 0, Hold.kind == "picked", Hold.ended_at.is_(None))
        .group_by(Hold.location_id)
        .subquery()
    )
    rows = session.execute(
        select(
            Location.code,
            Stock.on_hand,
            func.coalesce(Stock.reserved, 0),
            func.coalesce(picked.c.units, 0),
            Stock.counted_at,
        )
        .outerjoin(Stock, (Stock.location_id == Location.id) & (Stock.sku_id == sku_id))
        .outerjoin(picked, picked.c.location_id == Location.id)
        .order_by(func.coalesce(Stock.on_hand, -1).desc(), Location.code)
    )
    return tuple(Place(code, on_hand, int(held), int(kept), at) for code, on_hand, held, kept, at in rows) or (
        Place(FIRST_LOCATION, None, 0, 0, None),
    )
