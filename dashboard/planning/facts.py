"""What planning reads: the open lines, what they hang on, and the supply there is, as columns.

Tables are read and joined here by row number rather than by the database: a million lines cost one pass each. Whole,
or as much of each as some lines need (dashboard/planning/neighbourhood.py); each question is put into SQL once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import cache

import numpy as np
from sqlalchemy import ColumnElement, func, or_, select

from dashboard import models
from dashboard.bulk import Among, Rows, Words, by_text, code, columns, flag, gather, number, text, text_ranks
from dashboard.database import day_number
from dashboard.domain import allocation, promises
from dashboard.domain.cancellation_model import Model
from dashboard.domain.causes import CAUSES, NOT_SET
from dashboard.domain.columns import NONE, known, sorting
from dashboard.domain.deadlines import Region, Told
from dashboard.domain.expiring_payments import good_through
from dashboard.domain.lead_times import Observations
from dashboard.domain.likely_dates import Lateness
from dashboard.estimates.cancellation import points_query, scoring
from dashboard.estimates.likely_dates import read_lateness_learnt, read_shifts
from dashboard.estimates.terms import Quoted, read_terms
from dashboard.models.authorizations import SPENT_STATES
from dashboard.models.customers import DEFAULT_PRIORITY_CLASS
from dashboard.models.purchase_orders import SUPPLYING_STATUSES
from dashboard.planning.notices import read_told

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
    told: Told  # of its slips


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
class Risk:
    """What the model that scores knows of each open part beforehand; NONE where it knows nothing of one."""

    model: Model | None  # None: nothing was learnt, and the prior scores
    points: np.ndarray
    promise: np.ndarray


@dataclass(frozen=True, slots=True)
class Marks:
    """What is asked of each order, open line and SKU beside the facts, as numbers over the columns of their tables."""

    orders: ColumnElement[int] | None = None
    lines: ColumnElement[int] | None = None
    skus: ColumnElement[int] | None = None


NO_MARKS = Marks()


@dataclass(frozen=True, slots=True)
class Marked:
    """The answers, by row; None where nothing was asked."""

    orders: np.ndarray | None = None
    lines: np.ndarray | None = None
    skus: np.ndarray | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    today: int
    region: Region
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
    lateness_learnt: Lateness  # by row of the supplier and the SKU
    words: Words
    risk: Risk
    marked: Marked = Marked()


def read_facts(connection, *, today: date, region: Region, marks: Marks = NO_MARKS) -> Facts:
    """Every fact on which the plan of a day hangs."""
    words = Words()
    location_ids = read_locations(connection)
    location_rows = Rows(location_ids)
    suppliers = read_suppliers(connection)
    supplier_rows = Rows(suppliers.id)
    order_cells, orders_marked = _marked(connection, _orders_query(False), marks.orders)
    orders = read_orders(connection, order_cells, location_rows, words)
    del order_cells
    sku_cells, skus_marked = _marked(connection, _skus_query(False), marks.skus)
    sku_ids = sku_cells[0]
    sku_rows = Rows(sku_ids)
    line_cells, lines_marked = _marked(connection, _lines_query("all"), marks.lines)
    lines = read_lines(connection, line_cells, Rows(orders.id), sku_rows, suppliers)
    if lines_marked is not None:
        lines_marked = lines_marked[Rows(line_cells[0]).of(lines.id)]  # by part
    del line_cells
    quoted, preferred = read_terms(connection, supplier_rows, sku_rows)
    shifts = read_shifts(connection, supplier_rows, sku_rows)
    incoming = read_incoming(connection, supplier_rows, sku_rows, quoted, shifts)
    return Facts(
        day_number(today),
        region,
        lines,
        orders,
        incoming,
        read_shelf(connection, sku_rows, location_rows),
        read_skus(connection, sku_cells, preferred),
        read_holds(connection, lines, incoming, location_rows),
        location_ids,
        suppliers.id,
        quoted,
        read_lateness(connection, supplier_rows),
        read_lateness_learnt(connection, supplier_rows),
        words,
        read_risk(connection, lines.id),
        Marked(orders_marked, lines_marked, skus_marked),
    )


def _marked(connection, query, mark):
    """The columns of a query, and what marks its rows, if anything does."""
    if mark is None:
        return columns(connection, query), None
    *cells, marked = columns(connection, query.add_columns(mark))
    return cells, marked


def read_risk(connection, line_ids, **listed) -> Risk:
    """What is kept of some parts (by their lines) for the model that scores; of all lines, or of those `listed`."""
    current = scoring(connection)
    if current is None:
        return Risk(None, line_ids, line_ids)
    ids, points, promise = columns(connection, points_query(current.id, bool(listed)), **listed)
    if not len(ids):
        nothing = np.full(len(line_ids), NONE)
        return Risk(current.model, nothing, nothing)
    row = Rows(ids).of(line_ids)
    return Risk(current.model, gather(points, row, NONE), gather(promise, row, NONE))


@dataclass(frozen=True, slots=True)
class Suppliers:
    """One row a supplier."""

    id: np.ndarray
    dropship: np.ndarray


@cache
def _suppliers_query():
    return select(number(models.Supplier.id), flag(models.Supplier.dropship.is_(True)))


def read_suppliers(connection):
    return Suppliers(*columns(connection, _suppliers_query()))


@cache
def _locations_query():
    return select(number(models.Location.id), text(models.Location.code))


def read_locations(connection):
    """The ids of all locations in the order of their codes."""
    ids, codes = columns(connection, _locations_query())
    return ids[by_text(codes)]


@cache
def _skus_query(listed):
    query = select(
        number(models.Sku.id),
        flag(models.Sku.backorder_policy == "planned"),
        number(models.Sku.safety_stock),
    )
    return query.where(Among(models.Sku.id, "skus")) if listed else query


@cache
def _orders_query(listed):
    order = models.Order
    query = select(
        number(order.id),
        number(order.customer_id),
        number(order.placed_at),
        number(order.placed_on),
        number(order.priority),
        flag(order.ship_complete),
        number(order.location_id),
        number(order.payment_method_id),
        number(order.last_date),
        number(order.not_before),
        flag(order.credit_applied),
        text(order.channel) + BETWEEN + text(order.currency),
    )
    if listed:
        return query.where(Among(order.id, "orders"))
    # Joined rather than asked for by IN: the sorted ids lead SQLite through the table once.
    still_open = select(models.OrderLine.order_id).where(models.OrderLine.qty_open > 0).distinct().subquery()
    return query.select_from(still_open).join(order, order.id == still_open.c.order_id)


def order_columns(connection, listed):
    """What the table says of listed orders, as `read_orders` takes it."""
    return columns(connection, _orders_query(True), orders=listed)


def read_orders(connection, cells, location_rows, words, *, listed=False):
    """Orders with their customers' tiers and means of payment. `cells` are the columns of their table; `listed` says
    that it is not every order with an open line.
    """
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
        not_before,
        credit_applied,
        words_of,
    ) = cells
    # Few pairs of channel and currency: each is taken apart once.
    pairs = Words()
    pair = pairs.numbers(words_of)
    channel, currency = (
        words.numbers([both.split(BETWEEN)[place] for both in pairs.words])[pair] if pairs.words else pair
        for place in (0, 1)
    )
    customers = {"customers": np.unique(customer_id)} if listed else {}
    tier = _tiers(connection, customer_id, words, customers)
    rules = allocation.Orders(
        np.where(known(priority), priority, _tier_priorities(connection, words)[tier]),
        _places(connection, ids, placed_at),
        ship_complete == 1,
        location_rows.of(location_id),
        not_before,
    )
    if listed:
        customers["methods"] = np.unique(payment_method_id[known(payment_method_id)])
    return OpenOrders(
        ids,
        rules,
        customer_id,
        placed_on,
        last_date,
        credit_applied == 1,
        _cards(connection, customer_id, payment_method_id, customers),
        _authorisations(connection, Rows(ids), len(ids), {"orders": ids} if listed else {}),
        channel.astype(np.int32),
        currency.astype(np.int32),
        tier.astype(np.int32),
    )


@cache
def _turns_query():
    order, customer, tier = models.Order, models.Customer, models.TierPriority
    return (
        select(
            number(order.id),
            number(order.placed_at),
            number(func.coalesce(order.priority, tier.priority_class, DEFAULT_PRIORITY_CLASS), 0),
        )
        .join(customer, customer.id == order.customer_id)
        .outerjoin(tier, tier.tier == customer.tier)
        .where(Among(order.id, "orders"))
    )


class Turns:
    """The turn of each of some orders, by id."""

    def __init__(self, ids, turn):
        self._rows, self._turn = Rows(ids), turn

    def of(self, ids):
        return self._turn[self._rows.of(ids)]


def read_turns(connection, orders) -> Turns:
    """In which order some orders (ids) are served, by the one queue that they share."""
    ids, placed_at, priority = columns(connection, _turns_query(), orders=orders)
    by = sorting(priority, _places(connection, ids, placed_at))
    turn = np.empty(len(by), np.int64)
    turn[by] = np.arange(len(by))
    return Turns(ids, turn)


@cache
def _numbers_query():
    return select(number(models.Order.id), text(models.Order.number)).where(Among(models.Order.id, "orders"))


def _places(connection, ids, placed_at):
    """The rank of each order by its moment, and by its number (by code point) among those of one moment."""
    by = sorting(placed_at)
    moments = placed_at[by]
    alike = np.zeros(len(by), bool)
    alike[1:] = moments[1:] == moments[:-1]
    alike[:-1] |= alike[1:]
    rows = by[alike]
    if len(rows):
        order_id, numbers = columns(connection, _numbers_query(), orders=ids[rows])
        rows = Rows(ids).of(order_id)
        by[alike] = rows[np.lexsort((text_ranks(numbers), placed_at[rows]))]
    place = np.empty(len(by), np.int64)
    place[by] = np.arange(len(by))
    return place


@cache
def _tiers_query(listed):
    customer = models.Customer
    query = select(number(customer.id), text(customer.tier)).where(customer.tier.isnot(None))
    return query.where(Among(customer.id, "customers")) if listed else query


def _tiers(connection, customer_id, words, listed):
    customers, tiers = columns(connection, _tiers_query(bool(listed)), **listed)
    # The empty word is that of customers without a tier.
    tier = np.append(words.numbers(tiers), words.numbers([""]))
    return tier[Rows(customers).of(customer_id)]


@cache
def _tier_priorities_query():
    return select(number(models.TierPriority.priority_class), text(models.TierPriority.tier))


def _tier_priorities(connection, words):
    """The priority class of each word, as a tier."""
    classes, tiers = columns(connection, _tier_priorities_query())
    listed = dict(zip(tiers, classes.tolist(), strict=True))
    return np.array([listed.get(word, DEFAULT_PRIORITY_CLASS) for word in words.words], np.int64)


@cache
def _cards_query(listed):
    method = models.PaymentMethod
    query = select(
        number(method.id),
        number(method.customer_id),
        flag(method.is_default.is_(True)),
        func.coalesce(method.exp_year * MONTHS + method.exp_month, 0),
    )
    return query.where(or_(Among(method.customer_id, "customers"), Among(method.id, "methods"))) if listed else query


def _cards(connection, customer_id, payment_method_id, listed):
    """The last good day of each order's means of payment: its own, else its customer's default (the first by id where
    several are marked).
    """
    ids, owner, default, months = columns(connection, _cards_query(bool(listed)), **listed)
    until = good_through(
        np.where(months > 0, (months - 1) // MONTHS, NONE), np.where(months > 0, (months - 1) % MONTHS + 1, NONE)
    )
    defaults = _first_by_code(connection, ids, owner, np.flatnonzero(default))
    own = Rows(ids).of(payment_method_id)
    fallback = gather(defaults, Rows(owner[defaults]).of(customer_id), NOBODY)
    return gather(until, np.where(known(payment_method_id), own, fallback), NONE)


@cache
def _method_codes_query():
    method = models.PaymentMethod
    return select(number(method.id), text(method.code)).where(Among(method.id, "methods"))


def _first_by_code(connection, ids, owner, defaults):
    """One default of each customer: the first by id where several are marked."""
    several = np.bincount(owner[defaults], minlength=1)[owner[defaults]] > 1
    rows = defaults[several]
    if not len(rows):
        return defaults
    method_id, codes = columns(connection, _method_codes_query(), methods=ids[rows])
    rows = Rows(ids).of(method_id)
    rows = rows[np.lexsort((text_ranks(codes), owner[rows]))]
    first = np.diff(owner[rows], prepend=-1) != 0
    return np.concatenate((defaults[~several], rows[first]))


@cache
def _authorisations_query(listed):
    live = models.Authorization
    query = (
        select(number(live.order_id), func.max(number(live.expires_on)))
        .where(live.expires_on.isnot(None), func.lower(func.coalesce(live.state, "")).not_in(SPENT_STATES))
        .group_by(live.order_id)
    )
    return query.where(Among(live.order_id, "orders")) if listed else query


def _authorisations(connection, order_rows, orders, listed):
    """Of each order's authorisations that can still be captured, the last good day of the one that lives longest."""
    order_id, until = columns(connection, _authorisations_query(bool(listed)), **listed)
    days = np.full(orders + 1, NONE)
    days[order_rows.of(order_id)] = until
    return days[:-1]


