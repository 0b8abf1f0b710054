"""The page of receiving as its templates know it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from dashboard.panels.receiving.queries import (
    DeliveryRow,
    DueOrder,
    count_due,
    deliveries,
    due_orders,
    find_sku,
    is_order,
    orders_of_sku,
    stocked_skus,
)


@dataclass(frozen=True, slots=True)
class ReceivingPage:
    """What should have come, and what came."""

    today: date
    due: tuple[DueOrder, ...]
    due_count: int  # of all
    deliveries: tuple[DeliveryRow, ...]  # the newest first
    skus: Mapping[int, tuple[str, ...]]  # that a delivery put on a shelf, by its id


@dataclass(frozen=True, slots=True)
class Scanned:
    """What a code means."""

    code: str
    order: str | None  # the purchase order that it leads to
    sku: str | None  # whose line of it was scanned
    product: str | None  # None: the desk knows no such SKU
    orders: tuple[DueOrder, ...] = ()  # those that have the SKU, where it is more than one
    counts: bool = False  # its shelf is to be counted, nothing is received


def load_receiving(session: Session, today: date) -> ReceivingPage:
    """The page."""
    came = deliveries(session)
    return ReceivingPage(
        today,
        due_orders(session, today),
        count_due(session, today),
        came,
        stocked_skus(session, [one.id for one in came]),
    )


def read_scan(session: Session, code: str, *, counts: bool = False) -> Scanned:
    """What somebody scanned or typed: a purchase order by its number, else the orders that bring a SKU; or, who
    `counts`, the SKU itself.
    """
    if counts:
        return Scanned(code, None, code, find_sku(session, code), counts=True)
    if is_order(session, code):
        return Scanned(code, code, None, None)
    product = find_sku(session, code)
    orders = orders_of_sku(session, code) if product is not None else ()
    if len(orders) == 1:
        return Scanned(code, orders[0].number, code, product)
    return Scanned(code, None, None, product, orders)
