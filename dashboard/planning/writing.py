"""Writes the difference between the plan as stored and the plan as derived, and nothing else.

A full rewrite would make readers and other writers wait for seconds. What changed goes into a temporary table of whole
numbers, and from there by one statement a table; whatever a list shows beside what was derived (order numbers, words)
is joined in on the way.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from functools import cache

import numpy as np
from sqlalchemy import and_, case, delete, exists, func, insert, select, tuple_, update

from dashboard import models
from dashboard.bulk import Among, columns, number, run, staged, upsert_of
from dashboard.domain.allocation import HELD_NAMES
from dashboard.domain.cancellation_risk import NOT_SCORED, value_at_risk
from dashboard.domain.causes import CAUSES
from dashboard.domain.columns import NONE, sorting
from dashboard.domain.deadlines import DEADLINE_KINDS
from dashboard.domain.expiring_payments import PAYMENT_STATES
from dashboard.domain.promises import ETA_BASES
from dashboard.planning.derive import PegRows, Plan, ReservationRows, ReservedRows, WaitingRows
from dashboard.planning.written_aside import build_indexes, made_beside, may_take_its_place

# From so many rows on, it is quicker to build the indexes of a table anew than to keep them up.
MANY_ROWS = 200_000


@dataclass(frozen=True, slots=True)
class Difference:
    """Rows of the derived plan to write, and stored parts that are no more."""

    waiting: np.ndarray  # rows of Plan.waiting, new or changed
    no_longer_waiting: tuple[np.ndarray, np.ndarray]  # line ids, parts
    reserved: np.ndarray  # rows of Plan.reserved, new or changed
    no_longer_reserved: tuple[np.ndarray, np.ndarray]
    stock: np.ndarray  # rows of Plan.stock_id whose reserved copy differs
    is_first: bool  # nothing was stored before

    @property
    def is_empty(self):
        return not any(
            len(rows)
            for rows in (self.waiting, self.no_longer_waiting[0], self.reserved, self.no_longer_reserved[0], self.stock)
        )

    def changed_parts(self, plan):
        """Line ids and parts of all that changed, each once."""
        touched = (
            (plan.waiting.line_id[self.waiting], plan.waiting.part[self.waiting]),
            self.no_longer_waiting,
            (plan.reserved.line_id[self.reserved], plan.reserved.part[self.reserved]),
            self.no_longer_reserved,
        )
        return np.unique(np.stack([np.concatenate(column) for column in zip(*touched, strict=True)], axis=1), axis=0)


def find_difference(connection, plan: Plan, reserved_copies, **listed) -> Difference:
    """Compares fingerprints: three columns of each table are read, however wide it is. Of the whole stored plan, or of
    what it says of listed `skus` and `lines`.
    """
    waiting, no_longer_waiting, waiting_before = _compare(
        _stored_waiting(connection, **listed), plan.waiting.line_id, plan.waiting.part, plan.waiting_digest
    )
    if listed:
        # Found first, then looked up: asked for both at once, PostgreSQL would read every row.
        (holders,) = columns(connection, _holders_query(), skus=listed["skus"])
        listed = {"lines": np.union1d(listed["lines"], holders)}
    reserved, no_longer_reserved, reserved_before = _compare(
        columns(connection, _reserved_query(bool(listed)), **listed),
        plan.reserved.line_id,
        plan.reserved.part,
        plan.reserved_digest,
    )
    stock = np.flatnonzero(plan.stock_reserved != reserved_copies)
    is_first = not waiting_before and not reserved_before
    return Difference(waiting, no_longer_waiting, reserved, no_longer_reserved, stock, is_first)


def write_difference(connection, plan: Plan, difference: Difference, *, aside=False) -> None:
    """Makes the stored plan the derived one; the caller's transaction saves it. Who has what waits written `aside` has
    `written_aside.put_in_place` called before the commit.
    """
    _write_reserved(connection, plan, difference)
    _write_waiting(connection, plan, difference, aside=aside)
    _write_stock(connection, plan, difference)


def is_better_aside(connection, difference: Difference) -> bool:
    """Whether so much of what waits changes that PostgreSQL had better write all of it anew."""
    is_much = not difference.is_first and len(difference.waiting) >= MANY_ROWS
    return is_much and may_take_its_place(connection, models.Waiting.__table__)


def excerpt(plan: Plan, difference: Difference) -> tuple[Plan, Difference]:
    """What of a plan a difference writes, and nothing else: whoever holds locks while it is written should not have to
    look through a million rows for some hundred.
    """
    waiting, reserved, stock = difference.waiting, difference.reserved, difference.stock
    own = plan.waiting, plan.reserved
    pegs = _rows_of(waiting, plan.pegs.line_id, plan.pegs.part, own[0].line_id, own[0].part)
    reservations = _rows_of(reserved, plan.reservations.line_id, plan.reservations.part, own[1].line_id, own[1].part)
    beside = ("waiting_digest", "placed_on", "order_id", "customer_id", "channel", "tier", "currency")
    some = replace(
        plan,
        waiting=WaitingRows(**_cells(plan.waiting, waiting)),
        reserved=ReservedRows(**_cells(plan.reserved, reserved)),
        reserved_digest=plan.reserved_digest[reserved],
        reservations=ReservationRows(**_cells(plan.reservations, reservations)),
        pegs=PegRows(**_cells(plan.pegs, pegs)),
        stock_id=plan.stock_id[stock],
        stock_reserved=plan.stock_reserved[stock],
        **{name: getattr(plan, name)[waiting] for name in beside},
    )
    all_of_it = (np.arange(len(rows)) for rows in (waiting, reserved, stock))
    return some, replace(difference, **dict(zip(("waiting", "reserved", "stock"), all_of_it, strict=True)))


def _stored_waiting(connection, skus=None, lines=None):
    """Line, part and fingerprint of every row that waits; of these SKUs, and of these lines whatever their SKU."""
    if skus is None:
        return columns(connection, _waiting_query(None))
    # Asked for both at once, PostgreSQL would read every row.
    of_skus = columns(connection, _waiting_query("skus"), skus=skus)
    of_others = columns(connection, _waiting_query("lines"), lines=np.setdiff1d(lines, of_skus[0]))
    return [np.concatenate(both) for both in zip(of_skus, of_others, strict=True)]


@cache
def _waiting_query(listed):
    row = models.Waiting
    query = select(number(row.line_id), number(row.part), number(row.digest))
    if listed is None:
        return query
    return query.where(Among(row.sku_id if listed == "skus" else row.line_id, listed))


@cache
def _reserved_query(listed):
    row = models.LinePlan
    query = select(number(row.line_id), number(row.part), number(row.digest))
    if not listed:
        return query
    return query.where(Among(row.line_id, "lines"))


@cache
def _holders_query():
    reservation = models.Reservation
    return select(number(reservation.line_id)).where(Among(reservation.sku_id, "skus")).distinct()


def _compare(stored, line_id, part, digest):
    """Rows that are new or have another fingerprint, the stored parts that are not among the rows, and how many there
    were.
    """
    stored_line, stored_part, stored_digest = stored
    parts = 1 + max(int(part.max(initial=1)), int(stored_part.max(initial=1)))
    stored_key = stored_line * parts + stored_part
    if (np.diff(stored_key) < 0).any():
        by = np.argsort(stored_key)
        stored_key, stored_digest = stored_key[by], stored_digest[by]
    key = line_id * parts + part
    if not len(stored_key):
        return np.arange(len(key)), (stored_key, stored_key), 0
    at = np.minimum(np.searchsorted(stored_key, key), len(stored_key) - 1)
    there = stored_key[at] == key
    gone = np.ones(len(stored_key), bool)
    gone[at[there]] = False
    changed = np.flatnonzero(~there | (stored_digest[at] != digest))
    return changed, (stored_key[gone] // parts, stored_key[gone] % parts), len(stored_key)


def _rows_of(changed, line_id, part, owner_line, owner_part):
    """The rows of a table whose part (line, part) is among the owners that changed."""
    parts = 1 + max(int(part.max(initial=1)), int(owner_part.max(initial=1)))
    return np.flatnonzero(np.isin(line_id * parts + part, owner_line[changed] * parts + owner_part[changed]))


def _write_reserved(connection, plan, difference):
    changed = difference.reserved
    gone_line, gone_part = difference.no_longer_reserved
    if not len(changed) and not len(gone_line):
        return
    owner = plan.reserved
    with staged(
        connection,
        "plan_reserved_touched",
        line_id=np.concatenate((owner.line_id[changed], gone_line)),
        part=np.concatenate((owner.part[changed], gone_part)),
    ) as touched:
        _delete(connection, models.Reservation, touched)
        _delete(connection, models.LinePlan, touched)
    if not len(changed):
        return
    changed = _in_key_order(owner, changed)
    cells = _cells(owner, changed) | {"digest": plan.reserved_digest[changed]}
    with staged(connection, "plan_reserved", **cells) as rows:
        run(connection, _reserved_insert(rows))
    own = _rows_of(changed, plan.reservations.line_id, plan.reservations.part, owner.line_id, owner.part)
    cells = _cells(plan.reservations, _in_key_order(plan.reservations, own))
    with (
        staged(connection, "plan_reservations", **cells) as rows,
        _indexed_after(connection, models.Reservation, len(own), difference),
    ):
        run(connection, _reservations_insert(rows))


def _write_waiting(connection, plan, difference, *, aside):
    changed = difference.waiting
    gone_line, gone_part = difference.no_longer_waiting
    if not len(changed) and not len(gone_line):
        return
    owner = plan.waiting
    own = _rows_of(changed, plan.pegs.line_id, plan.pegs.part, owner.line_id, owner.part)
    pegs = _cells(plan.pegs, _in_key_order(plan.pegs, own))
    touched = {
        "line_id": np.concatenate((owner.line_id[changed], gone_line)),
        "part": np.concatenate((owner.part[changed], gone_part)),
    }
    _write_pegs(connection, touched, pegs, difference)
    if len(gone_line):
        with staged(connection, "plan_waiting_gone", line_id=gone_line, part=gone_part) as gone:
            _delete(connection, models.Waiting, gone)
    if not len(changed):
        return
    changed = _in_key_order(owner, changed)
    cells = _cells(owner, changed) | {"digest": plan.waiting_digest[changed]}
    cells["value_at_risk"] = value_at_risk(cells["value"], cells["cancel_risk"])
    with staged(connection, "plan_waiting", **cells) as rows:
        if aside:
            anew = made_beside(connection, models.Waiting.__table__)
            run(connection, _waiting_insert(anew, rows))
            run(connection, _unchanged_insert(anew, rows))
            build_indexes(connection, models.Waiting.__table__)
            return
        with _indexed_after(connection, models.Waiting, len(changed), difference):
            run(connection, _waiting_upsert(connection.dialect.name, rows))


def _write_pegs(connection, touched, cells, difference):
    """Of the touched parts, keeps pegs that are as they should be: by another chance or deadline no supply moves."""
    count = len(cells["line_id"])
    with staged(connection, "plan_waiting_touched", **touched) as parts:
        if not count:
            _delete(connection, models.Peg, parts)
            return
        with staged(connection, "plan_pegs", **cells) as rows:
            moved = run(connection, _pegs_deletion(parts, rows))
            with _indexed_after(connection, models.Peg, count if difference.is_first else moved, difference):
                run(connection, _pegs_insert(connection.dialect.name, rows))


@cache
def _reserved_insert(rows):
    return insert(models.LinePlan.__table__).from_select(list(rows.c.keys()), select(rows))


@cache
def _reservations_insert(rows):
    source = dict(rows.c) | {"held": _word(rows.c.held, HELD_NAMES)}
    return insert(models.Reservation.__table__).from_select(list(source), select(*source.values()))


@cache
def _pegs_deletion(parts, rows):
    peg = models.Peg.__table__
    stored, key = peg.c, ("line_id", "part", "purchase_order_line_id")
    is_right = and_(
        *(stored[name] == rows.c[name] for name in (*key, "sku_id", "qty")),
        *(number(stored[name], NONE) == rows.c[name] for name in ("eta", "late_eta")),
    )
    wrong = (
        select(*(stored[name] for name in key))
        .select_from(parts)
        .join(peg, and_(stored.line_id == parts.c.line_id, stored.part == parts.c.part))
        .outerjoin(rows, is_right)
        .where(rows.c.line_id.is_(None))
    )
    return delete(peg).where(tuple_(*(stored[name] for name in key)).in_(wrong))


@cache
def _pegs_insert(dialect, rows):
    source = dict(rows.c) | {"eta": _or_null(rows.c.eta), "late_eta": _or_null(rows.c.late_eta)}
    # SQLite cannot tell the clause that follows from that of a join, but for a condition between them.
    query = select(*source.values()).where(rows.c.part > 0)
    return upsert_of(dialect, models.Peg.__table__).from_select(list(source), query).on_conflict_do_nothing()


@cache
def _waiting_upsert(dialect, rows):
    source, query = _waiting_rows(rows)
    statement = upsert_of(dialect, models.Waiting.__table__).from_select(list(source), query)
    return statement.on_conflict_do_update(
        index_elements=["line_id", "part"],
        set_={name: statement.excluded[name] for name in source if name not in ("line_id", "part")},
    )


def _waiting_insert(anew, rows):
    source, query = _waiting_rows(rows)
    return insert(anew).from_select(list(source), query)


def _unchanged_insert(anew, rows):
    stored = models.Waiting.__table__
    written = [column for column in stored.c if column.computed is None]
    changes = exists().where(rows.c.line_id == stored.c.line_id, rows.c.part == stored.c.part)
    return insert(anew).from_select([column.name for column in written], select(*written).where(~changes))


def _waiting_rows(rows):
    """What is written into each column of `waiting`, and the rows of it that changed."""
    cell = rows.c
    line, order = models.OrderLine.__table__.c, models.Order.__table__.c
    customer, sku = models.Customer.__table__.c, models.Sku.__table__.c
    source = {
        "line_id": cell.line_id,
        "part": cell.part,
        "digest": cell.digest,
        "order_id": order.id,
        "order_number": order.number,
        "line_no": line.line_no,
        "customer_id": order.customer_id,
        "sku_id": cell.sku_id,
        "sku": sku.code,
        "supplier_id": _or_null(cell.supplier_id),
        "purchase_order_id": _or_null(cell.purchase_order_id),
        "location_id": _or_null(cell.location_id),
        "channel": func.coalesce(order.channel, ""),
        "tier": func.coalesce(customer.tier, ""),
        "currency": func.coalesce(order.currency, ""),
        "planned": cell.planned == 1,
        "cause": _word(cell.cause, CAUSES),
        "priority_class": cell.priority_class,
        "placed_at": order.placed_at,
        "placed_on": order.placed_on,
        "passed_over": cell.passed_over == 1,
        "qty_open": cell.qty_open,
        "qty_reserved": cell.qty_reserved,
        "qty_backordered": cell.qty_open - cell.qty_reserved,
        "priced": cell.priced == 1,
        "value": cell.value,
        "first_promise": line.first_promise,
        "current_promise": _or_null(cell.current_promise),
        "dated": case((cell.eta == NONE, 0), else_=1),
        "eta": _or_null(cell.eta),
        "late_eta": _or_null(cell.late_eta),
        "eta_basis": _word(cell.eta_basis, ETA_BASES),
        "deadline": cell.deadline,
        "deadline_kind": _word(cell.deadline_kind, DEADLINE_KINDS),
        "payment_state": _word(cell.payment_state, PAYMENT_STATES),
        "last_good_day": _or_null(cell.last_good_day),
        "cancel_risk": func.nullif(cell.cancel_risk, NOT_SCORED),
        "value_at_risk": cell.value_at_risk,
        "likely_eta": _or_null(cell.likely_eta),
        "likely_late_eta": _or_null(cell.likely_late_eta),
    }
    query = (
        select(*source.values())
        .select_from(rows)
        .join(models.OrderLine, line.id == cell.line_id)
        .join(models.Order, order.id == line.order_id)
        .join(models.Customer, customer.id == order.customer_id)
        .join(models.Sku, sku.id == cell.sku_id)
        # SQLite cannot tell the clause that follows from that of a join, but for a condition between them.
        .where(cell.part > 0)
    )
    return source, query


def _write_stock(connection, plan, difference):
    if not len(difference.stock):
        return
    with staged(
        connection,
        "plan_stock",
        stock_id=plan.stock_id[difference.stock],
        units=plan.stock_reserved[difference.stock],
    ) as rows:
        run(connection, _stock_update(rows))


@cache
def _stock_update(rows):
    stock = models.Stock.__table__
    return update(stock).where(stock.c.id == rows.c.stock_id).values(reserved=rows.c.units)


def _delete(connection, model, rows):
    run(connection, _deletion(model.__table__, rows))


@cache
def _deletion(table, rows):
    return delete(table).where(tuple_(table.c.line_id, table.c.part).in_(select(rows.c.line_id, rows.c.part)))


def _in_key_order(table, rows):
    """Rows in the order in which the database keeps them: written so, each page is touched once."""
    return rows[sorting(table.line_id[rows], table.part[rows])]


@contextmanager
def _indexed_after(connection, model, rows, difference):
    """For the first plan of a large shop, and on SQLite for the like of it: builds the indexes after the rows.

    Row by row they would be read and written a page at a time, all over the file. The change is part of the
    transaction. SQLite's readers do not see it before the end; PostgreSQL's would wait, so there it is only done to
    empty tables.
    """
    is_postgresql = connection.dialect.name == "postgresql"
    if rows < MANY_ROWS or (is_postgresql and not difference.is_first):
        yield
        return
    indexes = sorted(model.__table__.indexes, key=lambda index: index.name)
    for index in indexes:
        index.drop(connection)
    yield
    for index in indexes:
        index.create(connection)
    if is_postgresql:
        # It would notice by itself within a minute, and read everything until then.
        connection.exec_driver_sql(f"ANALYZE {model.__tablename__}")


def _cells(table, rows):
    return {field.name: getattr(table, field.name)[rows] for field in fields(table)}


def _or_null(column):
    return func.nullif(column, NONE)


def _word(column, words):
    return case(dict(enumerate(words)), value=column)