@cache
def _lines_query(of):
    """The columns of open lines: of `all`, of listed `skus`, or of listed `orders`."""
    line = models.OrderLine
    query = select(
        number(line.id),
        number(line.order_id),
        number(line.line_no),
        number(line.sku_id),
        number(line.qty_open),
        number(line.unit_price),
        number(line.current_promise),
        number(line.supplier_id),
        code(line.staff_cause, CAUSES, NOT_SET),
    ).where(line.qty_open > 0)
    if of == "all":
        return query
    return query.where(Among(line.sku_id, of) if of == "skus" else Among(line.order_id, of))


def line_columns(connection, of, listed):
    """What the table says of the open lines of listed `skus` or `orders`, as `read_lines` takes it."""
    return columns(connection, _lines_query(of), **{of: listed})


def read_lines(connection, cells, order_rows, sku_rows, suppliers, *, listed=False):
    """Open lines by their parts. `cells` are the columns of their table; `listed` says that it is not all of it."""
    ids, order_id, line_no, sku_id, open_qty, unit_price, promise, supplier_id, staff_cause = cells
    supplier = Rows(suppliers.id).of(supplier_id)
    rules = allocation.Lines(
        order_rows.of(order_id),
        line_no,
        np.ones(len(ids), np.int8),
        sku_rows.of(sku_id),
        open_qty,
        gather(suppliers.dropship, supplier, 0) == 1,
    )
    nothing = np.zeros(0, np.int64)
    untold = Told(nothing, nothing, nothing == 1, nothing == 1)
    lines = OpenLines(ids, rules, unit_price, promise, supplier, staff_cause.astype(np.int8), untold)
    only = {"lines": ids} if listed else {}
    lines = _with_ranks(connection, _with_parts(connection, lines, only), only)
    told = read_told(connection, lambda line_id, part: part_rows(lines, line_id, part), len(lines.id), **only)
    return replace(lines, told=told)


