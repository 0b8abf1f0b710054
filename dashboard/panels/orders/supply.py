"""Where the units of an order's lines stand: on shelves, on their way, and what planning may not move."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from dashboard.database import rows_of
from dashboard.models import Hold, Location, Peg, PurchaseOrder, PurchaseOrderLine, Reservation, Supplier, User
from dashboard.models.purchase_orders import STATED_DATE


@dataclass(frozen=True, slots=True)
class ShelfUnits:
    """Units of a line that stand at a location for it."""

    line_id: int
    part: int
    location: str
    qty: int
    held: str


@dataclass(frozen=True, slots=True)
class Slice:
    """Units of a line that wait for one line of a purchase order."""

    line_id: int
    part: int
    purchase_order: str
    po_line_no: int
    supplier: str
    qty: int
    ordered_on: date
    stated: date | None  # the supplier's own date, expected before promised
    first_promise: date | None
    eta: date | None
    late_eta: date | None


@dataclass(frozen=True, slots=True)
class LiveHold:
    """Units of a line that planning may not move."""

    id: int
    line_id: int
    part: int
    qty: int
    kind: str
    location: str | None
    purchase_order: str | None
    reason: str | None
    made_at: datetime
    made_by: str | None


# To write these statements takes longer than to answer them, so each is written once.
_SHELF_UNITS = (
    select(Reservation.line_id, Reservation.part, Location.code, Reservation.qty, Reservation.held)
    .join(Location, Location.id == Reservation.location_id)
    .where(Reservation.line_id.in_(bindparam("lines", expanding=True)))
    .order_by(Reservation.line_id, Reservation.part, Location.code, Reservation.held)
)
_SLICES = (
    select(
        Peg.line_id,
        Peg.part,
        PurchaseOrder.number,
        PurchaseOrderLine.line_no,
        func.coalesce(Supplier.name, Supplier.code),
        Peg.qty,
        PurchaseOrder.ordered_on,
        STATED_DATE.label("stated"),
        PurchaseOrderLine.first_promise,
        Peg.eta,
        Peg.late_eta,
    )
    .join(PurchaseOrderLine, PurchaseOrderLine.id == Peg.purchase_order_line_id)
    .join(PurchaseOrder, PurchaseOrder.id == PurchaseOrderLine.purchase_order_id)
    .join(Supplier, Supplier.id == PurchaseOrder.supplier_id)
    .where(Peg.line_id.in_(bindparam("lines", expanding=True)))
)
_LIVE_HOLDS = (
    select(
        Hold.id,
        Hold.line_id,
        Hold.part,
        Hold.qty,
        Hold.kind,
        Location.code,
        PurchaseOrder.number,
        Hold.reason,
        Hold.made_at,
        func.coalesce(User.name, User.email),
    )
    .outerjoin(Location, Location.id == Hold.location_id)
    .outerjoin(PurchaseOrderLine, PurchaseOrderLine.id == Hold.purchase_order_line_id)
    .outerjoin(PurchaseOrder, PurchaseOrder.id == PurchaseOrderLine.purchase_order_id)
    .outerjoin(User, User.id == Hold.made_by)
    .where(Hold.line_id.in_(bindparam("lines", expanding=True)), Hold.ended_at.is_(None))
    .order_by(Hold.made_at, Hold.id)
)


def shelf_units(session: Session, line_ids: list[int]) -> list[ShelfUnits]:
    """What stands on shelves for these lines, by place."""
    return [ShelfUnits(*row) for row in rows_of(session, _SHELF_UNITS, {"lines": line_ids})]


def slices(session: Session, line_ids: list[int]) -> list[Slice]:
    """The incoming supply that these lines wait for, soonest first."""
    found = [Slice(*row) for row in rows_of(session, _SLICES, {"lines": line_ids})]
    return sorted(
        found, key=lambda one: (one.line_id, one.part, one.eta or date.max, one.purchase_order, one.po_line_no)
    )


def live_holds(session: Session, line_ids: list[int]) -> list[LiveHold]:
    """The holds that bind planning for these lines, oldest first."""
    return [LiveHold(*row) for row in rows_of(session, _LIVE_HOLDS, {"lines": line_ids})]
