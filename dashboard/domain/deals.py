"""Supply that is there and to come is dealt out again: by segments of lines, each with a strategy.

A run takes all that nobody holds of its SKUs, and gives it to their lines by strategy, then segment, then the segment's
own order. Sources are passed one after the other, the shelf first, then each purchase-order line in the order in which
supply is used up. At each a line first keeps what it has of it, if its strategy protects that, and takes no more than
it still lacks: so who is protected never has a unit later than before, and who may only lose never has one earlier.

Columns and indices are those of `dashboard.domain.allocation`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dashboard.domain import allocation
from dashboard.domain.allocation import NOWHERE, Holds, Lines, Orders, Stock, Supply, total
from dashboard.domain.columns import before_in_group, group_starts, known, sorting
from dashboard.domain.refusals import Refused

# In the order in which they are served.
STRATEGIES = ("win", "gain", "redistribute", "fill", "lose")
WIN, GAIN, REDISTRIBUTE, FILL, LOSE = range(5)
KEEPS_ITS_OWN = (WIN, GAIN)  # nothing is taken from these
GIVES_UP = (FILL, LOSE)  # these take nothing more, as long as the run stands

# How the lines of a segment stand one behind the other.
SORTS = ("queue", "oldest", "promise", "value", "smallest")

NO_SEGMENT = 0  # of lines in none: they keep what they have, and take what is left
LONGEST_NAME = 60
SEGMENTS_AT_MOST = 8


class DealRefused(Refused):
    """A run, or a way of dealing, that cannot be so."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a run wants of each line: one row a line."""

    in_scope: np.ndarray  # bool: its SKU is dealt out
    strategy: np.ndarray
    segment: np.ndarray  # the place of its segment, from 1; NO_SEGMENT
    key: np.ndarray  # by which lines of a segment stand one behind the other: the lowest first


@dataclass(frozen=True, slots=True)
class Dealt:
    """What a run gives out, beside what was held before."""

    shelf_line: np.ndarray
    shelf_location: np.ndarray
    shelf_qty: np.ndarray
    coming_line: np.ndarray
    coming_supply: np.ndarray
    coming_qty: np.ndarray
    turn: np.ndarray  # per line: its place in the run
    strategy: np.ndarray  # per line: as it was applied; a ship-complete order has one for all its lines
    segment: np.ndarray
    lacks: np.ndarray  # per line of the run: units that nothing is there for
    ranks: np.ndarray  # per line: NOT_RANKED, STANDS_BACK or a rank, once the run is committed

    def holds(self, before: Holds) -> Holds:
        """What is held once the run is committed."""
        new = Holds(
            np.concatenate((self.shelf_line, self.coming_line)),
            np.full(len(self.shelf_line) + len(self.coming_line), allocation.DEALT),
            np.concatenate((self.shelf_location, np.full(len(self.coming_line), NOWHERE))),
            np.concatenate((np.full(len(self.shelf_line), NOWHERE), self.coming_supply)),
            np.concatenate((self.shelf_qty, self.coming_qty)),
        )
        return Holds(
            *(
                np.concatenate((getattr(before, name), getattr(new, name)))
                for name in ("line", "kind", "location", "supply", "qty")
            )
        )


