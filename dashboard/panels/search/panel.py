"""What is found by what somebody typed, grouped by kind; exact numbers stand before words, words before slips."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from dashboard.domain.search import CUSTOMER, PRODUCT, folded, sought, words_of
from dashboard.panels.search import queries
from dashboard.panels.search.queries import CustomerHit, OrderHit, ProductHit, PurchaseOrderHit

# While somebody types, and on the page of its own.
SHOWN_WHILE_TYPING = 5
SHOWN_ON_PAGE = 20
# The orders of so many customers of that name are listed; of more, the customers.
CUSTOMERS_WITH_ORDERS = 8
# Of customers of one name so many are asked whether anything waits for them: each is a look into an index.
ASKED_WHETHER_THEY_WAIT = 40


@dataclass(frozen=True, slots=True)
class Found:
    """What was typed and what it finds."""

    typed: str
    orders: tuple[OrderHit, ...]
    customers: tuple[CustomerHit, ...]
    products: tuple[ProductHit, ...]
    purchase_orders: tuple[PurchaseOrderHit, ...]
    shown: int  # of each kind at most
    only: OrderHit | ProductHit | PurchaseOrderHit | None  # the one thing that can be meant
    is_forgiven: bool  # nothing is written so: words that differ by a letter were taken

    @property
    def count(self) -> int:
        return sum(len(kind) for kind in (self.orders, self.customers, self.products, self.purchase_orders))


def load_found(session: Session, typed: str, *, shown: int) -> Found:
    """Everything that can be meant by what was typed."""
    asked = sought(typed)
    whole, begins = queries.orders_called(session, asked, shown)
    parcels = queries.orders_of_tracking(session, asked)
    purchase_orders = queries.purchase_orders_called(session, asked, shown)
    # An address or a phone is no text of words: its parts would find whoever is called by one of them.
    is_address = asked.mail or (asked.phone and not asked.text.isdigit())
    # With a single letter a tenth of all that there is begins.
    is_too_short = len(asked.text) < 2 and asked.text.isascii()
    words = () if is_address or is_too_short else asked.words
    exact = queries.customers_called(session, asked)
    customers = list(dict.fromkeys((*exact, *_ranked(session, CUSTOMER, words))))
    products = list(dict.fromkeys((*queries.products_called(session, asked), *_ranked(session, PRODUCT, words))))
    forgiven = not (whole or begins or parcels or purchase_orders or customers or products) and bool(words)
    if forgiven:
        customers = queries.with_words_forgiven(session, CUSTOMER, words)
        products = queries.with_words_forgiven(session, PRODUCT, words)
    customers = customers[:shown]
    theirs = queries.orders_of(session, customers[:CUSTOMERS_WITH_ORDERS])
    why = dict.fromkeys(whole, "number") | dict.fromkeys(parcels, "tracking")
    first = list(why)
    why |= {order: "number" for order in begins if order not in why}
    why |= {order: "customer" for order in _waiting_first(session, theirs, shown) if order not in why}
    orders = queries.order_hits(session, dict(list(why.items())[:shown]))
    found_products = queries.product_hits(session, products[:shown])
    purchase_orders = purchase_orders[:shown]
    return Found(
        asked.text,
        tuple(orders),
        tuple(queries.customer_hits(session, customers)),
        tuple(found_products),
        tuple(purchase_orders),
        shown,
        _only(asked.text, orders, first, customers, found_products, purchase_orders),
        forgiven and bool(customers or products),
    )


def _only(
    text: str,
    orders: Sequence[OrderHit],
    first: Sequence[int],
    customers: Sequence[int],
    products: Sequence[ProductHit],
    purchase_orders: Sequence[PurchaseOrderHit],
) -> OrderHit | ProductHit | PurchaseOrderHit | None:
    """The one thing that can be meant: of the number or code that was typed, orders before what is bought for them, or
    all that was found; `first` are the orders that were called by their number or by that of a parcel.
    """
    if first:
        return orders[0] if len(first) == 1 else None
    for one in purchase_orders:
        if folded(one.number) == folded(text):
            return one
    for product in products:
        if folded(product.code) == folded(text):
            return product
    if len(customers) > (1 if orders else 0):
        return None
    found: list[OrderHit | ProductHit | PurchaseOrderHit] = [*orders, *products, *purchase_orders]
    return found[0] if len(found) == 1 else None


def _ranked(session: Session, kind: str, words: tuple[str, ...]) -> list[int]:
    """Rows with these words: whole words before beginnings, customers who wait before their namesakes who do not, what
    is called in fewer words before what has more.
    """
    ids = queries.with_words(session, kind, words)
    said = queries.said_of(session, kind, ids)
    its = {one: words_of(kind, said[one]) for one in ids if one in said}

    def missing(one: int) -> int:
        return sum(word not in its[one] for word in words)

    def distance(one: int) -> tuple[int, int, str, int]:
        return missing(one), len(its[one]), folded(said[one]), one

    ranked = sorted((one for one in its if _has_all(its[one], words)), key=distance)
    if kind != CUSTOMER:
        return ranked
    nearest = ranked[:ASKED_WHETHER_THEY_WAIT]
    waits = queries.who_waits(session, nearest)
    return [*sorted(nearest, key=lambda one: (missing(one), one not in waits)), *ranked[len(nearest) :]]


def _has_all(its: frozenset[str], words: tuple[str, ...]) -> bool:
    return all(any(one.startswith(word) for one in its) for word in words)


def _waiting_first(session: Session, theirs: list[tuple[int, int]], shown: int) -> list[int]:
    """Orders of customers: those of which something waits before the others, the newest first."""
    ids = [order for order, _ in theirs]
    waiting = queries.waiting_lines(session, ids)
    return sorted(ids, key=lambda order: order not in waiting)[:shown]
