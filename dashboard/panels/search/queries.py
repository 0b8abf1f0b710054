"""Orders, customers, products and purchase orders that somebody may mean: the same questions on either database.

Numbers are looked up in the indexes that keep them apart anyway, words in `search_words`; each question reads some
thousand rows of an index at most, however large the shop.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select, union_all
from sqlalchemy.orm import Session, aliased

from dashboard.domain.search import (
    CUSTOMER,
    HIGHEST_LETTER,
    LOCAL_DIGITS,
    PHONE_DIGITS_AT_LEAST,
    Sought,
    head_of,
    numbers_meant,
    one_letter_off,
)
from dashboard.models import (
    Customer,
    Order,
    Peg,
    PurchaseOrder,
    PurchaseOrderLine,
    SearchText,
    SearchWord,
    Shipment,
    ShipmentLine,
    Sku,
    Supplier,
    Waiting,
)
from dashboard.models.orders import OrderLine

# What stands before numbers is learnt from the numbers, one look into the index for each; shops have one or two.
HEADS_AT_MOST = 12
# So many rows of an index are gone through for one word, and so many that have every word are ranked.
ROWS_OF_A_WORD = 10_000
ROWS_RANKED = 200
# Of a misspelt word so many others are tried.
OTHERS_TRIED = 8
# Some customers have thousands of orders; of these any so many are looked at.
ORDERS_LOOKED_AT = 200
TRACKING_AT_LEAST = 5
# A shorter word than this begins so many others that it only ranks, unless it is all that was typed.
SELECTIVE_FROM = 3

_AFTER_DIGITS = chr(ord("9") + 1)


@dataclass(frozen=True, slots=True)
class OrderHit:
    """An order that may be meant."""

    id: int
    number: str
    customer: str
    placed_on: date
    status: str
    waiting: int  # lines that wait
    eta: date | None  # when the last of them ships; None while one has no date, or none waits
    why: str  # number, tracking or customer


@dataclass(frozen=True, slots=True)
class CustomerHit:
    """A customer who may be meant."""

    id: int
    code: str
    name: str
    email: str | None
    phone: str | None
    tier: str | None


@dataclass(frozen=True, slots=True)
class ProductHit:
    """A product that may be meant."""

    code: str
    name: str | None
    waiting_units: int
    waiting_orders: int


@dataclass(frozen=True, slots=True)
class PurchaseOrderHit:
    """A purchase order that may be meant."""

    number: str
    supplier: str
    ordered_on: date
    status: str
    waiting_orders: int  # that are promised something of it


@dataclass(frozen=True, slots=True)
class WaitingLines:
    """What of an order waits."""

    lines: int
    eta: date | None  # None while one of them has no date


def orders_called(session: Session, asked: Sought, limit: int) -> tuple[list[int], list[int]]:
    """Ids of orders whose number was typed, and of those whose number begins so."""
    return _called(session, Order.id, Order.number, asked, limit)


def purchase_orders_called(session: Session, asked: Sought, limit: int) -> list[PurchaseOrderHit]:
    """Purchase orders of that number, and those whose number begins so."""
    whole, begins = _called(session, PurchaseOrder.id, PurchaseOrder.number, asked, limit)
    rows = session.execute(
        select(
            PurchaseOrder.id,
            PurchaseOrder.number,
            func.coalesce(Supplier.name, Supplier.code),
            PurchaseOrder.ordered_on,
            PurchaseOrder.status,
        )
        .join(Supplier, Supplier.id == PurchaseOrder.supplier_id)
        .where(PurchaseOrder.id.in_([*whole, *begins]))
    ).all()
    orders = _orders_promised(session, [row[0] for row in rows])
    found = {row[0]: PurchaseOrderHit(*row[1:], orders.get(row[0], 0)) for row in rows}
    return [found[one] for one in (*whole, *begins)]


def _orders_promised(session: Session, purchase_orders: Sequence[int]) -> dict[int, int]:
    """How many orders wait for something of purchase orders, where any does."""
    line = PurchaseOrderLine
    counted = (
        select(line.purchase_order_id, func.count(OrderLine.order_id.distinct()))
        .join(Peg, Peg.purchase_order_line_id == line.id)
        .join(OrderLine, OrderLine.id == Peg.line_id)
        .where(line.purchase_order_id.in_(purchase_orders))
        .group_by(line.purchase_order_id)
    )
    return dict(session.execute(counted).all()) if purchase_orders else {}


def orders_of_tracking(session: Session, asked: Sought) -> list[int]:
    """Ids of the orders of which something left under this tracking number, or with this shipment."""
    plain = asked.text.replace(" ", "")
    if len(plain) < TRACKING_AT_LEAST or not asked.has_digit:
        return []
    forms = {asked.text, plain, plain.upper(), plain.lower()}
    of_parcel = select(ShipmentLine.line_id).where(
        func.upper(ShipmentLine.tracking).in_({asked.text.upper(), plain.upper()})
    )
    of_shipment = (
        select(ShipmentLine.line_id)
        .join(Shipment, Shipment.id == ShipmentLine.shipment_id)
        .where(Shipment.number.in_(forms))
    )
    lines = union_all(
        of_parcel.limit(ROWS_RANKED).subquery().select(), of_shipment.limit(ROWS_RANKED).subquery().select()
    )
    return list(session.scalars(select(OrderLine.order_id).where(OrderLine.id.in_(lines)).distinct()))


def orders_of(session: Session, customers: Sequence[int]) -> list[tuple[int, int]]:
    """Orders of customers, id and customer, those last that were placed first; of each some two hundred at most."""
    if not customers:
        return []
    some = [
        select(Order.id, Order.customer_id, Order.placed_at)
        .where(Order.customer_id == one)
        .limit(ORDERS_LOOKED_AT)
        .subquery()
        .select()
        for one in customers
    ]
    rows = session.execute(union_all(*some)).all()
    return [(row[0], row[1]) for row in sorted(rows, key=lambda row: (row[2], row[0]), reverse=True)]


def who_waits(session: Session, customers: Sequence[int]) -> set[int]:
    """Those of these customers for whom anything waits."""
    waits = select(Waiting.line_id).where(Waiting.customer_id == Customer.id).exists()
    return set(session.scalars(select(Customer.id).where(Customer.id.in_(customers), waits))) if customers else set()


def waiting_lines(session: Session, orders: Sequence[int]) -> dict[int, WaitingLines]:
    """What of orders waits, where anything does."""
    undated = func.count(case((Waiting.eta.is_(None), 1)))
    counted = (
        select(OrderLine.order_id, func.count(Waiting.line_id.distinct()), undated, func.max(Waiting.eta))
        .join(Waiting, Waiting.line_id == OrderLine.id)
        .where(OrderLine.order_id.in_(orders))
        .group_by(OrderLine.order_id)
    )
    rows = session.execute(counted).all() if orders else ()
    return {order: WaitingLines(lines, None if no_date else eta) for order, lines, no_date, eta in rows}


def order_hits(session: Session, why: dict[int, str]) -> list[OrderHit]:
    """These orders as they are shown, in the order in which they are given."""
    rows = session.execute(
        select(Order.id, Order.number, func.coalesce(Customer.name, Customer.code), Order.placed_on, Order.status)
        .join(Customer, Customer.id == Order.customer_id)
        .where(Order.id.in_(why))
    )
    waiting = waiting_lines(session, list(why))
    nothing = WaitingLines(0, None)
    found = {}
    for row in rows:
        waits = waiting.get(row[0], nothing)
        found[row[0]] = OrderHit(*row, waits.lines, waits.eta, why[row[0]])
    return [found[one] for one in why if one in found]


def customers_called(session: Session, asked: Sought) -> list[int]:
    """Ids of the customers whose number, mail or phone was typed, or begins so."""
    found: list[int] = []
    if not asked.text:
        return found
    forms = numbers_meant(asked.text, ())
    found += session.scalars(select(Customer.id).where(Customer.code.in_(forms)))
    if asked.mail:
        found += _rows_of(session, CUSTOMER, lambda word: _begins(word, asked.mail or ""))
    if asked.phone:
        found += _phoned(session, asked.phone)
    return list(dict.fromkeys(found))


def products_called(session: Session, asked: Sought) -> list[int]:
    """The product whose code was typed, in whichever letters."""
    text = asked.text
    return list(session.scalars(select(Sku.id).where(Sku.code.in_({text, text.upper(), text.lower()}))))


def with_words(session: Session, kind: str, words: Sequence[str]) -> list[int]:
    """Ids of the rows that have every word: whole first, then those whose words begin so. The most alike come first."""
    if not words:
        return []
    whole = _with_all(session, kind, [_is(word) for word in words], words)
    if len(whole) >= ROWS_RANKED:
        return whole
    begin = _with_all(session, kind, [_begins_with(word) for word in words], words)
    return list(dict.fromkeys((*whole, *begin)))


def with_words_forgiven(session: Session, kind: str, words: Sequence[str]) -> list[int]:
    """The same where one letter of any word is a slip."""
    tried = []
    for word in words:
        others = _known(session, kind, word)
        if not others:
            return []
        tried.append(others)
    return _with_all(session, kind, [_begins_with_any(others) for others in tried], words)


def customer_hits(session: Session, ids: Sequence[int]) -> list[CustomerHit]:
    """These customers as they are shown."""
    rows = session.execute(
        select(
            Customer.id,
            Customer.code,
            func.coalesce(Customer.name, Customer.code),
            Customer.email,
            Customer.phone,
            Customer.tier,
        ).where(Customer.id.in_(ids))
    )
    found = {row[0]: CustomerHit(*row) for row in rows}
    return [found[one] for one in ids if one in found]


def product_hits(session: Session, ids: Sequence[int]) -> list[ProductHit]:
    """These products as they are shown."""
    units, orders = func.sum(Waiting.qty_backordered), func.count(Waiting.order_number.distinct())
    waiting = select(Waiting.sku_id, units, orders).where(Waiting.sku_id.in_(ids)).group_by(Waiting.sku_id)
    waits = {row[0]: row[1:] for row in session.execute(waiting)} if ids else {}
    rows = session.execute(select(Sku.id, Sku.code, Sku.name).where(Sku.id.in_(ids))) if ids else ()
    found = {row[0]: ProductHit(*row[1:], *waits.get(row[0], (0, 0))) for row in rows}
    return [found[one] for one in ids if one in found]


def said_of(session: Session, kind: str, ids: Sequence[int]) -> dict[int, str]:
    """What rows are called, to rank them by."""
    rows = select(SearchText.row_id, SearchText.said).where(SearchText.kind == kind, SearchText.row_id.in_(ids))
    return dict(session.execute(rows).all())


# Numbers.


def _called(session: Session, key: Any, number: Any, asked: Sought, limit: int) -> tuple[list[int], list[int]]:
    if not asked.text:
        return [], []
    meant = numbers_meant(asked.text, _heads(session, number) if asked.has_digit else ())
    whole = list(session.scalars(select(key).where(number.in_(meant)).limit(limit)))
    if not asked.has_digit:
        return whole, []
    ranges = [and_(number > one, number < one + HIGHEST_LETTER) for one in meant if one]
    begins = session.execute(select(key, number).where(or_(*ranges)).limit(limit)).all()
    return whole, [row[0] for row in sorted(begins, key=lambda row: (len(row[1]), row[1]))]


def _heads(session: Session, number: Any) -> list[str]:
    """What stands before the digits of the shop's numbers: found by leaping over all that begin alike."""
    heads: list[str] = []
    after = ""
    while len(heads) < HEADS_AT_MOST:
        found = session.scalar(select(func.min(number)).where(number > after))
        if found is None:
            break
        heads.append(head_of(found))
        after = heads[-1] + (_AFTER_DIGITS if heads[-1] != found else HIGHEST_LETTER)
    return heads


