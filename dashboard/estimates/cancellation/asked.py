"""What is asked of a line before its chance of a cancel is said: as columns, of all lines there ever were, of the open
ones, or of some.

Only what was known when the order came: how it was ordered, by whom, and what the same customer had done before. What
the desk keeps without a date (a tier, a tag, a price) is taken as it stands now, because nobody knows what it was.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from typing import Any

import numpy as np
from sqlalchemy import Select, select

from dashboard import clock, models
from dashboard.bulk import Among, Rows, Words, columns, flag, gather, number, text
from dashboard.database import day_of, instant_number
from dashboard.domain.cancellation_model import TAG, Coded, Column, Money, relative
from dashboard.domain.columns import NONE, known
from dashboard.models.shipments import CUSTOMERS_CANCEL

LEAD, PRICE, VALUE, UNITS, SKU, CHANNEL, TIER, COUNTRY, PAYMENT = (
    "lead", "price", "value", "units", "sku", "channel", "tier", "country", "payment",
)  # fmt: skip
PLANNED, WHOLE_ORDER, ORDERS_BEFORE, CANCELS_BEFORE, ALIKE, MONTH = (
    "planned", "whole-order", "orders-before", "cancels-before", "alike", "month",
)  # fmt: skip
NOBODY = -1  # the row of what is not there
DAYS_KEPT = 4  # statements of so many days are kept
MONTHS = tuple(str(month) for month in range(1, 13))
YES_OR_NO = ("no", "yes")


class Which(StrEnum):
    """The lines that are asked of: many are read whole, a few are listed."""

    EVER = "ever"  # all there ever were
    OPEN = "open"  # of which units are still owed
    LISTED = "listed"


@dataclass(frozen=True, slots=True)
class Lines:
    """One row a line, in the order of their placing."""

    id: np.ndarray
    order_id: np.ndarray
    customer_id: np.ndarray
    sku_id: np.ndarray
    placed_on: np.ndarray
    qty: np.ndarray
    qty_open: np.ndarray
    unit_price: np.ndarray
    first_promise: np.ndarray
    last_date: np.ndarray
    payment_method_id: np.ndarray
    planned: np.ndarray
    whole_order: np.ndarray
    is_open: np.ndarray  # as the order's status says
    channel: Coded
    currency: Coded

    def of(self, rows: np.ndarray) -> Lines:
        def some(column: Any) -> Any:
            return Coded(column.places[rows], column.words) if isinstance(column, Coded) else column[rows]

        return Lines(*(some(getattr(self, name)) for name in self.__dataclass_fields__))


@dataclass(frozen=True, slots=True)
class Ends:
    """Units that left or were cancelled, by line (a row of Lines) and day."""

    line: np.ndarray
    day: np.ndarray
    qty: np.ndarray
    by_customer: np.ndarray


def read_lines(connection: Any, which: Which, ids: np.ndarray | None = None) -> Lines:
    """Those lines; `ids` are the ones that are listed."""
    listed = {} if ids is None else {"lines": ids}
    *cells, placed_at, channel, currency = columns(connection, _lines_query(which), **listed)
    by = np.lexsort((cells[0], placed_at))  # however the database hands them over
    numbers = [column[by] for column in cells]
    coded = []
    for words_of in (channel, currency):
        words = Words()
        coded.append(Coded(words.numbers(words_of)[by], words.words))
    return Lines(*numbers, *coded)


@cache
def _lines_query(which: Which) -> Select:
    line, order, sku = models.OrderLine, models.Order, models.Sku
    query = (
        select(
            number(line.id),
            number(order.id),
            number(order.customer_id),
            number(line.sku_id),
            number(order.placed_on),
            number(line.qty),
            number(line.qty_open),
            number(line.unit_price),
            number(line.first_promise),
            number(order.last_date),
            number(order.payment_method_id),
            flag(sku.backorder_policy == "planned"),
            flag(order.ship_complete.is_(True)),
            flag(order.status == "open"),
            number(order.placed_at),
            text(order.channel),
            text(order.currency),
        )
        .select_from(line)
        .join(order, order.id == line.order_id)
        .join(sku, sku.id == line.sku_id)
    )
    return _of_those(query, which)


def _of_those(query: Select, which: Which) -> Select:
    """The same of the lines that are meant."""
    match which:
        case Which.OPEN:
            return query.where(models.OrderLine.qty_open > 0)
        case Which.LISTED:
            return query.where(Among(models.OrderLine.id, "lines"))
        case _:
            return query


def read_ends(connection: Any, lines: Lines, before: int) -> Ends:
    """What left and what was cancelled before a day."""
    rows = Rows(lines.id)
    shipped = columns(connection, _shipped_query())
    cancelled = columns(connection, _cancelled_query())
    line_id = np.concatenate((shipped[0], cancelled[0]))
    moment = np.concatenate((shipped[1], cancelled[1]))
    qty = np.concatenate((shipped[2], cancelled[2]))
    by_customer = np.concatenate((np.zeros(len(shipped[0]), np.int64), cancelled[3])) == 1
    row, day = rows.of(line_id), shop_days(moment)
    counted = (row != NOBODY) & (day < before)
    return Ends(row[counted], day[counted], qty[counted], by_customer[counted])


@cache
def _shipped_query() -> Select:
    row = models.ShipmentLine
    return select(number(row.line_id), number(row.shipped_at), number(row.qty))


@cache
def _cancelled_query() -> Select:
    row = models.Cancellation
    return select(number(row.line_id), number(row.cancelled_at), number(row.qty), flag(row.reason == CUSTOMERS_CANCEL))


def shop_days(moments: np.ndarray) -> np.ndarray:
    """The shop's day of each instant."""
    if not len(moments):
        return moments.astype(np.int64)
    micros_a_day = 86_400_000_000
    first, last = int(moments.min()) // micros_a_day - 1, int(moments.max()) // micros_a_day + 1
    starts = np.array([instant_number(clock.start_of(day_of(day))) for day in range(first, last + 2)], np.int64)
    return first - 1 + np.searchsorted(starts, moments, side="right")


