"""Many orders: finding them, and listing them page by page."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, and_, case, exists, func, or_, select, tuple_
from sqlalchemy.orm import Session, aliased

from dashboard.models import (
    Customer,
    Order,
    OrderLine,
    Peg,
    PurchaseOrder,
    PurchaseOrderLine,
    Sku,
    TierPriority,
    Waiting,
)
from dashboard.models.customers import DEFAULT_PRIORITY_CLASS
from dashboard.panels.pages import Page, Sort, View, number, read_page

# Sorts after every text that begins with what was typed.
HIGHEST_LETTER = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class FoundOrder:
    """One order of a list."""

    number: str
    customer: str
    email: str | None
    tier: str  # empty where it gives no better place than anybody has
    placed_on: date
    status: str
    lines: int
    waiting_lines: int
    waiting_units: int
    deadline: date | None  # the earliest of its lines; None where nothing waits
    deadline_kind: str | None


_WAITS = exists().where(Waiting.order_number == Order.number)
# Without anything typed the longest-waiting come first; with something typed, those that wait, then the newest.
LIST_SORTS = {
    "age": Sort((number(Waiting.placed_at), Waiting.order_number, Waiting.line_no, Waiting.part), falls=True),
    "found": Sort((case((_WAITS, 0), else_=1), 0 - number(Order.placed_at), Order.number)),
}


def orders_page(session: Session, view: View, sought: str) -> Page[FoundOrder]:
    """Orders that match what was typed, those that wait first; with nothing typed, all that wait."""
    sort = LIST_SORTS["found" if sought else "age"]
    if sought:
        narrow = select(Order.number.label("found")).where(_matching(session, sought))
    else:
        earlier = aliased(Waiting)
        narrow = select(Waiting.order_number.label("found")).where(
            ~exists().where(
                earlier.order_number == Waiting.order_number,
                tuple_(earlier.line_no, earlier.part) < tuple_(Waiting.line_no, Waiting.part),
            )
        )
    return read_page(session, narrow, sort, view, widen=_with_order, make=_found_order)


def _found_order(row: Any) -> FoundOrder:
    return FoundOrder(*(getattr(row, field.name) for field in fields(FoundOrder)))


def _matching(session: Session, sought: str) -> ColumnElement[bool]:
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


def _with_order(narrow: Select[Any]) -> Select[Any]:
    found = narrow.subquery()
    lines = select(func.count()).where(OrderLine.order_id == Order.id).scalar_subquery()
    waits = Waiting.order_number == Order.number
    first = select(Waiting.deadline).where(waits).order_by(Waiting.deadline, Waiting.deadline_kind).limit(1)
    first_kind = select(Waiting.deadline_kind).where(waits).order_by(Waiting.deadline, Waiting.deadline_kind).limit(1)
    return (
        select(
            *(column for column in found.c if column.name != "found"),
            Order.number,
            func.coalesce(Customer.name, Customer.code).label("customer"),
            Customer.email,
            case((TierPriority.priority_class < DEFAULT_PRIORITY_CLASS, Customer.tier), else_="").label("tier"),
            Order.placed_on,
            Order.status,
            lines.label("lines"),
            select(func.count(Waiting.line_id.distinct())).where(waits).scalar_subquery().label("waiting_lines"),
            func.coalesce(select(func.sum(Waiting.qty_backordered)).where(waits).scalar_subquery(), 0)
            .cast(BigInteger)
            .label("waiting_units"),
            first.scalar_subquery().label("deadline"),
            first_kind.scalar_subquery().label("deadline_kind"),
        )
        .select_from(found)
        .join(Order, Order.number == found.c.found)
        .join(Customer, Customer.id == Order.customer_id)
        .outerjoin(TierPriority, TierPriority.tier == Customer.tier)
    )