def deal_again(
    orders: Orders,
    lines: Lines,
    stock: Stock,
    supply: Supply,
    holds: Holds,
    now: allocation.Allocation,
    asked: Asked,
    *,
    today: int,
) -> Dealt:
    """Deals what nobody holds of the run's SKUs out again; `now` is how it is dealt until then.

    A ship-complete order is of the first segment that one of its lines is of, and takes from the shelf all that it
    lacks or nothing; nothing at all where it also waits for a SKU that the run does not deal out. A line that may not
    ship before a day to come takes no more from the shelf than it has.
    """
    strategy, segment, turn, order_turn = _turns(orders, lines, asked)
    queue = sorting(lines.sku, turn)
    kept, tied = allocation.cut_holds(orders, lines, stock, supply, holds)
    on_shelf = holds.location != NOWHERE
    held = total(holds.line[on_shelf], kept[on_shelf], len(lines.sku))
    needs = np.where(asked.in_scope & ~lines.dropship, lines.open_qty - held - tied, 0)
    protects = np.isin(strategy, KEEPS_ITS_OWN)

    has = np.where(needs > 0, np.minimum(now.reserved - held, needs), 0)
    keeps = np.where(protects, has, 0)
    wants = _wants(strategy, needs, keeps, has, keeps)
    whole = orders.ship_complete[lines.order]
    later = known(orders.not_before)[lines.order] & (orders.not_before[lines.order] > today) & ~whole
    wants[later] = np.minimum(wants, has - keeps)[later]
    wants[whole & _reaches_beyond(orders, lines, asked)[lines.order] & (has < needs)] = 0

    free = stock.on_hand - total(
        allocation.stock_row(stock, lines.sku[holds.line], holds.location), kept, len(stock.sku)
    )
    skus = 1 + max((int(column.max()) for column in (lines.sku, stock.sku, supply.sku) if len(column)), default=0)
    pool = total(stock.sku, free, skus) - total(lines.sku, keeps, skus)
    dealt, _ = allocation.deal(orders, lines, queue, order_turn, wants, tied, pool)
    got = keeps + dealt
    line, location, qty, _ = allocation.locate(orders, lines, queue, got, stock, _free_of(free, stock, lines, asked))

    supply_free = supply.open_qty - total(holds.supply, kept, len(supply.sku))
    (coming_line, coming_supply, coming_qty), lacks = _deal_coming(
        lines, queue, supply, supply_free, _own_pegs(now, holds, kept, supply), strategy, needs, had=has, got=got
    )
    before = np.full(len(lines.sku), allocation.NOT_RANKED) if lines.rank is None else lines.rank
    # Who is in no segment stays where another run made it stand.
    ranks = np.where(segment == NO_SEGMENT, before, allocation.NOT_RANKED)
    ranked = (segment != NO_SEGMENT) & (lacks > 0) & ~lines.dropship
    ranks[ranked & ~whole] = 1 + turn[ranked & ~whole]
    ranks[ranked & np.isin(strategy, GIVES_UP)] = allocation.STANDS_BACK
    return Dealt(line, location, qty, coming_line, coming_supply, coming_qty, turn, strategy, segment, lacks, ranks)


def _turns(orders, lines, asked):
    """The strategy, segment and place in the run of each line, and the place of each order."""
    strategy = np.where(asked.segment == NO_SEGMENT, GAIN, asked.strategy)
    if lines.rank is not None:
        strategy = np.where((asked.segment == NO_SEGMENT) & (lines.rank == allocation.STANDS_BACK), FILL, strategy)
    last = 1 + int(asked.segment.max(initial=0))
    by_segment = np.where(asked.segment == NO_SEGMENT, last, asked.segment)
    order_rank, _ = allocation.queue_ranks(orders, lines)
    own = (order_rank[lines.order], lines.line_no, lines.part)
    turn = _ranks(sorting(strategy, by_segment, asked.key, *own))

    # An order that leaves only as a whole takes the turn of the first of its lines.
    one = orders.ship_complete[lines.order] & asked.in_scope & ~lines.dropship
    first = np.full(len(orders.place), len(turn), np.int64)
    np.minimum.at(first, lines.order[one], turn[one])
    by_turn = np.argsort(turn)
    whose = by_turn[np.minimum(first, len(turn) - 1)] if len(turn) else first
    shared = np.where(one, whose[lines.order], np.arange(len(turn)))
    strategy, segment = strategy[shared], asked.segment[shared]
    turn = _ranks(sorting(np.where(one, first[lines.order], turn), *own))
    order_turn = np.full(len(orders.place), len(turn), np.int64)
    np.minimum.at(order_turn, lines.order[asked.in_scope], turn[asked.in_scope])
    return strategy, segment, turn, order_turn


def _ranks(by):
    ranks = np.empty(len(by), np.int64)
    ranks[by] = np.arange(len(by))
    return ranks


def _reaches_beyond(orders, lines, asked):
    """Orders that wait for a SKU which the run leaves as it is."""
    beyond = np.zeros(len(orders.place), bool)
    beyond[lines.order[~asked.in_scope & ~lines.dropship & (lines.open_qty > 0)]] = True
    return beyond


