"""Whether somebody follows an order."""

from __future__ import annotations

from sqlalchemy.orm import Session

from dashboard.models import OrderFollow


def follow_still(session: Session, order_id: int, person: int) -> OrderFollow | None:
    """That somebody follows an order, while they say nothing else of it elsewhere; None: they do not."""
    return session.get(OrderFollow, (person, order_id), populate_existing=True, with_for_update=True)