# Words.

Condition = Callable[[Any], ColumnElement[bool]]


def _is(sought: str) -> Condition:
    return lambda word: word == sought


def _begins(word: Any, sought: str) -> ColumnElement[bool]:
    return and_(word >= sought, word < sought + HIGHEST_LETTER)


def _begins_with(sought: str) -> Condition:
    return lambda word: _begins(word, sought)


def _begins_with_any(others: Sequence[str]) -> Condition:
    return lambda word: or_(*(_begins(word, other) for other in others))


def _rows_of(session: Session, kind: str, condition: Condition) -> list[int]:
    rows = select(SearchWord.row_id).where(SearchWord.kind == kind, condition(SearchWord.word)).limit(ROWS_RANKED)
    return list(dict.fromkeys(session.scalars(rows)))


def _with_all(session: Session, kind: str, conditions: Sequence[Condition], words: Sequence[str]) -> list[int]:
    """Rows that have a word for each condition. The longest word, which the fewest have, is gone through."""
    by_length = sorted(zip(words, conditions, strict=True), key=lambda pair: -len(pair[0]))
    (_, first), *others = by_length
    some = (
        select(SearchWord.row_id)
        .where(SearchWord.kind == kind, first(SearchWord.word))
        .limit(ROWS_OF_A_WORD)
        .subquery()
    )
    query = select(some.c.row_id)
    for word, condition in others:
        if len(word) < SELECTIVE_FROM:
            continue
        other = aliased(SearchWord)
        has_it = select(other.row_id).where(other.kind == kind, condition(other.word))
        query = query.where(some.c.row_id.in_(has_it))
    return list(dict.fromkeys(session.scalars(query.limit(ROWS_RANKED))))