@cache
def _ranks_query(listed):
    row = models.DealRank
    query = select(number(row.line_id), number(row.part), number(row.rank)).where(row.in_force)
    return query.where(Among(row.line_id, "lines")) if listed else query


def _with_ranks(connection, lines, listed):
    """The same lines with the ranks that committed runs gave them."""
    line_id, part, stored = columns(connection, _ranks_query(bool(listed)), **listed)
    row = part_rows(lines, line_id, part)
    if not (row != NOBODY).any():
        return lines
    rank = np.full(len(lines.id), allocation.NOT_RANKED)
    stored = np.where(stored == 0, allocation.STANDS_BACK, stored)
    rank[row[row != NOBODY]] = stored[row != NOBODY]
    return replace(lines, rules=replace(lines.rules, rank=rank))


@cache
def _parts_query(listed):
    part = models.LinePart
    query = (
        select(
            number(part.line_id),
            number(part.part),
            number(part.qty) - number(part.qty_shipped) - number(part.qty_cancelled),
        )
        .join(models.OrderLine, models.OrderLine.id == part.line_id)
        .where(models.OrderLine.qty_open > 0)
    )
    return query.where(Among(part.line_id, "lines")) if listed else query


def _with_parts(connection, lines, listed):
    """Puts the open parts of divided lines in the place of the lines."""
    line_id, number_of, open_qty = columns(connection, _parts_query(bool(listed)), **listed)
    if not len(line_id):
        return lines
    row = Rows(lines.id).of(line_id)
    whole = np.ones(len(lines.id), bool)
    whole[row] = False
    row, number_of, open_qty = row[open_qty > 0], number_of[open_qty > 0], open_qty[open_qty > 0]
    rows = np.concatenate((np.flatnonzero(whole), row))
    divided = slice(len(rows) - len(row), None)

    rules = taken(lines.rules, rows)
    rules.open_qty[divided] = open_qty
    parts = np.ones(len(rows), np.int64)
    parts[divided] = number_of
    return replace(taken(lines, rows), rules=replace(rules, part=parts))


