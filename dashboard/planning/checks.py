"""Whether what is stored is what the facts say: every copy, the plan, and its sums."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

import numpy as np
from sqlalchemy import and_, case, func, or_, select, type_coerce
from sqlalchemy.types import Integer

from dashboard import clock, estimates, models, settings
from dashboard.bulk import Words, code, columns, flag, number
from dashboard.database import Day, db
from dashboard.domain.allocation import HELD_NAMES
from dashboard.domain.cancellation_risk import NOT_SCORED, WHOLE
from dashboard.domain.causes import CAUSES
from dashboard.domain.deadlines import DEADLINE_KINDS
from dashboard.domain.expiring_payments import PAYMENT_STATES
from dashboard.domain.promises import ETA_BASES
from dashboard.estimates import supplier_figures
from dashboard.models.purchase_orders import SUPPLYING_STATUSES
from dashboard.planning import summaries, supply_figures
from dashboard.planning.counted import read_tags
from dashboard.planning.counted import stored as stored_rows
from dashboard.planning.derive import PegRows, ReservationRows, ReservedRows, WaitingRows, derive
from dashboard.planning.facts import read_facts
from dashboard.planning.stock_figures import check_figures

# So many rows of one kind are named; of the rest only the count.
NAMED = 5


def check() -> Iterator[str]:
    """Every finding as a sentence that names the row; nothing where all is well."""
    connection = db.session().connection()
    yield from _copies_of_lines(connection)
    yield from _copies_of_purchases(connection)
    yield from _stock(connection)
    yield from _columns_of_waiting(connection)
    yield from _plan(connection)


def _named(rows, sentence) -> Iterator[str]:
    """The first few rows as sentences, and how many more there are."""
    for row in rows[:NAMED]:
        yield sentence(*row)
    if len(rows) > NAMED:
        yield f"… and {len(rows) - NAMED} more like the last."


def _copies_of_lines(connection):
    line, order = models.OrderLine, models.Order
    shipped, cancelled = (
        select(model.line_id, func.sum(model.qty).label("units")).group_by(model.line_id).subquery()
        for model in (models.ShipmentLine, models.Cancellation)
    )
    units_shipped, units_cancelled = func.coalesce(shipped.c.units, 0), func.coalesce(cancelled.c.units, 0)
    is_open = case((order.status == "open", line.qty - units_shipped - units_cancelled), else_=0)
    for name, copy, fact in (
        ("shipped", line.qty_shipped, units_shipped),
        ("cancelled", line.qty_cancelled, units_cancelled),
        ("open", line.qty_open, is_open),
    ):
        found = connection.execute(
            select(order.number, line.line_no, copy, fact)
            .join(order, order.id == line.order_id)
            .outerjoin(shipped, shipped.c.line_id == line.id)
            .outerjoin(cancelled, cancelled.c.line_id == line.id)
            .where(copy != fact)
            .order_by(order.number, line.line_no)
        ).all()
        yield from _named(
            found,
            lambda number, line_no, copy, fact, name=name: (
                f"order line {number}/{line_no}: {copy} units are noted as {name}, the facts say {fact}"
            ),
        )
    part = models.LinePart
    parts = (
        select(part.line_id, func.sum(part.qty).label("units"), func.sum(part.qty_shipped).label("shipped"))
        .group_by(part.line_id)
        .subquery()
    )
    found = connection.execute(
        select(order.number, line.line_no, parts.c.units, line.qty)
        .join(order, order.id == line.order_id)
        .join(parts, parts.c.line_id == line.id)
        .where(or_(parts.c.units != line.qty, parts.c.shipped != line.qty_shipped))
    ).all()
    yield from _named(
        found,
        lambda number, line_no, units, qty: f"order line {number}/{line_no}: its parts sum to {units} units of {qty}",
    )


def _copies_of_purchases(connection):
    line, order, receipt = models.PurchaseOrderLine, models.PurchaseOrder, models.ReceiptLine
    received = (
        select(receipt.purchase_order_line_id, func.sum(receipt.qty).label("units"))
        .where(receipt.reversed_at.is_(None))
        .group_by(receipt.purchase_order_line_id)
        .subquery()
    )
    units = func.coalesce(received.c.units, 0)
    is_open = case((and_(order.status.in_(SUPPLYING_STATUSES), line.qty > units), line.qty - units), else_=0)
    for name, copy, fact in (("received", line.qty_received, units), ("open", line.qty_open, is_open)):
        found = connection.execute(
            select(order.number, line.line_no, copy, fact)
            .join(order, order.id == line.purchase_order_id)
            .outerjoin(received, received.c.purchase_order_line_id == line.id)
            .where(copy != fact)
            .order_by(order.number, line.line_no)
        ).all()
        yield from _named(
            found,
            lambda number, line_no, copy, fact, name=name: (
                f"purchase order line {number}/{line_no}: {copy} units are noted as {name}, the facts say {fact}"
            ),
        )
    peg = models.Peg
    found = connection.execute(
        select(order.number, line.line_no, func.sum(peg.qty), line.qty_open)
        .join(line, line.id == peg.purchase_order_line_id)
        .join(order, order.id == line.purchase_order_id)
        .group_by(order.number, line.line_no, line.qty_open)
        .having(func.sum(peg.qty) > line.qty_open)
    ).all()
    yield from _named(
        found,
        lambda number, line_no, pegged, open_qty: (
            f"purchase order line {number}/{line_no}: {pegged} units are pegged, only {open_qty} are open"
        ),
    )


def _stock(connection):
    stock, reservation = models.Stock, models.Reservation
    held = (
        select(reservation.sku_id, reservation.location_id, func.sum(reservation.qty).label("units"))
        .group_by(reservation.sku_id, reservation.location_id)
        .subquery()
    )
    units = func.coalesce(held.c.units, 0)
    found = connection.execute(
        select(models.Sku.code, models.Location.code, stock.reserved, units, stock.on_hand)
        .select_from(stock)
        .join(models.Sku, models.Sku.id == stock.sku_id)
        .join(models.Location, models.Location.id == stock.location_id)
        .outerjoin(held, and_(held.c.sku_id == stock.sku_id, held.c.location_id == stock.location_id))
        .where(or_(stock.reserved != units, units > stock.on_hand))
        .order_by(models.Sku.code, models.Location.code)
    ).all()
    yield from _named(
        found,
        lambda sku, location, copy, fact, on_hand: (
            f"stock of {sku} at {location}: {copy} units are noted as reserved, reservations sum to {fact}, "
            f"{on_hand} are on hand"
        ),
    )


def _columns_of_waiting(connection):
    """What a row of the worklist repeats of its order, line, customer and SKU, and what its own columns say twice."""
    row, order, line = models.Waiting, models.Order, models.OrderLine
    customer, sku = models.Customer, models.Sku
    chance = func.coalesce(row.cancel_risk, 0)
    repeated = (
        (row.order_id, order.id),
        (row.order_number, order.number),
        (row.line_no, line.line_no),
        (row.customer_id, order.customer_id),
        (row.sku_id, line.sku_id),
        (row.sku, sku.code),
        (row.channel, func.coalesce(order.channel, "")),
        (row.tier, func.coalesce(customer.tier, "")),
        (row.currency, func.coalesce(order.currency, "")),
        (row.placed_at, order.placed_at),
        (row.placed_on, order.placed_on),
        (row.qty_backordered, row.qty_open - row.qty_reserved),
        (row.value_at_risk, row.value // WHOLE * chance + (row.value % WHOLE * chance + WHOLE // 2) // WHOLE),
        (
            func.coalesce(type_coerce(row.first_promise, Integer), -1),
            func.coalesce(type_coerce(line.first_promise, Integer), -1),
        ),
    )
    found = connection.execute(
        select(order.number, line.line_no)
        .select_from(row)
        .join(line, line.id == row.line_id)
        .join(order, order.id == line.order_id)
        .join(customer, customer.id == order.customer_id)
        .join(sku, sku.id == line.sku_id)
        .where(or_(*(one != other for one, other in repeated)))
        .order_by(order.number, line.line_no)
    ).all()
    yield from _named(
        found,
        lambda number, line_no: f"worklist row of {number}/{line_no}: it repeats its order, line or chance wrongly",
    )


def _plan(connection):
    """The stored plan, row by row and cell by cell, beside one derived now."""
    today = clock.today()
    facts = read_facts(connection, today=today, region=settings.clock_rule())
    plan = derive(facts, lambda skus, days: estimates.judge_spikes(connection, skus, days))
    if estimates.is_stale(connection):
        yield "estimates: history changed since they were learnt; run flask plan"
    stored_day = connection.scalar(select(models.PlanState.shop_day))
    if stored_day is not None and stored_day != today:
        yield f"plan: it was derived for {stored_day}, the shop's day is {today}; run flask plan"
    if len(plan.spikes.sku_id):
        yield f"estimates: the shelf of {len(plan.spikes.sku_id)} SKUs emptied on another day than is noted"
    yield from supplier_figures.findings(connection, facts.today)
    yield from supply_figures.findings(connection, facts, plan)
    waiting, reserved = models.Waiting, models.LinePlan
    yield from _same(
        connection, "line_plans", plan.reserved, _whole_numbers(reserved, ReservedRows), plan.reserved_digest, reserved
    )
    yield from _same(
        connection,
        "reservations",
        plan.reservations,
        _whole_numbers(models.Reservation, ReservationRows, held=HELD_NAMES),
    )
    yield from _same(connection, "pegs", plan.pegs, _whole_numbers(models.Peg, PegRows))
    yield from _same(
        connection,
        "waiting",
        plan.waiting,
        _whole_numbers(
            waiting,
            WaitingRows,
            cause=CAUSES,
            eta_basis=ETA_BASES,
            deadline_kind=DEADLINE_KINDS,
            payment_state=PAYMENT_STATES,
        ),
        plan.waiting_digest,
        waiting,
    )
    yield from check_figures(connection, facts, plan)
    yield from _sums(connection, facts.today)


def _whole_numbers(model, table, **words):
    """A stored table's columns as planning derives them."""
    source = {}
    for field in fields(table):
        column = getattr(model, field.name)
        if field.name in words:
            source[field.name] = code(column, words[field.name])
        elif column.type.python_type is bool:
            source[field.name] = flag(column.is_(True))
        elif field.name == "cancel_risk":
            source[field.name] = number(column, NOT_SCORED)
        else:
            source[field.name] = number(column)
    return source