def _known(session: Session, kind: str, word: str) -> list[str]:
    """This word, if any begins with it, and those that differ by a letter."""
    of_kind = select(SearchWord.word).where(SearchWord.kind == kind)
    known = [word] if session.scalar(of_kind.where(_begins(SearchWord.word, word)).limit(1)) is not None else []
    others = sorted(one_letter_off(word))
    if others:
        near = of_kind.where(SearchWord.word.in_(others)).distinct().order_by(SearchWord.word)
        known += session.scalars(near.limit(OTHERS_TRIED))
    return known


def _phoned(session: Session, digits: str) -> list[int]:
    national = digits.lstrip("0")
    meant = [one for one in dict.fromkeys((digits, national)) if len(one) >= PHONE_DIGITS_AT_LEAST]
    found = _rows_of(session, CUSTOMER, _begins_with_any(meant))
    if found or len(digits) < LOCAL_DIGITS:
        return found
    # Written with another country or area before it: whose ending is the same, and the rest no contradiction.
    alike = _rows_of(session, CUSTOMER, _is(digits[-LOCAL_DIGITS:]))
    said = said_of(session, CUSTOMER, alike)
    return [one for one in alike if _agree(_digits_of(said[one]), national)]


def _digits_of(said: str) -> str:
    return "".join(filter(str.isdigit, said.rpartition("\x1f")[2]))


def _agree(kept: str, typed: str) -> bool:
    return kept.endswith(typed) or typed.endswith(kept.lstrip("0"))
