"""What follows from the facts: reservations, pegs, dates, deadlines and causes, decided by the domain.

No database here; rows of the facts become rows of the plan, and surrogate keys take the place of row numbers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from hashlib import blake2b

import numpy as np

from dashboard.domain import (
    allocation,
    cancellation_model,
    cancellation_risk,
    causes,
    deadlines,
    expiring_payments,
    likely_dates,
    promises,
)
from dashboard.domain.columns import NEVER, NONE, known, plus
from dashboard.planning.facts import NOBODY, Facts


@dataclass(frozen=True, slots=True)
class WaitingRows:
    """One row a backordered part; whole numbers throughout, NONE where empty, words as places in their lists (a byte
    each, for there are a million of them).

    Everything derived is here. What a list shows beside it (numbers, names, first promise) never changes without the
    row being derived anew, and is looked up where the row is written.
    """

    line_id: np.ndarray
    part: np.ndarray
    sku_id: np.ndarray
    supplier_id: np.ndarray
    purchase_order_id: np.ndarray
    location_id: np.ndarray
    planned: np.ndarray
    cause: np.ndarray
    priority_class: np.ndarray
    passed_over: np.ndarray
    qty_open: np.ndarray
    qty_reserved: np.ndarray
    priced: np.ndarray
    value: np.ndarray
    current_promise: np.ndarray
    eta: np.ndarray
    late_eta: np.ndarray
    eta_basis: np.ndarray
    deadline: np.ndarray
    deadline_kind: np.ndarray
    payment_state: np.ndarray
    last_good_day: np.ndarray
    cancel_risk: np.ndarray  # cancellation_risk.NOT_SCORED where nothing scores it
    likely_eta: np.ndarray
    likely_late_eta: np.ndarray


@dataclass(frozen=True, slots=True)
class ReservedRows:
    """One row a part with something reserved."""

    line_id: np.ndarray
    part: np.ndarray
    qty_open: np.ndarray
    qty_reserved: np.ndarray


@dataclass(frozen=True, slots=True)
class ReservationRows:
    """In the order of the parts of ReservedRows."""

    line_id: np.ndarray
    part: np.ndarray
    location_id: np.ndarray
    held: np.ndarray
    sku_id: np.ndarray
    qty: np.ndarray


@dataclass(frozen=True, slots=True)
class PegRows:
    """In the order of the parts of WaitingRows."""

    line_id: np.ndarray
    part: np.ndarray
    purchase_order_line_id: np.ndarray
    sku_id: np.ndarray
    qty: np.ndarray
    eta: np.ndarray
    late_eta: np.ndarray


@dataclass(frozen=True, slots=True)
class Spikes:
    """SKUs whose shelf emptied on another day than the one for which demand was last judged."""

    sku_id: np.ndarray
    emptied_on: np.ndarray
    spike: np.ndarray


@dataclass(frozen=True, slots=True)
class Plan:
    waiting: WaitingRows
    unmet: np.ndarray  # in the order of WaitingRows: units that are pegged to no supply
    waiting_digest: np.ndarray
    reserved: ReservedRows
    reserved_digest: np.ndarray
    reservations: ReservationRows
    pegs: PegRows
    stock_id: np.ndarray
    stock_reserved: np.ndarray
    spikes: Spikes
    # For the summaries, beside `waiting`: what an order adds to its lines.
    placed_on: np.ndarray
    order_id: np.ndarray
    customer_id: np.ndarray
    channel: np.ndarray
    tier: np.ndarray
    currency: np.ndarray


def derive(facts: Facts, judge_spikes: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> Plan:
    """The whole plan. `judge_spikes` says, for SKUs (by id) and the day each shelf emptied, whether demand spiked."""
    lines, orders = facts.lines, facts.orders
    rules = lines.rules
    dates = promises.date_supply(facts.incoming.dates, facts.lateness, facts.today)
    supply = allocation.Supply(facts.incoming.sku, dates.turn, facts.incoming.open_qty, dates.eta)
    not_before = np.where(orders.rules.not_before > facts.today, orders.rules.not_before, NONE)
    asked = replace(orders.rules, not_before=not_before)
    found = allocation.allocate(asked, rules, facts.shelf.rules, supply, facts.holds)
    line_dates = date_all_lines(facts, found, dates)
    likely = _likely_dates(facts, found)

    # From here on only what waits counts, by SKU and in queue order.
    rows = found.queue[found.waiting[found.queue] > 0]
    order = rules.order[rows]
    sku = rules.sku[rows]
    eta, late_eta = line_dates.eta[rows], line_dates.late_eta[rows]
    likely = [days[rows] for days in likely]
    needed = expiring_payments.needed_on(eta, late_eta)
    card, authorised = orders.card_until[order], orders.authorised_until[order]
    last_good = expiring_payments.last_good_day(card, authorised)
    clocks = deadlines.Clocks(
        orders.placed_on[order],
        lines.current_promise[rows],
        orders.credit_applied[order],
        eta,
        needed,
        card,
        authorised,
        orders.last_date[order],
    )
    clocks = deadlines.as_told(clocks, lines.told.of(rows), region=facts.region, today=facts.today)
    deadline, kind = deadlines.deadline(clocks, facts.region)
    cause, spikes = _causes(facts, found, line_dates, rows, judge_spikes)
    supplier, purchase_order_id = _whose(facts, line_dates, rows)
    basis = line_dates.basis[rows].astype(np.int8)
    payment_state = expiring_payments.payment_state(last_good, needed, facts.today).astype(np.int8)
    del line_dates, needed, card, authorised, clocks
    waiting = found.waiting[rows]
    price = lines.unit_price[rows]
    channel, tier, currency = (column[order] for column in (orders.channel, orders.tier, orders.currency))
    planned, promise = facts.skus.planned[sku].astype(np.int8), lines.current_promise[rows]
    value = np.where(known(price), waiting * price, NONE)
    placed_on = orders.placed_on[order]
    asked_of_risk = cancellation_risk.Inputs(
        placed_on, promise, eta, orders.last_date[order], tier, currency, value, planned
    )
    risk = cancellation_model.chances(asked_of_risk, facts.words.words, facts.today, _learnt(facts, rows))
    del asked_of_risk
    value[~known(price)] = 0
    derived = WaitingRows(
        lines.id[rows],
        rules.part[rows],
        facts.skus.id[sku],
        _ids(facts.supplier_id, supplier),
        purchase_order_id,
        _ids(facts.location_id, orders.rules.usual_location[order]),
        planned,
        cause.astype(np.int8),
        orders.rules.priority[order],
        found.passed_over[rows].astype(np.int8),
        rules.open_qty[rows],
        found.reserved[rows],
        known(price).astype(np.int8),
        value,
        promise,
        eta,
        late_eta,
        basis,
        deadline,
        kind.astype(np.int8),
        payment_state,
        last_good,
        risk,
        *likely,
    )
    pegs = PegRows(
        lines.id[found.pegged_line],
        rules.part[found.pegged_line],
        facts.incoming.id[found.pegged_supply],
        facts.skus.id[rules.sku[found.pegged_line]],
        found.pegged_qty,
        dates.eta[found.pegged_supply],
        dates.late_eta[found.pegged_supply],
    )
    word = fingerprints_of(facts.words.words)
    own = fingerprint(*(getattr(derived, field.name) for field in fields(derived)), word[channel], word[tier],
                      word[currency])  # fmt: skip

    owners = found.queue[found.reserved[found.queue] > 0]
    reserved = ReservedRows(lines.id[owners], rules.part[owners], rules.open_qty[owners], found.reserved[owners])
    reservations = ReservationRows(
        lines.id[found.reserved_line],
        rules.part[found.reserved_line],
        facts.location_id[found.reserved_location],
        found.reserved_held,
        facts.skus.id[rules.sku[found.reserved_line]],
        found.reserved_qty,
    )
    shelf_row = allocation.stock_row(facts.shelf.rules, rules.sku[found.reserved_line], found.reserved_location)
    return Plan(
        derived,
        waiting - allocation.total(found.pegged_line, found.pegged_qty, len(found.waiting))[rows],
        own + _summed_by_part(fingerprint(*_columns(pegs)), found.pegged_line, rows),
        reserved,
        fingerprint(*_columns(reserved))
        + _summed_by_part(fingerprint(*_columns(reservations)), found.reserved_line, owners),
        reservations,
        pegs,
        facts.shelf.id,
        allocation.total(shelf_row, found.reserved_qty, len(facts.shelf.id)),
        spikes,
        placed_on,
        orders.id[order],
        orders.customer_id[order],
        channel,
        tier,
        currency,
    )


def _learnt(facts, rows):
    risk = facts.risk
    if risk.model is None:
        return None
    return cancellation_model.Learnt(risk.model, risk.points[rows], risk.promise[rows])


def fingerprint(*columns):
    """A 64-bit number that two rows share when all their columns are equal, and else as good as never: the sum of the
    columns times fixed odd random numbers, modulo 2^64 (multilinear hashing: Dietzfelbinger, 1996).
    """
    result = np.zeros(len(columns[0]), np.int64)
    factors = np.random.Generator(np.random.PCG64(20_040_413)).integers(
        -(2**63), 2**63 - 1, size=len(columns), dtype=np.int64
    )
    for column, factor in zip(columns, factors | 1, strict=True):
        result += column * factor
    # Sums of the fingerprints of several rows must not be those of the rows' sums.
    result ^= result >> 29
    result *= np.int64(-4_658_895_280_553_007_687)
    result ^= result >> 32
    return result


def fingerprints_of(words):
    """A number for each word that is the same in every run."""
    return np.array(
        [int.from_bytes(blake2b(word.encode(), digest_size=8).digest(), "big", signed=True) for word in words], np.int64
    )


def _columns(table):
    return [getattr(table, field.name) for field in fields(table)]


def _summed_by_part(amounts, line, owners):
    """The sum of each owner's amounts; both stand in queue order, and every owner without any gets 0."""
    result = np.zeros(len(owners), np.int64)
    if len(line):
        firsts = np.flatnonzero(np.diff(line, prepend=-1))
        sums = np.add.reduceat(amounts, firsts)
        place = np.zeros(int(max(owners.max(), line.max())) + 1, np.int64)
        place[line[firsts]] = sums
        result = place[owners]
    return result


