"""What the list of orders is: its filters and their menus, its orders, its address."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint
from sqlalchemy import func, join, type_coerce
from sqlalchemy.orm import Session, aliased
from sqlalchemy.types import Integer
from werkzeug.datastructures import MultiDict

from dashboard.models import Assignment, Customer, Order, OrderLine, Waiting
from dashboard.panels.addresses import view_addresses
from dashboard.panels.aging.report import BACKORDERS
from dashboard.panels.anatomy import Panel
from dashboard.panels.choices import Choices, Counting, kept_orders, load_choices
from dashboard.panels.filters import Selection
from dashboard.panels.orders.listing import (
    DEFAULT_SORT,
    DEFAULT_SORT_OF_FOUND,
    DEFAULT_SORT_OF_WAITING,
    FILTERED_BY,
    OF_ORDERS,
    OF_THE_WHOLE,
    OF_WAITING_ORDERS,
    SORTS,
    is_of_waiting,
    of_the_whole,
)
from dashboard.panels.pages import View

# Their values are few and known; to count them would be to read every order.
_UNCOUNTED = ("backorder", "order", "complete", "eta", "deadline")


@dataclass(frozen=True, slots=True)
class ListOfOrders(Panel):
    """The list of orders: what staff look things up in, with the parts of a panel of rows."""

    def view(self, given: Any) -> View:
        """What an address says; its usual order is that of what is asked for."""
        view = View.read(given, sorts=self.sorts, default_sort=DEFAULT_SORT, filters=self.filters)
        if view.selection.of("search"):
            usual = DEFAULT_SORT_OF_FOUND
        else:
            usual = DEFAULT_SORT_OF_WAITING if is_of_waiting(view.selection) else DEFAULT_SORT
        return View.read(given, sorts=self.sorts, default_sort=usual, filters=self.filters)

    def found_by(self, given: MultiDict[str, str]) -> View:
        """The same, where `q` is what was typed into the search at the top."""
        typed = [("search", given["q"])] if given.get("q") else []
        return self.view(MultiDict([*given.items(multi=True), *typed]))

    def addresses(self) -> Callable[[View], str]:
        return view_addresses(self.endpoint("index"))

    def choices(self, session: Session, key: str, selection: Selection, today: date, sought: str = "") -> Choices:
        """The menu of a filter, with the number of orders behind each value."""
        whole = selection.only(OF_THE_WHOLE).without(key)
        if not is_of_waiting(selection):
            whole = selection.only(OF_THE_WHOLE)
        among = tuple(of_the_whole(session, whole, today))
        counting = _waiting(among) if is_of_waiting(selection) else _every(among)
        asked = selection.without(*(one for one in OF_THE_WHOLE if one != key))
        return load_choices(session, key, asked, today, sought, counting=counting)


# Not by the name under which what was sought looks at customers: that would be taken for the same row.
_buyer = aliased(Customer)


def _every(among: tuple[Any, ...]) -> Counting:
    return Counting(
        "order",
        OF_ORDERS,
        among=lambda key: among,
        told_by={
            "channel": Order.channel,
            "tier": _buyer.tier,
            "currency": Order.currency,
            "placed": type_coerce(Order.placed_on, Integer),
        },
        rows=join(Order, _buyer, _buyer.id == Order.customer_id),
        uncounted=_UNCOUNTED,
        assigned=(OrderLine.id == Assignment.line_id, OrderLine.order_id == Order.id),
        assigned_count=func.count(Order.id.distinct()),
    )


def _waiting(among: tuple[Any, ...]) -> Counting:
    """Orders of which something waits, where nothing else is asked of them from the sums kept ready."""
    return Counting(
        "order",
        OF_WAITING_ORDERS,
        kept=(lambda key: None) if among else kept_orders,
        among=lambda key: among,
        told_by={"placed": type_coerce(Waiting.placed_on, Integer)},
        count=func.count(Waiting.order_id.distinct()),
        uncounted=_UNCOUNTED,
        assigned=(OrderLine.id == Assignment.line_id, OrderLine.order_id == Waiting.order_id),
    )


ORDERS = ListOfOrders(
    word="orders",
    name="Orders",
    question="Orders",
    icon="receipt",
    blueprint=Blueprint("orders", __name__),
    sorts=SORTS,
    default_sort=DEFAULT_SORT,
    filters=FILTERED_BY,
    report=BACKORDERS,
)
