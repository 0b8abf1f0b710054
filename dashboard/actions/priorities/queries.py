"""What the form of a priority shows besides the order."""

from __future__ import annotations

from sqlalchemy.orm import Session

from dashboard.actions.order_queries import ShownOrder
from dashboard.actions.priorities.action import order_class
from dashboard.domain.priorities import OrderClass
from dashboard.models import Order


def class_of(session: Session, order: ShownOrder) -> OrderClass:
    """The class of an order, as typed and as its customer's tier gives it."""
    return order_class(session, session.get_one(Order, order.id), order.open)