def taken(table, rows):
    """A table of columns with only these rows, in this order; a table within it stays as it is."""
    return replace(
        table,
        **{name: column[rows] for name in table.__slots__ if isinstance(column := getattr(table, name), np.ndarray)},
    )


@cache
def _purchase_orders_query(listed):
    order = models.PurchaseOrder
    query = select(
        number(order.id),
        number(order.supplier_id),
        number(order.ordered_on),
        number(order.promised_date),
        number(order.expected_date),
        text(order.number),
    ).where(order.status.in_(SUPPLYING_STATUSES))
    return query.where(Among(order.id, "purchase_orders")) if listed else query


@cache
def _purchase_order_lines_query(listed):
    line = models.PurchaseOrderLine
    query = select(
        number(line.id),
        number(line.purchase_order_id),
        number(line.line_no),
        number(line.sku_id),
        number(line.qty_open),
        number(line.promised_date),
        number(line.expected_date),
        number(line.first_promise),
    ).where(line.qty_open > 0)
    return query.where(or_(Among(line.sku_id, "skus"), Among(line.id, "supplies"))) if listed else query


def read_incoming(connection, supplier_rows, sku_rows, quoted, shifts, **listed):
    """Every open purchase-order line that supplies; or those of listed `skus` and those listed as `supplies`."""
    ids, po_id, line_no, sku_id, open_qty, promised, expected, first_promise = columns(
        connection, _purchase_order_lines_query(bool(listed)), **listed
    )
    orders = {"purchase_orders": np.unique(po_id)} if listed else {}
    po_ids, supplier_id, ordered_on, po_promised, po_expected, numbers = columns(
        connection, _purchase_orders_query(bool(listed)), **orders
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
            shifts.of(supplier, sku),
        ),
    )