def usual_money(lines: Lines) -> dict[str, Money]:
    """What a usual line costs, currency by currency."""
    found = {}
    value = lines.qty * lines.unit_price
    for place, currency in enumerate(lines.currency.words):
        priced = (lines.currency.places == place) & known(lines.unit_price) & (lines.unit_price > 0)
        if currency and priced.sum() >= FEWEST_PRICED:
            price = int(np.median(lines.unit_price[priced]))
            found[currency] = Money(price, int(np.median(value[priced])))
    return found


FEWEST_PRICED = 30  # below, nobody knows what is usual


def read_columns(
    connection: Any, lines: Lines, money: Mapping[str, Money], which: Which, *, tags: bool = True
) -> dict[str, Column]:
    """What of each line does not change from day to day, by the names of the inputs; `which` as they were read."""
    listed = {"lines": lines.id} if which is Which.LISTED else {}
    lead = np.where(known(lines.first_promise), lines.first_promise - lines.placed_on, NONE)
    tier, country = _customers(connection, lines, listed)
    orders_before, cancels_before = _past(connection, lines, listed)
    month_of = np.where(known(lines.first_promise), lines.first_promise, lines.placed_on)
    found: dict[str, Column] = {
        LEAD: lead,
        **money_columns(lines, money),
        UNITS: lines.qty,
        SKU: _skus(connection, lines, listed),
        CHANNEL: lines.channel,
        TIER: tier,
        COUNTRY: country,
        PAYMENT: _payment(connection, lines, listed),
        PLANNED: Coded(lines.planned, YES_OR_NO),
        WHOLE_ORDER: Coded(lines.whole_order, YES_OR_NO),
        ORDERS_BEFORE: orders_before,
        CANCELS_BEFORE: cancels_before,
        ALIKE: _alike(connection, lines, which),
        MONTH: Coded(_month(month_of) - 1, MONTHS),
    }
    return found | (_tags(connection, lines, which) if tags else {})