def _same(connection, name, derived, source, digest=None, model=None):
    names = list(source)
    expected = [getattr(derived, one) for one in names]
    if digest is not None:
        names.append("digest")
        expected.append(digest)
        source = source | {"digest": number(model.digest)}
    stored = _in_one_order(columns(connection, select(*source.values())))
    expected = _in_one_order(expected)
    if np.array_equal(stored, expected):
        return
    found = set(map(tuple, stored.T.tolist())) ^ set(map(tuple, expected.T.tolist()))
    lines = sorted({row[0] for row in found})
    named = ", ".join(str(line) for line in lines[:NAMED])
    yield (
        f"{name}: {len(lines)} order lines differ from a plan derived now (ids {named}"
        f"{' …' if len(lines) > NAMED else ''}); run flask plan"
    )


def _in_one_order(table):
    """Columns as one array, its rows in an order that depends on nothing but themselves."""
    rows = np.array(table, np.int64)
    return rows[:, np.lexsort(rows[::-1])]


def _sums(connection, today):
    words = Words()
    rows = stored_rows(connection, words)
    tags = read_tags(connection, words, rows.line_id)
    for table in summaries.EVERY_SUMS:
        expected = summaries.must_hold(table, rows, tags, words, today)
        columns_of = [getattr(table.model, name) for name in (*table.all_keys, *table.sums)]
        cells = [type_coerce(one, Integer) if isinstance(one.type, Day) else one for one in columns_of]
        width = len(table.all_keys)
        stored = {tuple(row[:width]): tuple(row[width:]) for row in connection.execute(select(*cells))}
        differing = sorted(
            (key for key in stored.keys() | expected.keys() if stored.get(key) != expected.get(key)), key=str
        )
        yield from _named(
            [(key,) for key in differing],
            lambda key, name=table.model.__tablename__, stored=stored, expected=expected: (
                f"{name} {'/'.join(map(str, key))}: {stored.get(key)} stored, the worklist sums to {expected.get(key)}"
            ),
        )
