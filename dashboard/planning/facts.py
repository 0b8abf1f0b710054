"""What planning reads: the open lines, what they hang on, and the supply there is, as columns.

Whole tables are read and joined here by row number rather than by the database: a million lines cost one pass each.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from sqlalchemy import func, select

from dashboard import models
from dashboard.bulk import Rows, Words, by_text, code, columns, flag, gather, number, staged, text, text_ranks
from dashboard.database import day_number
from dashboard.domain import allocation, promises
from dashboard.domain.causes import CAUSES, NOT_SET
from dashboard.domain.columns import NONE, known, sorting
from dashboard.domain.expiring_payments import good_through
from dashboard.domain.lead_times import Observations
from dashboard.estimates.terms import Quoted, read_terms
from dashboard.models.authorizations import SPENT_STATES
from dashboard.models.customers import DEFAULT_PRIORITY_CLASS
from dashboard.models.purchase_orders import SUPPLYING_STATUSES

NOBODY = -1  # the row of what is not there
BETWEEN = "\x1e"
MONTHS = 12


@dataclass(frozen=True, slots=True)
class OpenLines:
    """One row an open part of an order line."""

    id: np.ndarray
    rules: allocation.Lines  # the columns that decide who gets what
    unit_price: np.ndarray
    current_promise: np.ndarray
    supplier: np.ndarray  # row of the supplier named for the line, or NOBODY
    staff_cause: np.ndarray


@dataclass(frozen=True, slots=True)
class OpenOrders:
    """One row an order with an open line."""

    id: np.ndarray
    rules: allocation.Orders
    customer_id: np.ndarray
    placed_on: np.ndarray
    last_date: np.ndarray
    credit_applied: np.ndarray
    card_until: np.ndarray
    authorised_until: np.ndarray
    channel: np.ndarray  # numbers into Facts.words, as the two below
    currency: np.ndarray
    tier: np.ndarray


@dataclass(frozen=True, slots=True)
class Incoming:
    """One row an open line of a purchase order that supplies."""

    id: np.ndarray
    purchase_order_id: np.ndarray
    sku: np.ndarray
    open_qty: np.ndarray
    dates: promises.SupplyFacts  # its supplier is a row


@dataclass(frozen=True, slots=True)
class Shelf:
    """One row a SKU and location; locations are rows of Facts.location_id, in the order of their codes."""

    id: np.ndarray
    rules: allocation.Stock
    reserved: np.ndarray  # the copy as it stands


@dataclass(frozen=True, slots=True)
class Skus:
    id: np.ndarray
    planned: np.ndarray
    low_stock: np.ndarray
    preferred_supplier: np.ndarray  # row, or NOBODY
    spike: np.ndarray
    emptied_on: np.ndarray  # the day for which `spike` was judged
    emptied_in_history: np.ndarray


@dataclass(frozen=True, slots=True)
class Facts:
    today: int
    region: str
    lines: OpenLines
    orders: OpenOrders
    incoming: Incoming
    shelf: Shelf
    skus: Skus
    holds: allocation.Holds
    location_id: np.ndarray
    supplier_id: np.ndarray
    quoted_days: Quoted
    lateness: Observations  # by row of the supplier
    words: Words


def read_facts(connection, *, today: date, region: str) -> Facts:
    """Every fact on which the plan of a day hangs."""
    day = day_number(today)
    words = Words()
    suppliers, dropship = columns(
        connection, select(number(models.Supplier.id), flag(models.Supplier.dropship.is_(True)))
    )
    supplier_rows = Rows(suppliers)
    sku_ids, planned, typed_safety = columns(
        connection,
        select(
            number(models.Sku.id),
            flag(models.Sku.backorder_policy == "planned"),
            number(models.Sku.safety_stock),
        ),
    )
    sku_rows = Rows(sku_ids)
    location_ids = _locations(connection)
    location_rows = Rows(location_ids)

    orders, order_rows = _orders(connection, location_rows, words)
    lines = _lines(connection, order_rows, sku_rows, supplier_rows, dropship)
    quoted, preferred = read_terms(connection, supplier_rows, sku_rows)
    incoming = _incoming(connection, supplier_rows, sku_rows, quoted)
    skus = _skus(connection, sku_ids, sku_rows, planned == 1, typed_safety, preferred)
    supplier, lateness, receipts = columns(
        connection,
        select(
            number(models.LatenessCount.supplier_id),
            number(models.LatenessCount.lateness_days),
            number(models.LatenessCount.receipts),
        ),
    )
    return Facts(
        day,
        region,
        lines,
        orders,
        incoming,
        _shelf(connection, sku_rows, location_rows),
        skus,
        _holds(connection, lines, incoming, location_rows),
        location_ids,
        suppliers,
        quoted,
        Observations.from_counts(supplier_rows.of(supplier), lateness, receipts),
        words,
    )


def _locations(connection):
    ids, codes = columns(connection, select(number(models.Location.id), text(models.Location.code)))
    return ids[by_text(codes)]


def _orders(connection, location_rows, words):
    order = models.Order
    still_open = select(models.OrderLine.order_id).where(models.OrderLine.qty_open > 0).distinct().subquery()
    (
        ids,
        customer_id,
        placed_at,
        placed_on,
        priority,
        ship_complete,
        location_id,
        payment_method_id,
        last_date,
        credit_applied,
        words_of,
    ) = columns(
        connection,
        # Joined rather than asked for by IN: the sorted ids lead SQLite through the table once.
        select(
            number(order.id),
            number(order.customer_id),
            number(order.placed_at),
            number(order.placed_on),
            number(order.priority),
            flag(order.ship_complete),
            number(order.location_id),
            number(order.payment_method_id),
            number(order.last_date),
            flag(order.credit_applied),
            text(order.channel) + BETWEEN + text(order.currency),
        )
        .select_from(still_open)
        .join(order, order.id == still_open.c.order_id),
    )
    # Few pairs of channel and currency: each is taken apart once.
    pairs = Words()
    pair = pairs.numbers(words_of)
    channel, currency = (
        words.numbers([both.split(BETWEEN)[place] for both in pairs.words])[pair] if pairs.words else pair
        for place in (0, 1)
    )
    tier = _tiers(connection, customer_id, words)
    rules = allocation.Orders(
        np.where(known(priority), priority, _tier_priorities(connection, words)[tier]),
        _places(connection, ids, placed_at),
        ship_complete == 1,
        location_rows.of(location_id),
    )
    rows = Rows(ids)
    return (
        OpenOrders(
            ids,
            rules,
            customer_id,
            placed_on,
            last_date,
            credit_applied == 1,
            _cards(connection, customer_id, payment_method_id),
            _authorisations(connection, rows, len(ids)),
            channel.astype(np.int32),
            currency.astype(np.int32),
            tier.astype(np.int32),
        ),
        rows,
    )


def _places(connection, ids, placed_at):
    """The rank of each order by its moment, and by its number (by code point) among those of one moment."""
    by = sorting(placed_at)
    moments = placed_at[by]
    alike = np.zeros(len(by), bool)
    alike[1:] = moments[1:] == moments[:-1]
    alike[:-1] |= alike[1:]
    rows = by[alike]
    if len(rows):
        with staged(connection, "facts_alike", order_id=ids[rows]) as asked:
            order_id, numbers = columns(
                connection,
                select(number(asked.c.order_id, 0), text(models.Order.number)).join(
                    models.Order, models.Order.id == asked.c.order_id
                ),
            )
        rows = Rows(ids).of(order_id)
        by[alike] = rows[np.lexsort((text_ranks(numbers), placed_at[rows]))]
    place = np.empty(len(by), np.int64)
    place[by] = np.arange(len(by))
    return place


def _tiers(connection, customer_id, words):
    customers, tiers = columns(
        connection,
        select(number(models.Customer.id), text(models.Customer.tier)).where(models.Customer.tier.isnot(None)),
    )
    # The empty word is that of customers without a tier.
    tier = np.append(words.numbers(tiers), words.numbers([""]))
    return tier[Rows(customers).of(customer_id)]


def _tier_priorities(connection, words):
    """The priority class of each word, as a tier."""
    classes, tiers = columns(
        connection, select(number(models.TierPriority.priority_class), text(models.TierPriority.tier))
    )
    listed = dict(zip(tiers, classes.tolist(), strict=True))
    return np.array([listed.get(word, DEFAULT_PRIORITY_CLASS) for word in words.words], np.int64)


def _cards(connection, customer_id, payment_method_id):
    """The last good day of each order's means of payment: its own, else its customer's default (the first by id where
    several are marked).
    """
    method = models.PaymentMethod
    ids, owner, default, months = columns(
        connection,
        select(
            number(method.id),
            number(method.customer_id),
            flag(method.is_default.is_(True)),
            func.coalesce(method.exp_year * MONTHS + method.exp_month, 0),
        ),
    )
    until = good_through(
        np.where(months > 0, (months - 1) // MONTHS, NONE), np.where(months > 0, (months - 1) % MONTHS + 1, NONE)
    )
    defaults = _first_by_code(connection, ids, owner, np.flatnonzero(default))
    own = Rows(ids).of(payment_method_id)
    fallback = gather(defaults, Rows(owner[defaults]).of(customer_id), NOBODY)
    return gather(until, np.where(known(payment_method_id), own, fallback), NONE)


def _first_by_code(connection, ids, owner, defaults):
    """One default of each customer: the first by id where several are marked."""
    several = np.bincount(owner[defaults], minlength=1)[owner[defaults]] > 1
    rows = defaults[several]
    if not len(rows):
        return defaults
    with staged(connection, "facts_defaults", method_id=ids[rows]) as asked:
        method_id, codes = columns(
            connection,
            select(number(asked.c.method_id, 0), text(models.PaymentMethod.code)).join(
                models.PaymentMethod, models.PaymentMethod.id == asked.c.method_id
            ),
        )
    rows = Rows(ids).of(method_id)
    rows = rows[np.lexsort((text_ranks(codes), owner[rows]))]
    first = np.diff(owner[rows], prepend=-1) != 0
    return np.concatenate((defaults[~several], rows[first]))


def _authorisations(connection, order_rows, orders):
    """Of each order's authorisations that can still be captured, the last good day of the one that lives longest."""
    live = models.Authorization
    order_id, until = columns(
        connection,
        select(number(live.order_id), func.max(number(live.expires_on)))
        .where(live.expires_on.isnot(None), func.lower(func.coalesce(live.state, "")).not_in(SPENT_STATES))
        .group_by(live.order_id),
    )
    days = np.full(orders + 1, NONE)
    days[order_rows.of(order_id)] = until
    return days[:-1]