def money_columns(lines: Lines, money: Mapping[str, Money]) -> dict[str, Column]:
    """Price and value of each line, beside what is usual in its currency."""
    usual = [money.get(currency, Money(NONE, NONE)) for currency in lines.currency.words] or [Money(NONE, NONE)]
    price = np.array([one.price for one in usual], np.int64)[lines.currency.places]
    value = np.array([one.value for one in usual], np.int64)[lines.currency.places]
    worth = np.where(known(lines.unit_price), lines.qty * lines.unit_price, NONE)
    return {PRICE: relative(lines.unit_price, price), VALUE: relative(worth, value)}


def _month(days: np.ndarray) -> np.ndarray:
    return days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) % 12 + 1


def _skus(connection: Any, lines: Lines, listed: dict[str, Any]) -> Coded:
    asked = {"skus": np.unique(lines.sku_id)} if listed else {}
    ids, codes = columns(connection, _skus_query(bool(listed)), **asked)
    return Coded(Rows(ids).of(lines.sku_id), codes)


@cache
def _skus_query(listed: bool) -> Select:
    query = select(number(models.Sku.id), text(models.Sku.code))
    return query.where(Among(models.Sku.id, "skus")) if listed else query


def _customers(connection: Any, lines: Lines, listed: dict[str, Any]) -> list[Coded]:
    asked = {"customers": np.unique(lines.customer_id)} if listed else {}
    ids, *words_of = columns(connection, _customers_query(bool(listed)), **asked)
    row, found = Rows(ids).of(lines.customer_id), []
    for column in words_of:
        words = Words()
        found.append(Coded(words.numbers(column)[row], words.words))
    return found


@cache
def _customers_query(listed: bool) -> Select:
    customer = models.Customer
    query = select(number(customer.id), text(customer.tier), text(customer.country))
    return query.where(Among(customer.id, "customers")) if listed else query


def _payment(connection: Any, lines: Lines, listed: dict[str, Any]) -> Coded:
    asked = {"methods": np.unique(lines.payment_method_id)} if listed else {}
    ids, kinds = columns(connection, _methods_query(bool(listed)), **asked)
    words = Words()
    places = np.append(words.numbers(kinds), words.numbers([""]))
    row = Rows(ids).of(lines.payment_method_id) if len(ids) else np.full(len(lines.id), NOBODY)
    return Coded(places[row], words.words)


@cache
def _methods_query(listed: bool) -> Select:
    method = models.PaymentMethod
    query = select(number(method.id), text(method.kind))
    return query.where(Among(method.id, "methods")) if listed else query


