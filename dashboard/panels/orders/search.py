"""What is meant by what somebody typed into the search."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from dashboard.models import Customer, Order, OrderLine, Peg, PurchaseOrder, PurchaseOrderLine, Sku

# Sorts after every text that begins with what was typed.
HIGHEST_LETTER = "\U0010ffff"


def matching(session: Session, sought: str) -> ColumnElement[bool]:
    """What is meant: somebody's exact code first; only where nothing has it, the beginning of one."""
    customer = Customer
    buyer_is = select(customer.id).where(or_(customer.code == sought, func.lower(customer.email) == sought.lower()))
    of_sku = select(OrderLine.order_id).join(Sku, Sku.id == OrderLine.sku_id).where(Sku.code == sought)
    of_purchase_order = (
        select(OrderLine.order_id)
        .join(Peg, Peg.line_id == OrderLine.id)
        .join(PurchaseOrderLine, PurchaseOrderLine.id == Peg.purchase_order_line_id)
        .join(PurchaseOrder, PurchaseOrder.id == PurchaseOrderLine.purchase_order_id)
        .where(PurchaseOrder.number == sought)
    )
    exact = or_(
        Order.number == sought,
        Order.customer_id.in_(buyer_is),
        Order.id.in_(of_sku),
        Order.id.in_(of_purchase_order),
    )
    if session.scalar(select(Order.id).where(exact).limit(1)) is not None:
        return exact
    begins = and_(Order.number >= sought, Order.number < sought + HIGHEST_LETTER)
    letters = sought.lower()
    called = select(customer.id).where(
        or_(
            func.lower(customer.name).startswith(letters, autoescape=True),
            func.lower(customer.email).startswith(letters, autoescape=True),
            and_(customer.code >= sought, customer.code < sought + HIGHEST_LETTER),
        )
    )
    return or_(begins, Order.customer_id.in_(called))