def _lines(connection, order_rows, sku_rows, supplier_rows, supplier_dropship):
    line = models.OrderLine
    ids, order_id, line_no, sku_id, open_qty, unit_price, promise, supplier_id, staff_cause = columns(
        connection,
        select(
            number(line.id),
            number(line.order_id),
            number(line.line_no),
            number(line.sku_id),
            number(line.qty_open),
            number(line.unit_price),
            number(line.current_promise),
            number(line.supplier_id),
            code(line.staff_cause, CAUSES, NOT_SET),
        ).where(line.qty_open > 0),
    )
    supplier = supplier_rows.of(supplier_id)
    del supplier_id
    rules = allocation.Lines(
        order_rows.of(order_id),
        line_no,
        np.ones(len(ids), np.int8),
        sku_rows.of(sku_id),
        open_qty,
        gather(supplier_dropship, supplier, 0) == 1,
    )
    return _with_parts(connection, OpenLines(ids, rules, unit_price, promise, supplier, staff_cause.astype(np.int8)))


def _with_parts(connection, lines):
    """Puts the open parts of divided lines in the place of the lines."""
    part = models.LinePart
    line_id, number_of, open_qty = columns(
        connection,
        select(
            number(part.line_id),
            number(part.part),
            number(part.qty) - number(part.qty_shipped) - number(part.qty_cancelled),
        )
        .join(models.OrderLine, models.OrderLine.id == part.line_id)
        .where(models.OrderLine.qty_open > 0),
    )
    if not len(line_id):
        return lines
    row = Rows(lines.id).of(line_id)
    whole = np.ones(len(lines.id), bool)
    whole[row] = False
    row, number_of, open_qty = row[open_qty > 0], number_of[open_qty > 0], open_qty[open_qty > 0]
    rows = np.concatenate((np.flatnonzero(whole), row))
    divided = slice(len(rows) - len(row), None)

    def taken(table):
        return replace(
            table,
            **{
                name: column[rows] for name in table.__slots__ if isinstance(column := getattr(table, name), np.ndarray)
            },
        )

    rules = taken(lines.rules)
    rules.open_qty[divided] = open_qty
    parts = np.ones(len(rows), np.int64)
    parts[divided] = number_of
    return replace(taken(lines), rules=replace(rules, part=parts))


