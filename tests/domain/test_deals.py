"""Dealing out again: what each strategy means in worlds of a few lines, and what holds in all worlds."""

import random
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.domain import allocation
from dashboard.domain.deals import FILL, GAIN, LOSE, NO_SEGMENT, REDISTRIBUTE, STRATEGIES, WIN, Asked, deal_again

from .reference_walk import Hold, Incoming, Line
from .test_allocation import columns, none_or, shops

TODAY = 0


class Run:
    """A run over some SKUs of a shop of the reference's rows; `segments` give each line its strategy by key."""

    def __init__(self, lines, stock, incoming=(), *, segments, holds=(), scope=None, keys=None):
        self.lines, self.incoming = lines, list(incoming)
        order_keys = sorted({line.order for line in lines})
        one_of = {order_keys.index(line.order): line for line in lines}
        places = sorted((line.placed, line.order) for line in one_of.values())
        count = range(len(order_keys))
        self.orders = allocation.Orders(
            np.array([one_of[n].priority for n in count], np.int64),
            np.array([places.index((one_of[n].placed, one_of[n].order)) for n in count], np.int64),
            np.array([one_of[n].ship_complete for n in count], bool),
            np.array([one_of[n].usual for n in count], np.int64),
            np.array([none_or(one_of[n].not_before) for n in count], np.int64),
        )
        order, line_no, part, sku, qty, dropship = columns(
            *((order_keys.index(one.order), one.line_no, 1, one.sku, one.qty, one.dropship) for one in lines), width=6
        )
        self.rules = allocation.Lines(order, line_no, part, sku, qty, dropship.astype(bool))
        self.stock = allocation.Stock(*columns(*((*key, qty) for key, qty in stock.items()), width=3))
        self.supply = allocation.Supply(
            *columns(*((one.sku, one.turn, one.qty, none_or(one.eta)) for one in self.incoming), width=4)
        )
        row_of = {line.key: row for row, line in enumerate(lines)}
        supply_of = {one.key: row for row, one in enumerate(self.incoming)}
        held = columns(
            *((row_of[h.line], h.kind, h.location, supply_of.get(h.supply, -1), h.qty) for h in holds), width=5
        )
        self.holds = allocation.Holds(*held)
        in_scope = np.array([scope is None or line.sku in scope for line in lines], bool)
        strategy = np.array([segments.get(line.key, GAIN) for line in lines], np.int64)
        segment = np.array([1 if line.key in segments else NO_SEGMENT for line in lines], np.int64)
        key = np.array([(keys or {}).get(line.key, 0) for line in lines], np.int64)
        self.asked = Asked(in_scope, strategy, segment, key)
        self.now = self._allocate(self.rules, self.holds)
        self.dealt = deal_again(
            self.orders, self.rules, self.stock, self.supply, self.holds, self.now, self.asked, today=TODAY
        )
        self.then = self._allocate(replace(self.rules, rank=self.dealt.ranks), self.dealt.holds(self.holds))

    def _allocate(self, rules, holds):
        return allocation.allocate(self.orders, rules, self.stock, self.supply, holds)

    def given(self):
        """By key: what the run gives from the shelf, then from each supply."""
        got = {line.key: [0] * (1 + len(self.incoming)) for line in self.lines}
        for line, qty in zip(self.dealt.shelf_line, self.dealt.shelf_qty, strict=True):
            got[self.lines[line].key][0] += int(qty)
        for line, supply, qty in zip(
            self.dealt.coming_line, self.dealt.coming_supply, self.dealt.coming_qty, strict=True
        ):
            got[self.lines[line].key][1 + supply] += int(qty)
        return got

    def by_turn(self, found):
        """Per line: units from the shelf, and then those that have come with each supply in its turn, all summed up."""
        turns = sorted({one.turn for one in self.incoming})
        table = np.zeros((len(self.lines), 1 + len(turns)), np.int64)
        table[:, 0] = found.reserved
        for line, supply, qty in zip(found.pegged_line, found.pegged_supply, found.pegged_qty, strict=True):
            table[line, 1 + turns.index(self.incoming[supply].turn)] += qty
        return table.cumsum(axis=1)


def two(first=10, second=10, **particulars):
    """Two orders of one SKU, the older one first in the queue."""
    return [Line(1, 1, 0, first, placed=1), Line(2, 2, 0, second, placed=2, **particulars)]


def test_who_must_win_is_served_before_older_orders_that_may_be_dealt_again():
    run = Run(two(), {(0, 0): 10}, segments={1: REDISTRIBUTE, 2: WIN})
    assert run.then.reserved.tolist() == [0, 10]


def test_who_may_only_gain_keeps_what_it_has_even_from_who_must_win():
    run = Run(two(6, 10), {(0, 0): 10}, segments={1: GAIN, 2: WIN})
    assert run.then.reserved.tolist() == [6, 4]


def test_who_gains_takes_what_others_give_up():
    run = Run(two(10, 8), {(0, 0): 12}, segments={1: LOSE, 2: GAIN})
    assert run.then.reserved.tolist() == [0, 8], "and four lie there for whoever comes"


def test_who_may_only_lose_never_gets_more_though_it_lies_there():
    lines = [*two(4, 10), Line(3, 3, 0, 6, placed=0)]
    run = Run(lines, {(0, 0): 12}, segments={1: FILL, 2: FILL, 3: LOSE})
    assert run.now.reserved.tolist() == [4, 2, 6]
    assert run.then.reserved.tolist() == [4, 2, 0]


