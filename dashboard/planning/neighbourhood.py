"""What planning reads to derive some SKUs alone, and still as the whole run would.

Lines of other SKUs matter only through ship-complete orders: such an order takes stock for all its lines or for none,
and its lines share one date. So of each ship-complete order that wants one of the SKUs, its lines of other SKUs
come along as *companions*. A companion stands before a shelf and a supply of its own, which hold just what the stored
plan leaves it at its turn: its own units, or what better-ranked lines do not take; and the units it is pegged to.
Derived among these, it comes out as it is stored, or its order's decision has flipped: then its SKU has to be derived
as well, because what it takes, or no longer takes, is somebody else's. When nothing flips, every line of every SKU
stands as the walk through the whole queue would have left it, because that walk has one outcome.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import cache

import numpy as np
from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import aliased

from dashboard import models
from dashboard.bulk import Among, Rows, Words, columns, flag, number
from dashboard.database import day_number
from dashboard.domain import allocation
from dashboard.domain.columns import NONE, before_in_group, group_starts, sorting
from dashboard.domain.deadlines import Region
from dashboard.estimates.likely_dates import read_lateness_learnt, read_shifts
from dashboard.estimates.terms import read_terms
from dashboard.planning.facts import (
    NOBODY,
    Facts,
    Shelf,
    line_columns,
    order_columns,
    part_rows,
    read_holds,
    read_incoming,
    read_lateness,
    read_lines,
    read_locations,
    read_orders,
    read_risk,
    read_shelf,
    read_sku_facts,
    read_skus,
    read_suppliers,
    read_turns,
    taken,
)

# The places of some columns among those that `line_columns` gives.
LINE_ID, ORDER_ID, SKU_ID, OPEN_QTY, SUPPLIER_ID = 0, 1, 3, 4, 7

NO_SHELF = -1  # the id of a companion's shelf, which is nowhere stored


@dataclass(frozen=True, slots=True)
class Companions:
    """One row an open part of a companion line, with the units that the stored plan reserves for it."""

    line_id: np.ndarray
    part: np.ndarray
    sku_id: np.ndarray
    reserved: np.ndarray


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    facts: Facts
    line_id: np.ndarray  # of the open lines of the SKUs asked for
    companions: Companions


@dataclass(frozen=True, slots=True)
class _Stored:
    """What the stored plan gives companions; their rows are rows of the lines read."""

    reserved_row: np.ndarray
    location: np.ndarray
    is_held: np.ndarray
    reserved_qty: np.ndarray
    pegged_row: np.ndarray
    supply_id: np.ndarray
    pegged_qty: np.ndarray


@dataclass(frozen=True, slots=True)
class _TakenBefore:
    """Which companions find an empty shelf; and all that the stored plan reserves of the SKUs of the others."""

    is_all: np.ndarray  # by companion
    own_turn: np.ndarray  # by companion: the rank of its order among those whose turn counts
    sku: np.ndarray  # by reservation, as the rest
    turn: np.ndarray  # the rank of its order
    is_held: np.ndarray
    qty: np.ndarray


def read_neighbourhood(connection, skus, orders, *, today: date, region: Region) -> Neighbourhood:
    """Every fact on which the lines of some SKUs (sorted ids) hang, and the companions of these lines. `orders` are
    ids of ship-complete orders that wanted one of the SKUs before the facts changed.
    """
    words = Words()
    location_ids, suppliers = read_locations(connection), read_suppliers(connection)
    own = line_columns(connection, "skus", skus)
    others = _companion_columns(connection, own, skus, orders, suppliers)
    cells = [np.concatenate(both) for both in zip(own, others, strict=True)]

    sku_ids = np.union1d(skus, others[SKU_ID])
    location_rows, supplier_rows = Rows(location_ids), Rows(suppliers.id)
    sku_cells = read_sku_facts(connection, sku_ids)
    sku_rows = Rows(sku_cells[0])
    shelf = read_shelf(connection, sku_rows, location_rows, skus=sku_ids)
    reservations = _of_lines(connection, _reservations_query(), others[LINE_ID])
    emptied, dealt = _taken_before(connection, others, reservations, shelf, sku_rows)
    order_cells = order_columns(connection, np.unique(cells[ORDER_ID]))
    order_table = read_orders(connection, order_cells, location_rows, words, listed=True)
    lines = read_lines(connection, cells, Rows(order_table.id), sku_rows, suppliers, listed=True)
    stored = _stored(connection, others[LINE_ID], reservations, lines, location_rows)
    quoted, preferred = read_terms(connection, supplier_rows, sku_rows, skus=sku_ids)
    shifts = read_shifts(connection, supplier_rows, sku_rows, skus=sku_ids)
    incoming = read_incoming(
        connection, supplier_rows, sku_rows, quoted, shifts, skus=skus, supplies=np.unique(stored.supply_id)
    )
    concerned = np.union1d(suppliers.id[np.unique(incoming.dates.supplier)], cells[SUPPLIER_ID])
    facts = Facts(
        day_number(today),
        region,
        lines,
        order_table,
        incoming,
        shelf,
        read_skus(connection, sku_cells, preferred, skus=sku_ids),
        read_holds(connection, lines, incoming, location_rows, lines=cells[LINE_ID]),
        location_ids,
        suppliers.id,
        quoted,
        read_lateness(connection, supplier_rows, suppliers=concerned[concerned != NONE]),
        read_lateness_learnt(connection, supplier_rows, suppliers=concerned[concerned != NONE]),
        words,
        read_risk(connection, lines.id, lines=np.unique(lines.id)),
    )
    sku_of_line = sku_cells[0][lines.rules.sku]
    rows = np.flatnonzero(~np.isin(sku_of_line, skus))
    reserved = allocation.total(stored.reserved_row, stored.reserved_qty, len(lines.id))
    companions = Companions(lines.id[rows], lines.rules.part[rows], sku_of_line[rows], reserved[rows])
    if len(rows):
        own_sku = np.isin(sku_cells[0], skus)
        turns = read_turns(connection, np.union1d(order_table.id[lines.rules.order[rows]], dealt[1]))
        taken_before = _TakenBefore(
            np.isin(lines.id[rows], emptied),
            1 + turns.of(order_table.id[lines.rules.order[rows]]),
            sku_rows.of(dealt[0]),
            # Lines that a run ranked are served before all orders that leave only as a whole.
            np.where((dealt[4] > 0) & (dealt[4] < allocation.NOT_RANKED), 0, 1 + turns.of(dealt[1])),
            dealt[2],
            dealt[3],
        )
        facts = _set_apart(facts, rows, own_sku, stored, taken_before)
    return Neighbourhood(facts, own[LINE_ID], companions)


def read_whole(connection, orders):
    """Which of some orders (ids) leave only as a whole."""
    return columns(connection, _whole_orders_query(), orders=orders)[0] if len(orders) else orders


@cache
def _whole_orders_query():
    order = models.Order
    return select(number(order.id)).where(Among(order.id, "orders"), order.ship_complete.is_(True))


def _companion_columns(connection, own, skus, orders, suppliers):
    """Open lines of other SKUs in ship-complete orders that want one of these; drop-shipped lines are outside."""
    none = [column[:0] for column in own]
    whole = read_whole(connection, np.union1d(own[ORDER_ID], orders))
    if not len(whole):
        return none
    found = line_columns(connection, "orders", whole)
    dropship = suppliers.id[suppliers.dropship == 1]
    other = ~np.isin(found[SKU_ID], skus) & ~np.isin(found[SUPPLIER_ID], dropship)
    return [column[other] for column in found]


def _taken_before(connection, others, reservations, shelf, sku_rows):
    """Ids of companions that find their shelf empty; and SKU id, order id, held, units and rank of all that is reserved
    of the SKUs of the other ones that have nothing. Where a shelf has enough left for all of them, it does not matter
    who was served before.
    """
    none = np.zeros(0, np.int64)
    line_id, _, _, held, _ = reservations
    waits = ~np.isin(others[LINE_ID], line_id[held == 0])
    sku = sku_rows.of(others[SKU_ID])
    left = allocation.total(shelf.rules.sku, shelf.rules.on_hand - shelf.reserved, sku_rows.count)
    wanted = allocation.total(sku, others[OPEN_QTY], sku_rows.count)
    waits &= (wanted > left)[sku]
    if not waits.any():
        return none, [none] * 5
    (emptied,) = columns(connection, _emptied_query(), lines=others[LINE_ID][waits])
    skus = np.unique(others[SKU_ID][waits & ~np.isin(others[LINE_ID], emptied)])
    return emptied, columns(connection, _dealt_query(), skus=skus) if len(skus) else [none] * 5


@cache
def _emptied_query():
    """Listed lines behind one that would have taken whatever there was, and still waits."""
    mine, first = models.Waiting, aliased(models.Waiting)
    skus = select(mine.sku_id).where(Among(mine.line_id, "lines")).distinct().cte("listed")
    # Asked once for each SKU: the first that takes all comes before whom any such one comes before. Unless it is told,
    # PostgreSQL asks for each line all the same.
    taker = select(skus.c.sku_id, _first_to_take_all(skus.c.sku_id).label("line_id")).cte("taker")
    taker = taker.prefix_with("MATERIALIZED", dialect="postgresql")
    return (
        select(number(mine.line_id))
        .join(taker, taker.c.sku_id == mine.sku_id)
        .join(first, first.line_id == taker.c.line_id)
        .where(
            Among(mine.line_id, "lines"),
            tuple_(first.priority_class, first.placed_at, first.order_number)
            < tuple_(mine.priority_class, mine.placed_at, mine.order_number),
        )
        .distinct()
    )


def _first_to_take_all(sku_id):
    """The line that is the first in the queue of a SKU of those that take whatever is there at their turn."""
    ahead, order = aliased(models.Waiting), models.Order
    hold, rank = models.Hold, models.DealRank
    # Where a run ranked a line, its place says nothing of who comes before whom.
    is_ranked = select(rank.line_id).where(rank.line_id == ahead.line_id, rank.in_force)
    is_tied = select(hold.id).where(
        hold.line_id == ahead.line_id, hold.ended_at.is_(None), hold.purchase_order_line_id.isnot(None)
    )
    return (
        select(ahead.line_id)
        .join(order, order.id == ahead.order_id)
        .where(
            ahead.sku_id == sku_id,
            ahead.eta_basis != "dropship",
            # Says the next of most without a look at the order: what was left lying waits at the head of the queue.
            ahead.passed_over.is_(False),
            order.ship_complete.is_(False),
            order.not_before.is_(None),
            ~is_tied.exists(),
            ~is_ranked.exists(),
        )
        # Walked in the order of the queue, it ends at the first; PostgreSQL would rather read them all.
        .order_by(ahead.priority_class, ahead.placed_at, ahead.order_number)
        .limit(1)
        .scalar_subquery()
    )


@cache
def _dealt_query():
    row, line, rank = models.Reservation, models.OrderLine, models.DealRank
    return (
        select(
            number(row.sku_id),
            number(line.order_id),
            flag(row.held != ""),
            number(row.qty),
            func.coalesce(rank.rank, allocation.NOT_RANKED),
        )
        .join(line, line.id == row.line_id)
        .outerjoin(rank, (rank.line_id == row.line_id) & (rank.part == row.part) & rank.in_force)
        .where(Among(row.sku_id, "skus"))
    )


@cache
def _reservations_query():
    row = models.Reservation
    return select(
        number(row.line_id), number(row.part), number(row.location_id), flag(row.held != ""), number(row.qty)
    ).where(Among(row.line_id, "lines"))


@cache
def _pegs_query():
    row = models.Peg
    return select(number(row.line_id), number(row.part), number(row.purchase_order_line_id), number(row.qty)).where(
        Among(row.line_id, "lines")
    )


def _of_lines(connection, query, line_ids):
    if not len(line_ids):
        return [np.zeros(0, np.int64)] * len(query.selected_columns)
    return columns(connection, query, lines=line_ids)


def _stored(connection, line_ids, reservations, lines, location_rows):
    line_id, part, location_id, held, qty = reservations
    row = part_rows(lines, line_id, part)
    is_open = row != NOBODY
    reserved = (row, location_rows.of(location_id), held, qty)
    line_id, part, supply_id, qty = _of_lines(connection, _pegs_query(), line_ids)
    row = part_rows(lines, line_id, part)
    waits = row != NOBODY
    return _Stored(*(column[is_open] for column in reserved), row[waits], supply_id[waits], qty[waits])


def _set_apart(facts, rows, own_sku, stored, before):
    """The facts with each companion before a shelf and a supply of its own: those of SKUs that follow the real ones."""
    rules = facts.lines.rules
    skus = len(facts.skus.id)
    apart_of = np.full(len(rules.sku), NOBODY)
    apart_of[rows] = np.arange(len(rows))
    sku_of_line = rules.sku.copy()
    sku_of_line[rows] = skus + apart_of[rows]
    incoming, holds = _supplies_apart(facts, own_sku, apart_of, stored)
    return replace(
        facts,
        lines=replace(facts.lines, rules=replace(rules, sku=sku_of_line)),
        shelf=_shelves_apart(facts, rows, own_sku, apart_of, stored, before),
        incoming=incoming,
        holds=holds,
        skus=_doubled(facts.skus, rules.sku[rows]),
        location_id=np.append(facts.location_id, NONE),  # where the units lie that a companion could have had
    )


def _shelves_apart(facts, rows, own_sku, apart_of, stored, before):
    """The shelves of the SKUs asked for; for each companion that has units, just these, where they lie; for any other,
    what it finds at its turn.
    """
    skus, locations = len(facts.skus.id), len(facts.location_id)
    lying = apart_of[stored.reserved_row] * locations + stored.location
    places, of_place = np.unique(lying, return_inverse=True)
    units = allocation.total(of_place, stored.reserved_qty, len(places))

    served = np.zeros(len(rows), bool)
    served[apart_of[stored.reserved_row[stored.is_held == 0]]] = True
    held = stored.is_held == 1
    kept = allocation.total(apart_of[stored.reserved_row[held]], stored.reserved_qty[held], len(rows))
    found = _found_at_turn(facts, rows, kept, before)
    waits = np.flatnonzero(~served & (found > 0))

    shelf = facts.shelf
    own = np.flatnonzero(own_sku[shelf.rules.sku])
    apart = len(places) + len(waits)
    return Shelf(
        np.concatenate((shelf.id[own], np.full(apart, NO_SHELF))),
        allocation.Stock(
            np.concatenate((shelf.rules.sku[own], skus + places // locations, skus + waits)),
            np.concatenate((shelf.rules.location[own], places % locations, np.full(len(waits), locations))),
            np.concatenate((shelf.rules.on_hand[own], units, found[waits])),
        ),
        np.concatenate((shelf.reserved[own], units, np.zeros(len(waits), np.int64))),
    )


def _found_at_turn(facts, rows, kept, before):
    """The units that each companion finds at its turn: on hand, less what is held, what was dealt to orders before its
    own, and what lines of its own order want before it.
    """
    skus = len(facts.skus.id)
    rules = facts.lines.rules
    order, sku = rules.order[rows], rules.sku[rows]
    turns = 1 + int(max(before.own_turn.max(), before.turn.max(initial=0)))
    free = before.is_held == 0
    turn = before.sku[free] * turns + before.turn[free]
    by = np.argsort(turn)
    turn, given = turn[by], np.concatenate(([0], np.cumsum(before.qty[free][by])))
    first, here = np.searchsorted(turn, sku * turns), np.searchsorted(turn, sku * turns + before.own_turn)
    on_hand = allocation.total(facts.shelf.rules.sku, facts.shelf.rules.on_hand, skus)
    held = allocation.total(before.sku[~free], before.qty[~free], skus)

    by = sorting(order * skus + sku, rules.line_no[rows], rules.part[rows])
    wanted = (rules.open_qty[rows] - kept)[by]
    own = np.empty(len(rows), np.int64)
    own[by] = before_in_group(wanted, group_starts((order * skus + sku)[by]))
    return np.where(before.is_all, 0, (on_hand - held)[sku] - (given[here] - given[first]) - own)


def _supplies_apart(facts, own_sku, apart_of, stored):
    """The incoming supply of the SKUs asked for, and for each companion just the units that it is pegged to; with the
    ties of both.
    """
    incoming, holds = facts.incoming, facts.holds
    skus, supplies = len(facts.skus.id), len(incoming.id)
    own = np.flatnonzero(own_sku[incoming.sku])
    supply = Rows(incoming.id).of(stored.supply_id)
    comes = supply != NOBODY
    slices, of_slice = np.unique(apart_of[stored.pegged_row[comes]] * supplies + supply[comes], return_inverse=True)
    units = allocation.total(of_slice, stored.pegged_qty[comes], len(slices))
    rows = np.concatenate((own, slices % supplies if supplies else slices))
    apart = slice(len(own), None)

    result = replace(taken(incoming, rows), dates=taken(incoming.dates, rows))
    result.sku[apart] = skus + slices // max(supplies, 1)
    result.open_qty[apart] = units

    new_row = np.full(supplies + 1, NOBODY)
    new_row[own] = np.arange(len(own))
    tied = new_row[holds.supply]
    theirs = np.flatnonzero((apart_of[holds.line] != NOBODY) & (holds.supply != NOBODY))
    if len(theirs):
        tied[theirs] = NOBODY
        key = apart_of[holds.line[theirs]] * supplies + holds.supply[theirs]
        at = np.searchsorted(slices, key)
        there = (at < len(slices)) & (np.append(slices, NOBODY)[at] == key)
        tied[theirs[there]] = len(own) + at[there]
    return result, replace(holds, supply=tied)


def _doubled(skus, also):
    """The SKUs, followed by copies for the companions, of which nothing is judged anew."""
    rows = np.concatenate((np.arange(len(skus.id)), also))
    result = taken(skus, rows)
    result.emptied_in_history[len(skus.id) :] = True
    return result