def _incoming(connection, supplier_rows, sku_rows, quoted):
    order, line = models.PurchaseOrder, models.PurchaseOrderLine
    po_ids, supplier_id, ordered_on, po_promised, po_expected, numbers = columns(
        connection,
        select(
            number(order.id),
            number(order.supplier_id),
            number(order.ordered_on),
            number(order.promised_date),
            number(order.expected_date),
            text(order.number),
        ).where(order.status.in_(SUPPLYING_STATUSES)),
    )
    ids, po_id, line_no, sku_id, open_qty, promised, expected, first_promise = columns(
        connection,
        select(
            number(line.id),
            number(line.purchase_order_id),
            number(line.line_no),
            number(line.sku_id),
            number(line.qty_open),
            number(line.promised_date),
            number(line.expected_date),
            number(line.first_promise),
        ).where(line.qty_open > 0),
    )
    of = Rows(po_ids).of(po_id)
    supplier, sku = supplier_rows.of(supplier_id)[of], sku_rows.of(sku_id)
    rank = text_ranks(numbers)
    line_rank = np.empty(len(ids), np.int64)
    line_rank[sorting(rank[of], line_no)] = np.arange(len(ids))
    return Incoming(
        ids,
        po_id,
        sku,
        open_qty,
        promises.SupplyFacts(
            supplier,
            line_rank,
            np.where(known(expected), expected, po_expected[of]),
            np.where(known(promised), promised, po_promised[of]),
            ordered_on[of],
            quoted.of(supplier, sku),
            first_promise,
        ),
    )