def date_all_lines(facts, found, dates):
    """The dates of all lines by how supply was dealt to them, of those that leave from their suppliers too."""
    rules = facts.lines.rules
    line_dates = promises.date_lines(found, dates, rules, facts.orders.rules.ship_complete[rules.order])
    shipped = np.flatnonzero(rules.dropship & (found.waiting > 0))
    if len(shipped):
        supplier = facts.lines.supplier[shipped]
        promises.date_drop_shipped(
            line_dates,
            shipped,
            supplier=supplier,
            placed_on=facts.orders.placed_on[rules.order[shipped]],
            quoted_days=facts.quoted_days.of(supplier, rules.sku[shipped]),
            lateness=facts.lateness,
            today=facts.today,
        )
    return line_dates


def _likely_dates(facts, found):
    """The likely day and the likely late day of each line, by those of its supply."""
    rules = facts.lines.rules
    days = likely_dates.likely_supply(facts.incoming.dates, facts.lateness_learnt, facts.today)
    result = promises.latest_of_pegs(found, days, rules, facts.orders.rules.ship_complete[rules.order])
    shipped = np.flatnonzero(rules.dropship & (found.waiting > 0))
    if len(shipped):
        supplier, sku = facts.lines.supplier[shipped], rules.sku[shipped]
        due = plus(facts.quoted_days.of(supplier, sku), facts.orders.placed_on[rules.order[shipped]])
        direct = likely_dates.likely_days(due, supplier, facts.lateness_learnt, facts.today)
        untied = ~known(result[0][shipped])
        for column, days in zip(result, direct, strict=True):
            column[shipped] = np.where(untied, days, column[shipped])
    return result


