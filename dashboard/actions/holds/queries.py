"""What the form of a hold shows besides the line."""

from __future__ import annotations

from sqlalchemy.orm import Session

from dashboard.actions.holds.action import free_units
from dashboard.actions.order_queries import ShownLine


def free_on_shelves(session: Session, line: ShownLine) -> int:
    """Units of the line's SKU that nobody holds, wherever they stand and for whomever they are reserved."""
    return sum(one.qty for one in free_units(session, line.sku_id))