def _past(connection: Any, lines: Lines, listed: dict[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    """How many orders the same customer had placed on days before, and how many lines had been cancelled by then."""
    asked = {"customers": np.unique(lines.customer_id)} if listed else {}
    customer, placed_on = columns(connection, _orders_query(bool(listed)), **asked)
    canceller, moment = columns(connection, _cancels_query(bool(listed)), **asked)
    return (
        _count_before(customer, placed_on, lines.customer_id, lines.placed_on),
        _count_before(canceller, shop_days(moment), lines.customer_id, lines.placed_on),
    )


SPAN = 200_000  # days, more than any calendar here; keys of owner and day fit 64 bits


def _count_before(owner: np.ndarray, day: np.ndarray, asked: np.ndarray, before: np.ndarray) -> np.ndarray:
    keys = np.sort(owner * SPAN + day)
    return np.searchsorted(keys, asked * SPAN + before) - np.searchsorted(keys, asked * SPAN)


@cache
def _orders_query(listed: bool) -> Select:
    order = models.Order
    query = select(number(order.customer_id), number(order.placed_on))
    return query.where(Among(order.customer_id, "customers")) if listed else query


@cache
def _cancels_query(listed: bool) -> Select:
    row, line, order = models.Cancellation, models.OrderLine, models.Order
    query = (
        select(number(order.customer_id), number(row.cancelled_at))
        .select_from(row)
        .join(line, line.id == row.line_id)
        .join(order, order.id == line.order_id)
        .where(row.reason == CUSTOMERS_CANCEL)
    )
    return query.where(Among(order.customer_id, "customers")) if listed else query


def _alike(connection: Any, lines: Lines, which: Which) -> np.ndarray:
    """How many lines were ordered on the same day of the same SKU for the same price and date, this one among them."""
    own = _fingerprints(lines.sku_id, lines.placed_on, lines.first_promise, lines.unit_price)
    match which:
        case Which.EVER:
            keys = own
        case Which.OPEN:
            # Where many wait, most days have one of them: whatever was ordered since the oldest came is read.
            keys = _fingerprints(*columns(connection, _since_query(int(lines.placed_on.min(initial=0)))))
        case Which.LISTED:
            asked = {"skus": np.unique(lines.sku_id), "days": np.unique(lines.placed_on)}
            keys = _fingerprints(*columns(connection, _beside_query(), **asked))
    keys = np.sort(keys)
    return np.searchsorted(keys, own, side="right") - np.searchsorted(keys, own)


@cache
def _beside_query() -> Select:
    return _ordered().where(Among(models.Order.placed_on, "days"), Among(models.OrderLine.sku_id, "skus"))


@lru_cache(maxsize=DAYS_KEPT)
def _since_query(day: int) -> Select:
    return _ordered().where(number(models.Order.placed_on) >= day)


def _ordered() -> Select:
    line, order = models.OrderLine, models.Order
    return select(
        number(line.sku_id), number(order.placed_on), number(line.first_promise), number(line.unit_price)
    ).join(order, order.id == line.order_id)


def _fingerprints(*cells: np.ndarray) -> np.ndarray:
    result = np.zeros(len(cells[0]), np.int64)
    for column in cells:
        result = result * np.int64(6_364_136_223_846_793_005) + column
        result ^= result >> 31
    return result


def _tags(connection: Any, lines: Lines, which: Which) -> dict[str, Column]:
    """The value of each tag, by its key; "yes" where a tag is a word without a value."""
    listed = {"lines": lines.id} if which is Which.LISTED else {}
    line_id, tags = columns(connection, _tags_query(which), **listed)
    words = Words()
    place = words.numbers(tags)
    row = Rows(lines.id).of(line_id) if len(lines.id) else line_id
    keys: dict[str, list[tuple[int, str]]] = {}
    for at, word in enumerate(words.words):
        key, _, value = word.partition(":")
        keys.setdefault(key, []).append((at, value or "yes"))
    key_of, value_of = np.zeros(len(words.words), np.int64), np.zeros(len(words.words), np.int64)
    values = {}
    for number_of_key, (key, own) in enumerate(keys.items()):
        values[key] = ["", *(value for _, value in own)]
        for nth, (at, _) in enumerate(own, 1):
            key_of[at], value_of[at] = number_of_key, nth
    found: dict[str, Column] = {}
    by = np.argsort(key_of[place], kind="stable")
    bounds = np.searchsorted(key_of[place][by], np.arange(len(keys) + 1))
    for number_of_key, key in enumerate(keys):
        some = by[bounds[number_of_key] : bounds[number_of_key + 1]]
        some = some[row[some] != NOBODY]
        places = np.zeros(len(lines.id), np.int64)
        places[row[some]] = value_of[place[some]]
        found[TAG + key] = Coded(places, values[key])
    return found


@cache
def _tags_query(which: Which) -> Select:
    tag, line = models.LineTag, models.OrderLine
    query = select(number(tag.line_id), text(tag.tag))
    return query if which is Which.EVER else _of_those(query.join(line, line.id == tag.line_id), which)


def absent(name: str, rows: int) -> Column:
    """What none of the lines has: a tag that was never given."""
    assert name.startswith(TAG)
    return Coded(np.zeros(rows, np.int64), [""])


def as_numbers(column: Coded) -> np.ndarray | None:
    """Words that are all whole numbers, as numbers; nothing where any of them is not."""
    values = []
    for word in column.words:
        digits = word[1:] if word.startswith("-") else word
        if word and not (digits.isascii() and digits.isdigit() and len(digits) <= 9):
            return None
        values.append(int(word) if word else NONE)
    return gather(np.array(values or [NONE], np.int64), column.places, NONE)