@cache
def _estimates_query(listed):
    estimate = models.DemandEstimate
    query = select(
        number(estimate.sku_id),
        number(estimate.safety_stock),
        number(estimate.shelf_emptied_on),
        flag(estimate.emptied_in_history),
        flag(estimate.spike),
    )
    return query.where(Among(estimate.sku_id, "skus")) if listed else query


def read_sku_facts(connection, listed):
    """What the tables say of listed SKUs, as `read_skus` takes it."""
    return columns(connection, _skus_query(True), skus=listed)


def read_skus(connection, cells, preferred, **listed):
    """SKUs with what was learnt of them; `cells` are the columns of their table."""
    ids, planned, typed_safety = cells
    sku_id, safety, emptied_on, in_history, spike = columns(connection, _estimates_query(bool(listed)), **listed)
    of = Rows(ids).of(sku_id)
    computed, emptied, by_history, spiked = (np.full(len(ids), fill) for fill in (NONE, NONE, 0, 0))
    computed[of], emptied[of], by_history[of], spiked[of] = safety, emptied_on, in_history, spike
    low = known(typed_safety) & known(computed) & (typed_safety < computed)
    return Skus(ids, planned == 1, low, preferred, spiked == 1, emptied, by_history == 1)


@cache
def _lateness_query(listed):
    count = models.LatenessCount
    query = select(number(count.supplier_id), number(count.lateness_days), number(count.receipts))
    return query.where(Among(count.supplier_id, "suppliers")) if listed else query