def _skus(connection, ids, rows, planned, typed_safety, preferred):
    estimate = models.DemandEstimate
    sku_id, safety, emptied_on, in_history, spike = columns(
        connection,
        select(
            number(estimate.sku_id),
            number(estimate.safety_stock),
            number(estimate.shelf_emptied_on),
            flag(estimate.emptied_in_history),
            flag(estimate.spike),
        ),
    )
    of = rows.of(sku_id)
    computed, emptied, by_history, spiked = (np.full(len(ids), fill) for fill in (NONE, NONE, 0, 0))
    computed[of], emptied[of], by_history[of], spiked[of] = safety, emptied_on, in_history, spike
    low = known(typed_safety) & known(computed) & (typed_safety < computed)
    return Skus(ids, planned, low, preferred, spiked == 1, emptied, by_history == 1)


def _shelf(connection, sku_rows, location_rows):
    stock = models.Stock
    ids, sku_id, location_id, on_hand, reserved = columns(
        connection,
        select(
            number(stock.id),
            number(stock.sku_id),
            number(stock.location_id),
            number(stock.on_hand),
            number(stock.reserved),
        ),
    )
    return Shelf(ids, allocation.Stock(sku_rows.of(sku_id), location_rows.of(location_id), on_hand), reserved)


def _holds(connection, lines, incoming, location_rows):
    hold = models.Hold
    line_id, part, kind, location_id, po_line_id, qty = columns(
        connection,
        select(
            number(hold.line_id),
            number(hold.part),
            code(hold.kind, allocation.HELD_NAMES),
            number(hold.location_id),
            number(hold.purchase_order_line_id),
            number(hold.qty),
        ).where(hold.ended_at.is_(None)),
    )
    if not len(line_id):
        return allocation.Holds.none()
    parts = int(max(part.max(), lines.rules.part.max(initial=1))) + 1
    by = np.argsort(lines.id * parts + lines.rules.part)
    keys = (lines.id * parts + lines.rules.part)[by]
    wanted = line_id * parts + part
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1) if len(keys) else np.zeros(len(wanted), np.int64)
    # A hold of a line that is no longer open holds nothing.
    live = keys[at] == wanted if len(keys) else np.zeros(len(wanted), bool)
    return allocation.Holds(
        by[at[live]],
        kind[live],
        location_rows.of(location_id[live]),
        Rows(incoming.id).of(po_line_id[live]),
        qty[live],
    )
