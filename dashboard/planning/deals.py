"""Supply dealt out again: found from one snapshot of all facts, kept beside the plan, put in force as holds and ranks.

What a run would do is found by the rules of the plan itself, over the facts and the holds and ranks that its commit
would add; so the commit, which adds them and has the plan derived, cannot do anything else.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

import numpy as np
from sqlalchemy import BigInteger, Connection, false, func, insert, literal, select, update

from dashboard import clock, models, settings
from dashboard.bulk import Among, columns, number, run, staged
from dashboard.domain import allocation, deals, promises
from dashboard.domain.columns import NEVER, NONE, known, sorting
from dashboard.domain.deadlines import Clocks, promised_by
from dashboard.domain.expiring_payments import DEAD, DIES, last_good_day, needed_on, payment_state
from dashboard.planning.deal_results import keep_results
from dashboard.planning.derive import date_all_lines, fingerprint
from dashboard.planning.facts import NOBODY, Facts, Marks, part_rows, read_facts
from dashboard.planning.packed import pack, unpack
from dashboard.planning.run import snapshot

# From the region's day on, a customer whose goods come so much later must agree; US 16 CFR 435.2(b)(1)(iv).
CONSENT_DAYS = 30
OF_SCOPE = 1  # among the bits of what a run means
# Of more, the whole plan is read and the others left aside: looked up one by one they take several times as long.
FEW_SKUS = 1_000
EXCEPTIONS = ("", "short", "late")
SHORT, LATE = 1, 2
OF_A_STRATEGY = (*deals.STRATEGIES, "none")  # the last one of lines in no segment

# What only a commit needs, as it is packed.
UNITS = ("line_id", "part", "location_id", "supply_id", "qty")
RANKS = ("line_id", "part", "rank")


@dataclass(frozen=True, slots=True)
class SegmentRules:
    """How the lines of a segment are dealt with."""

    strategy: int
    sort: str


@dataclass(frozen=True, slots=True)
class Meant:
    """The segments of a run in their order; and which lines it means, as numbers of bits: the lowest says that a line's
    SKU is dealt out, the following ones that the line is of the first segment, the second, and so on.

    A line has those of the bits `by_facts` that its order, its SKU and it itself are all marked with, and further ones
    as it waits.
    """

    segments: Sequence[SegmentRules]
    by_facts: int
    marks: Marks
    waiting: tuple[np.ndarray, np.ndarray, np.ndarray]  # line id, part, bits


@dataclass(frozen=True, slots=True)
class _Outlook:
    """How every part of a line stands: one row each, in the order of the facts."""

    reserved: np.ndarray
    waiting: np.ndarray
    unmet: np.ndarray
    eta: np.ndarray
    slips: np.ndarray  # bool: not by the day promised
    slips_far: np.ndarray  # bool: so far, or without a day, that the customer must agree
    unpaid: np.ndarray  # bool: its means of payment is over before


@dataclass(frozen=True, slots=True)
class Found:
    """What a run would do, as it is kept."""

    sku_id: np.ndarray
    units: dict[str, np.ndarray]
    ranks: dict[str, np.ndarray]
    results: dict[str, np.ndarray]
    figures: list[dict[str, int | str]]


@dataclass(frozen=True, slots=True)
class Simulated:
    """What a run would do, for which day, by which facts."""

    found: Found
    today: date
    facts_seen: int
    seconds: float


def simulate(ask: Callable[[Connection], Meant]) -> Simulated:
    """What a run would do, read from one snapshot without any lock; `ask` says there which lines it means."""
    begun, today = time.monotonic(), clock.today()
    connection = snapshot()
    meant = ask(connection)
    facts = read_facts(connection, today=today, region=settings.clock_rule(), marks=meant.marks)
    found = find(facts, meant)
    return Simulated(found, today, fingerprint_of(connection, found.sku_id), time.monotonic() - begun)


def as_array(keys: Sequence[int]) -> np.ndarray:
    """Keys as planning reads them."""
    return np.array(keys, np.int64)


def find(facts: Facts, meant: Meant) -> Found:
    """Deals the supply of some SKUs out again, and compares how all lines stand before and after."""
    rules, orders = facts.lines.rules, facts.orders.rules
    dates = promises.date_supply(facts.incoming.dates, facts.lateness, facts.today)
    supply = allocation.Supply(facts.incoming.sku, dates.turn, facts.incoming.open_qty, dates.eta)
    asked_orders = replace(orders, not_before=np.where(orders.not_before > facts.today, orders.not_before, NONE))
    now = allocation.allocate(asked_orders, rules, facts.shelf.rules, supply, facts.holds, located=False)
    before = _outlook(facts, now, dates)
    asked = _asked(facts, meant)
    dealt = deals.deal_again(asked_orders, rules, facts.shelf.rules, supply, facts.holds, now, asked, today=facts.today)
    holds = dealt.holds(facts.holds)
    ranked = replace(rules, rank=dealt.ranks)
    then = allocation.allocate(asked_orders, ranked, facts.shelf.rules, supply, holds, located=False)
    after = _outlook(facts, then, dates)
    del now, then

    lines = facts.lines
    units = {
        "line_id": lines.id[np.concatenate((dealt.shelf_line, dealt.coming_line))],
        "part": rules.part[np.concatenate((dealt.shelf_line, dealt.coming_line))],
        "location_id": np.concatenate((facts.location_id[dealt.shelf_location], np.full(len(dealt.coming_line), NONE))),
        "supply_id": np.concatenate((np.full(len(dealt.shelf_line), NONE), facts.incoming.id[dealt.coming_supply])),
        "qty": np.concatenate((dealt.shelf_qty, dealt.coming_qty)),
    }
    was = np.full(len(lines.id), allocation.NOT_RANKED) if rules.rank is None else rules.rank
    changed = np.flatnonzero(
        (dealt.segment != deals.NO_SEGMENT)
        & asked.in_scope
        & ((dealt.ranks != allocation.NOT_RANKED) | (was != dealt.ranks))
    )
    ranks = {
        "line_id": lines.id[changed],
        "part": rules.part[changed],
        "rank": np.where(dealt.ranks[changed] == allocation.STANDS_BACK, 0, dealt.ranks[changed]),
    }
    scope = np.unique(rules.sku[asked.in_scope])
    results, figures = _compare(facts, dealt, asked, before, after)
    return Found(facts.skus.id[scope], units, ranks, results, figures)


def _asked(facts, meant):
    lines, rules = facts.lines, facts.lines.rules
    bits = np.full(len(lines.id), meant.by_facts)
    for marked, row in ((facts.marked.orders, rules.order), (facts.marked.skus, rules.sku), (facts.marked.lines, ...)):
        if marked is not None:
            bits &= marked[row]
    line_id, part, as_waiting = meant.waiting
    rows = part_rows(lines, line_id, part)
    bits[rows[rows != NOBODY]] |= as_waiting[rows != NOBODY]

    dealt = np.zeros(len(facts.skus.id), bool)
    dealt[rules.sku[bits & OF_SCOPE != 0]] = True
    in_scope = dealt[rules.sku]
    segment = np.full(len(lines.id), deals.NO_SEGMENT)
    for place in range(len(meant.segments), 0, -1):
        segment[in_scope & (bits & (1 << place) != 0)] = place
    strategy = np.full(len(lines.id), deals.GAIN)
    key = np.zeros(len(lines.id), np.int64)
    for place, one in enumerate(meant.segments, start=1):
        mine = segment == place
        strategy[mine], key[mine] = one.strategy, _sort_keys(facts, one.sort)[mine]
    return deals.Asked(in_scope, strategy, segment, key)


def _sort_keys(facts, sort):
    """Numbers by which lines stand one behind the other: the queue settles what is alike."""
    lines, order = facts.lines, facts.lines.rules.order
    if sort == "oldest":
        return facts.orders.rules.place[order]
    if sort == "promise":
        return promised_by(_clocks(facts), facts.region)
    if sort == "value":
        return -np.where(known(lines.unit_price), lines.unit_price * lines.rules.open_qty, 0)
    if sort == "smallest":
        return lines.rules.open_qty
    return np.zeros(len(lines.id), np.int64)


def _clocks(facts):
    order = facts.lines.rules.order
    none = np.full(len(order), NONE)
    return Clocks(
        placed_on=facts.orders.placed_on[order],
        current_promise=facts.lines.current_promise,
        credit_applied=facts.orders.credit_applied[order],
        eta=none,
        needed_on=none,
        card_until=none,
        authorised_until=none,
        last_date=none,
    )


def _outlook(facts, found, dates):
    line_dates = date_all_lines(facts, found, dates)
    order = facts.lines.rules.order
    waits = found.waiting > 0
    eta = np.where(waits, line_dates.eta, NONE)
    by = promised_by(_clocks(facts), facts.region)
    late = np.where(known(eta), eta, NEVER)
    needed = needed_on(eta, np.where(waits, line_dates.late_eta, NONE))
    last_good = last_good_day(facts.orders.card_until[order], facts.orders.authorised_until[order])
    state = payment_state(last_good, needed, facts.today)
    return _Outlook(
        found.reserved,
        found.waiting,
        found.unmet,
        eta,
        waits & (late > by),
        waits & (late > by + CONSENT_DAYS),
        waits & ((state == DIES) | (state == DEAD)),
    )


def _compare(facts, dealt, asked, before, after):
    """The rows that are kept of lines, and the figures of every strategy and currency."""
    lines, order = facts.lines, facts.lines.rules.order
    gained = after.reserved - before.reserved
    was, then = (_as_days(one, facts.today) for one in (before, after))
    loses = (gained < 0) | ((gained == 0) & (then > was))
    gains = ~loses & ((gained > 0) | (then < was))
    promised = known(lines.current_promise)
    slips = after.slips & ~before.slips
    misses_promise = slips & promised
    misses_law = slips | (after.slips_far & ~before.slips_far)
    misses_card = after.unpaid & ~before.unpaid
    wins = asked.in_scope & (dealt.segment != deals.NO_SEGMENT) & (dealt.strategy == deals.WIN)
    exception = np.where(wins & (after.unmet > 0), SHORT, np.where(wins & after.slips, LATE, 0))

    strategy = np.where(dealt.segment == deals.NO_SEGMENT, len(deals.STRATEGIES), dealt.strategy)
    dated = (was != NEVER) & (then != NEVER)
    days = np.where(dated, then - was, 0)
    price = np.where(known(lines.unit_price), lines.unit_price, 0)
    counts = {
        "lines": asked.in_scope,
        "gaining": gains,
        "losing": loses,
        "units_gained": np.maximum(gained, 0),
        "units_lost": np.maximum(-gained, 0),
        "days_earlier": np.maximum(-days, 0),
        "days_later": np.maximum(days, 0),
        "dates_lost": loses & (then == NEVER) & (was != NEVER),
        "dates_gained": gains & (was == NEVER) & (then != NEVER),
        "value_gained": np.maximum(gained, 0) * price,
        "value_lost": np.maximum(-gained, 0) * price,
        "misses_promise": misses_promise,
        "misses_law": misses_law,
        "misses_card": misses_card,
        "missing": misses_promise | misses_law | misses_card,  # each line once
        "exceptions": exception > 0,
        "listed": gains | loses | (exception > 0),
    }
    concerned = asked.in_scope | gains | loses
    group = strategy * len(facts.words.words) + facts.orders.currency[order] if len(order) else strategy
    figures = _figures(group, counts, concerned, facts.words.words)

    rows = np.flatnonzero(gains | loses | (exception > 0))
    missed = (misses_promise | misses_law | misses_card)[rows]
    kind = np.where(missed, 0, np.where(exception[rows] > 0, 1, np.where(loses[rows], 2, 3)))
    rows = rows[sorting(kind, -np.abs(gained[rows]), dealt.turn[rows])]
    results = {
        "line_id": lines.id[rows],
        "part": lines.rules.part[rows],
        "segment": dealt.segment[rows],
        "strategy": strategy[rows],
        "qty_open": lines.rules.open_qty[rows],
        "reserved_before": before.reserved[rows],
        "reserved_after": after.reserved[rows],
        "eta_before": before.eta[rows],
        "eta_after": after.eta[rows],
        "misses_promise": misses_promise[rows].astype(np.int64),
        "misses_law": misses_law[rows].astype(np.int64),
        "misses_card": misses_card[rows].astype(np.int64),
        "exception": exception[rows],
    }
    return results, figures


def _as_days(outlook, today):
    """The day on which all of a line can ship: today where nothing of it waits, NEVER where none is known."""
    return np.where(outlook.waiting == 0, today, np.where(known(outlook.eta), outlook.eta, NEVER))


def _figures(group, counts, concerned, words):
    group, whose = np.unique(group[concerned], return_inverse=True)
    # Money as whole numbers all the way: sums of values do not fit into the doubles that bincount adds in.
    sums = {}
    for name, column in counts.items():
        amounts = np.zeros(len(group), np.int64)
        np.add.at(amounts, whose, column[concerned].astype(np.int64))
        sums[name] = amounts.tolist()
    return [
        {
            "strategy": OF_A_STRATEGY[number // len(words)],
            "currency": words[number % len(words)],
            **{name: amounts[place] for name, amounts in sums.items()},
        }
        for place, number in enumerate(group.tolist())
    ]


def fingerprint_of(connection: Connection, skus: np.ndarray) -> int:
    """A number that changes when the stored plan gives a line of these SKUs (ids) other units, dates or deadlines."""
    seen = np.zeros(1, np.int64)
    for kept in (_waiting_digests, _reserved_digests):
        if len(skus) > FEW_SKUS:
            sku_id, *digests = columns(connection, kept(listed=False))
            digests = [column[np.isin(sku_id, skus)] for column in digests]
        else:
            _, *digests = columns(connection, kept(listed=True), skus=skus)
        if len(digests[0]):
            seen += fingerprint(*digests).sum()
    return int(seen[0])


@cache
def _waiting_digests(*, listed):
    row = models.Waiting
    query = select(number(row.sku_id), number(row.line_id), number(row.part), number(row.digest))
    return query.where(Among(row.sku_id, "skus")) if listed else query


@cache
def _reserved_digests(*, listed):
    row, line = models.LinePlan, models.OrderLine
    query = select(number(line.sku_id), number(row.line_id), number(row.part), number(row.digest))
    query = query.join_from(row, line, line.id == row.line_id)
    return query.where(Among(line.sku_id, "skus")) if listed else query


def keep(connection: Connection, run_id: int, found: Found) -> None:
    """Writes what a run would do into its own tables; in a transaction."""
    with staged(connection, "deal_found_skus", sku_id=found.sku_id) as rows:
        run(connection, _kept_skus(run_id, rows))
    keep_results(connection, run_id, found.results)
    finding = {
        "run_id": run_id,
        "held": int(found.units["qty"].sum()),
        "units": pack(found.units, UNITS),
        "ranks": pack(found.ranks, RANKS),
    }
    connection.execute(insert(models.DealFinding.__table__).values(finding))


def _places(cells):
    return np.arange(1, 1 + len(cells["line_id"]))


def _kept_skus(run_id, rows):
    table = models.DealSku.__table__
    return insert(table).from_select(["run_id", "sku_id"], select(_own(run_id), rows.c.sku_id))


def _kept_ranks(run_id, rows):
    source = {"run_id": _own(run_id), **dict(rows.c), "in_force": false()}
    return insert(models.DealRank.__table__).from_select(list(source), select(*source.values()))


def _own(run_id):
    return literal(run_id, BigInteger)


def put_in_force(connection: Connection, run_id: int, *, reason: str, actor: int | None) -> int:
    """What a run found holds from now on: its units as holds, its ranks instead of those of earlier runs; how many
    units.
    """
    units, ranks = _found_by(connection, run_id)
    if len(units["qty"]):
        with staged(connection, "deal_found_units", place=_places(units), **units) as rows:
            run(connection, _dealt_holds(rows, reason=reason, actor=actor))
    if len(ranks["rank"]):
        with staged(connection, "deal_found_ranks", **ranks) as rows:
            run(connection, _kept_ranks(run_id, rows))
    rank = models.DealRank.__table__
    mine = rank.alias()
    taken_over = (
        select(mine.c.run_id)
        .where(mine.c.run_id == run_id, mine.c.line_id == rank.c.line_id, mine.c.part == rank.c.part)
        .exists()
    )
    connection.execute(update(rank).where(rank.c.in_force, rank.c.run_id != run_id, taken_over).values(in_force=False))
    connection.execute(update(rank).where(rank.c.run_id == run_id).values(in_force=True))
    return int(units["qty"].sum())


def _found_by(connection, run_id):
    row = models.DealFinding
    units, ranks = connection.execute(select(row.units, row.ranks).where(row.run_id == run_id)).one()
    return unpack(units, UNITS), unpack(ranks, RANKS)


def _dealt_holds(rows, *, reason, actor):
    hold = models.Hold.__table__
    source = {
        "line_id": rows.c.line_id,
        "part": rows.c.part,
        "location_id": func.nullif(rows.c.location_id, NONE),
        "purchase_order_line_id": func.nullif(rows.c.supply_id, NONE),
        "qty": rows.c.qty,
        "kind": literal("dealt", hold.c.kind.type),
        "reason": literal(reason, hold.c.reason.type),
        "made_at": literal(clock.now(), hold.c.made_at.type),
        "made_by": literal(actor, hold.c.made_by.type),
    }
    return insert(hold).from_select(list(source), select(*source.values()).order_by(rows.c.place))


def take_out_of_force(connection: Connection, run_id: int, *, reason: str, why: str, actor: int | None) -> int:
    """Ends the holds of a run, those too that came in with a receipt since, and its ranks; how many holds."""
    hold, rank = models.Hold.__table__, models.DealRank.__table__
    units, _ = _found_by(connection, run_id)
    held = select(number(hold.c.id)).where(
        Among(hold.c.line_id, "lines"),
        hold.c.ended_at.is_(None),
        hold.c.kind == "dealt",
        (hold.c.reason == reason) | hold.c.reason.not_like("run %"),
    )
    (ended,) = columns(connection, held, lines=np.unique(units["line_id"]))
    if len(ended):
        with staged(connection, "deal_ended_holds", id=ended) as rows:
            values = {"ended_at": clock.now(), "ended_by": actor, "end_reason": why}
            run(connection, update(hold).where(hold.c.id.in_(select(rows.c.id))).values(values))
    connection.execute(update(rank).where(rank.c.run_id == run_id, rank.c.in_force).values(in_force=False))
    return len(ended)