def read_lateness(connection, supplier_rows, **listed):
    supplier, lateness, receipts = columns(connection, _lateness_query(bool(listed)), **listed)
    return Observations.from_counts(supplier_rows.of(supplier), lateness, receipts)


@cache
def _shelf_query(listed):
    stock = models.Stock
    query = select(
        number(stock.id),
        number(stock.sku_id),
        number(stock.location_id),
        number(stock.on_hand),
        number(stock.reserved),
    )
    return query.where(Among(stock.sku_id, "skus")) if listed else query


def read_shelf(connection, sku_rows, location_rows, **listed):
    ids, sku_id, location_id, on_hand, reserved = columns(connection, _shelf_query(bool(listed)), **listed)
    return Shelf(ids, allocation.Stock(sku_rows.of(sku_id), location_rows.of(location_id), on_hand), reserved)


@cache
def _holds_query(listed):
    hold = models.Hold
    query = select(
        number(hold.line_id),
        number(hold.part),
        code(hold.kind, allocation.HELD_NAMES),
        number(hold.location_id),
        number(hold.purchase_order_line_id),
        number(hold.qty),
    ).where(hold.ended_at.is_(None))
    return query.where(Among(hold.line_id, "lines")) if listed else query


def read_holds(connection, lines, incoming, location_rows, /, **listed):
    line_id, part, kind, location_id, po_line_id, qty = columns(connection, _holds_query(bool(listed)), **listed)
    if not len(line_id):
        return allocation.Holds.none()
    row = part_rows(lines, line_id, part)
    # A hold of a line that is no longer open holds nothing; a tie to supply of another SKU waits for nothing.
    live = row != NOBODY
    row = row[live]
    supply = Rows(incoming.id).of(po_line_id[live])
    supply = np.where(gather(incoming.sku, supply, NOBODY) == lines.rules.sku[row], supply, NOBODY)
    return allocation.Holds(row, kind[live], location_rows.of(location_id[live]), supply, qty[live])


def part_rows(lines, line_id, part):
    """The row of each line id and part, NOBODY where it is not there."""
    if not len(lines.id):
        return np.full(len(line_id), NOBODY)
    parts = int(max(part.max(initial=1), lines.rules.part.max(initial=1))) + 1
    keys = lines.id * parts + lines.rules.part
    by = np.argsort(keys)
    keys = keys[by]
    wanted = line_id * parts + part
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[at] == wanted, by[at], NOBODY)