def _whose(facts, line_dates, rows):
    """The supplier (row) and purchase order (id) of the slice that sets each date; without one, the supplier named
    for the line, else the SKU's preferred, and no purchase order.
    """
    supply = line_dates.supply[rows]
    sets = supply != allocation.NOWHERE
    named = facts.lines.supplier[rows]
    supplier = np.where(named != NOBODY, named, facts.skus.preferred_supplier[facts.lines.rules.sku[rows]])
    supplier[sets] = facts.incoming.dates.supplier[supply[sets]]
    purchase_order_id = np.full(len(rows), NONE)
    purchase_order_id[sets] = facts.incoming.purchase_order_id[supply[sets]]
    return supplier, purchase_order_id


def _causes(facts, found, line_dates, rows, judge_spikes):
    rules, skus = facts.lines.rules, facts.skus
    sku = rules.sku[rows]

    def find(spike):
        return causes.find_causes(
            by_staff=facts.lines.staff_cause[rows],
            planned=skus.planned[sku],
            unmet=found.unmet[rows],
            overdue=line_dates.overdue[rows],
            dropship=rules.dropship[rows],
            spike=spike[sku],
            low_stock=skus.low_stock[sku],
        )

    # Where no stock history says when the shelf emptied, it did when the oldest line now waiting was ordered.
    emptied = np.full(len(skus.id), NEVER)
    np.minimum.at(emptied, sku, facts.orders.placed_on[rules.order[rows]])
    # Only lines that would be called a spike, were it one, make it worth looking.
    asked = np.zeros(len(skus.id), bool)
    asked[sku[find(np.ones(len(skus.id), bool)) == causes.DEMAND_SPIKE]] = True
    unjudged = np.flatnonzero(asked & ~skus.emptied_in_history & (emptied != skus.emptied_on))
    spike = skus.spike
    if len(unjudged):
        spike = spike.copy()
        spike[unjudged] = judge_spikes(skus.id[unjudged], emptied[unjudged])
    return find(spike), Spikes(skus.id[unjudged], emptied[unjudged], spike[unjudged])


def _ids(ids, rows):
    """The surrogate keys of rows, NONE where there is no row."""
    return np.append(ids, NONE)[rows]