def test_who_gives_all_up_ends_with_nothing_on_the_shelf_and_nothing_to_come():
    run = Run(two(10, 3), {(0, 0): 5}, [Incoming(9, 0, 20, turn=0)], segments={1: LOSE})
    assert run.by_turn(run.then)[0].tolist() == [0, 0]
    assert run.then.reserved.tolist() == [0, 3], "who is in no segment takes what is left"


def test_who_is_in_no_segment_keeps_what_it_has():
    run = Run(two(10, 10), {(0, 0): 10}, segments={2: WIN})
    assert run.then.reserved.tolist() == [10, 0]


def test_a_better_date_is_taken_and_the_later_unit_goes_to_the_next():
    incoming = [Incoming(10, 0, 5, turn=0, eta=3), Incoming(20, 0, 5, turn=1, eta=9)]
    run = Run(two(5, 5), {}, incoming, segments={1: REDISTRIBUTE, 2: WIN})
    assert run.given() == {1: [0, 0, 5], 2: [0, 5, 0]}


def test_within_a_segment_its_own_order_decides():
    run = Run(two(), {(0, 0): 10}, segments={1: REDISTRIBUTE, 2: REDISTRIBUTE}, keys={1: 2, 2: 1})
    assert run.then.reserved.tolist() == [0, 10]


def test_a_ship_complete_order_wins_the_shelf_whole_or_not_at_all():
    short = Run(two(4, 12, ship_complete=True), {(0, 0): 10}, segments={1: REDISTRIBUTE, 2: WIN})
    assert short.then.reserved.tolist() == [4, 0]
    enough = Run(two(4, 12, ship_complete=True), {(0, 0): 12}, segments={1: REDISTRIBUTE, 2: WIN})
    assert enough.then.reserved.tolist() == [0, 12]


def test_a_ship_complete_order_that_lacks_what_the_run_leaves_alone_takes_nothing_new():
    lines = [
        Line(1, 1, 0, 4, placed=1),
        Line(2, 2, 0, 4, placed=2, ship_complete=True),
        Line(3, 2, 1, 1, placed=2, line_no=2, ship_complete=True),
    ]
    run = Run(lines, {(0, 0): 4}, segments={1: REDISTRIBUTE, 2: WIN}, scope={0})
    assert run.then.reserved.tolist() == [4, 0, 0]


@pytest.mark.parametrize("strategy", range(len(STRATEGIES)), ids=STRATEGIES)
def test_what_is_held_never_moves(strategy):
    held = [Hold(1, allocation.PICKED, 3, location=0)]
    run = Run(two(), {(0, 0): 10}, segments={1: strategy, 2: WIN}, holds=held)
    assert run.then.reserved[0] >= 3


def test_the_next_supply_goes_to_those_whom_the_run_put_first():
    run = Run(two(), {(0, 0): 10}, segments={1: REDISTRIBUTE, 2: REDISTRIBUTE}, keys={1: 2, 2: 1})
    more = allocation.Stock(run.stock.sku, run.stock.location, run.stock.on_hand + 4)
    run.stock = more
    then = run._allocate(replace(run.rules, rank=run.dealt.ranks), run.dealt.holds(run.holds))
    assert then.reserved.tolist() == [4, 10]
    lost = Run(two(), {(0, 0): 10}, segments={1: LOSE, 2: WIN})
    lost.stock = more
    then = lost._allocate(replace(lost.rules, rank=lost.dealt.ranks), lost.dealt.holds(lost.holds))
    assert then.reserved.tolist() == [0, 10], "who gave all up takes nothing of what comes either"


@given(shops(), st.integers(0, 2**32))
def test_what_every_strategy_promises_holds_in_every_shop(shop, seed):
    lines, stock, incoming, holds = shop
    chance = random.Random(seed)
    segments = {line.key: chance.randrange(len(STRATEGIES)) for line in lines if chance.random() < 0.8}
    scope = {sku for sku in range(4) if chance.random() < 0.8}
    keys = {line.key: chance.randint(0, 3) for line in lines}
    run = Run(lines, stock, incoming, segments=segments, holds=holds, scope=scope, keys=keys)
    again = Run(lines, stock, incoming, segments=segments, holds=holds, scope=scope, keys=keys)
    assert run.given() == again.given()

    shelf, supply = dict(stock), {one.key: one.qty for one in incoming}
    for line, place, qty in zip(run.then.reserved_line, run.then.reserved_location, run.then.reserved_qty, strict=True):
        shelf[lines[line].sku, int(place)] -= int(qty)
    for one, qty in zip(run.then.pegged_supply, run.then.pegged_qty, strict=True):
        supply[run.incoming[one].key] -= int(qty)
    assert min(shelf.values(), default=0) >= 0
    assert min(supply.values(), default=0) >= 0

    before, after = run.by_turn(run.now), run.by_turn(run.then)
    held = {h.line for h in holds}
    for row, line in enumerate(lines):
        if line.dropship or line.sku not in scope:
            continue
        strategy = int(run.dealt.strategy[row])
        if strategy in (WIN, GAIN):
            assert (after[row] >= before[row]).all(), f"{STRATEGIES[strategy]} is worse than before"
        if strategy == FILL:
            assert (after[row] <= before[row]).all(), "fill is better than before"
        if strategy == LOSE and line.key not in held:
            assert after[row, -1] == 0, "lose has something left"
    gives = run.given()
    assert all(sum(gives[line.key]) <= line.qty for line in lines)
    for line in lines:
        if line.ship_complete and gives[line.key][0]:
            own = [n for n, one in enumerate(lines) if one.order == line.order and not one.dropship]
            assert all(run.then.waiting[n] == 0 for n in own), "a ship-complete order has a part of the shelf"