def _wants(strategy, needs, keeps, had, has_now):
    """The units that each line takes from a source if it can; `had` are those it had up to this source, `has_now` those
    it has from here and before: who may only lose gets no unit earlier than it had one.
    """
    wants = np.maximum(needs - keeps, 0)
    fill = strategy == FILL
    wants[fill] = np.clip(had - has_now, 0, wants)[fill]
    wants[strategy == LOSE] = 0
    return wants


def _free_of(free, stock, lines, asked):
    """What stands free on the shelves of the run's SKUs."""
    dealt = np.zeros(1 + int(max(stock.sku.max(initial=0), lines.sku.max(initial=0))), bool)
    dealt[lines.sku[asked.in_scope]] = True
    return np.where(dealt[stock.sku], free, 0)


def _own_pegs(now, holds, kept, supply):
    """What each line waits for that is not tied: line, supply and units."""
    tie = (holds.supply != NOWHERE) & (kept > 0)
    if not tie.any():
        return now.pegged_line, now.pegged_supply, now.pegged_qty
    span = len(supply.sku)
    pegs = now.pegged_line * span + now.pegged_supply
    by = np.argsort(pegs)
    qty = now.pegged_qty.copy()
    ties = holds.line[tie] * span + holds.supply[tie]
    np.subtract.at(qty, by[np.searchsorted(pegs, ties, sorter=by)], kept[tie])
    return now.pegged_line[qty > 0], now.pegged_supply[qty > 0], qty[qty > 0]


def _deal_coming(lines, queue, supply, supply_free, pegs, strategy, needs, *, had, got):
    """Deals incoming supply, the first of every SKU, then the second, and so on: line, supply and units; and what each
    line lacks in the end. `had` and `got` are what lines have from the shelf, before and now.
    """
    had, got, lacks = had.copy(), got.copy(), needs - got
    protects = np.isin(strategy, KEEPS_ITS_OWN)
    by = sorting(supply.sku, supply.turn)
    number = np.empty(len(by), np.int64)
    starts = group_starts(supply.sku[by])
    number[by] = np.arange(len(by)) - starts
    peg_line, peg_supply, peg_qty = pegs
    peg_by = np.argsort(number[peg_supply], kind="stable")
    peg_ends = np.searchsorted(number[peg_supply][peg_by], np.arange(2 + int(number.max(initial=-1))))
    supply_by = np.argsort(number, kind="stable")
    ends = np.searchsorted(number[supply_by], np.arange(2 + int(number.max(initial=-1))))

    skus = 1 + int(max(lines.sku.max(initial=0), supply.sku.max(initial=0)))
    active = queue[lacks[queue] > 0]
    found_line, found_supply, found_qty = ([np.zeros(0, np.int64)] for _ in range(3))
    # By SKU, which of the supplies that are dealt now is its own: few SKUs have many, so that only these are touched.
    source = np.full(skus, NOWHERE)
    has = np.zeros(len(lines.sku), np.int64)
    for place in range(len(ends) - 1):
        here = supply_by[ends[place] : ends[place + 1]]
        source[supply.sku[here]] = np.arange(len(here))
        own = source[lines.sku[active]]
        source[supply.sku[here]] = NOWHERE
        goes_on = (own != NOWHERE) & (lacks[active] > 0)
        active, own = active[goes_on], own[goes_on]
        if not len(active):
            break
        mine = peg_by[peg_ends[place] : peg_ends[place + 1]]
        has[peg_line[mine]] = peg_qty[mine]
        had[peg_line[mine]] += peg_qty[mine]

        keeps = np.where(protects[active], np.minimum(has[active], lacks[active]), 0)
        wants = _wants(strategy[active], lacks[active], keeps, had[active], got[active])
        pool = supply_free[here] - total(own, keeps, len(here))
        before = before_in_group(wants, group_starts(own))
        given = keeps + np.clip(pool[own] - before, 0, wants)
        lacks[active] -= given
        got[active] += given
        some = given > 0
        found_line.append(active[some])
        found_supply.append(here[own[some]])
        found_qty.append(given[some])
        has[peg_line[mine]] = 0
    line, to, qty = (np.concatenate(column) for column in (found_line, found_supply, found_qty))
    return (line, to, qty), lacks
