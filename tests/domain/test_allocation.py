"""Who gets what: the sentences of the queue, and its properties over random shops."""

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.domain import allocation
from dashboard.domain.columns import NONE

from .reference_walk import Hold, Incoming, Line, walk

GONE = 0  # a purchase-order line that supplies nothing any more


def columns(*rows, width):
    table = np.array(rows, np.int64).reshape(-1, width)
    return tuple(table[:, column].copy() for column in range(width))


def ranks_of(lines):
    """As committed runs left them; None where none ranked any of these."""
    if not any(line.stands_back or line.rank is not None for line in lines):
        return None
    unranked = allocation.NOT_RANKED
    return np.array(
        [
            allocation.STANDS_BACK if line.stands_back else unranked if line.rank is None else line.rank
            for line in lines
        ],
        np.int64,
    )


def none_or(day):
    return NONE if day is None else day


def allocate(lines, stock=None, incoming=(), holds=()):
    """Runs the vectorised rules over the reference's rows and gives its answer in the reference's words."""
    keys = sorted({line.order for line in lines})
    order_of = {key: number for number, key in enumerate(keys)}
    one_of = {order_of[line.order]: line for line in lines}
    row_of = {line.key: row for row, line in enumerate(lines)}
    supply_of = {one.key: row for row, one in enumerate(incoming)}
    places = sorted((line.placed, line.order) for line in one_of.values())
    orders = allocation.Orders(
        np.array([one_of[number].priority for number in range(len(keys))], np.int64),
        np.array([places.index((one_of[n].placed, one_of[n].order)) for n in range(len(keys))], np.int64),
        np.array([one_of[number].ship_complete for number in range(len(keys))], bool),
        np.array([one_of[number].usual for number in range(len(keys))], np.int64),
        np.array([none_or(one_of[number].not_before) for number in range(len(keys))], np.int64),
    )
    order, line_no, part, sku, qty, dropship = columns(
        *((order_of[line.order], line.line_no, 1, line.sku, line.qty, line.dropship) for line in lines), width=6
    )
    found = allocation.allocate(
        orders,
        allocation.Lines(order, line_no, part, sku, qty, dropship.astype(bool), ranks_of(lines)),
        allocation.Stock(*columns(*((*key, qty) for key, qty in (stock or {}).items()), width=3)),
        allocation.Supply(*columns(*((one.sku, one.turn, one.qty, none_or(one.eta)) for one in incoming), width=4)),
        allocation.Holds(
            *columns(
                *((row_of[h.line], h.kind, h.location, supply_of.get(h.supply, -1), h.qty) for h in holds), width=5
            )
        ),
    )
    reserved = {
        (lines[line].key, location, held): qty
        for line, location, qty, held in zip(
            *(
                column.tolist()
                for column in (
                    found.reserved_line,
                    found.reserved_location,
                    found.reserved_qty,
                    found.reserved_held,
                )
            ),
            strict=True,
        )
    }
    pegged = {
        (lines[line].key, incoming[supply].key): qty
        for line, supply, qty in zip(
            found.pegged_line.tolist(), found.pegged_supply.tolist(), found.pegged_qty.tolist(), strict=True
        )
    }
    assert len(reserved) == len(found.reserved_line), "a place of a line has one row for each kind of hold"
    assert len(pegged) == len(found.pegged_line), "a line and a supply have one peg"
    passed_over = {lines[row].key for row in np.flatnonzero(found.passed_over)}
    return found, reserved, pegged, passed_over


def reserved_by_line(lines, **shop):
    found, *_ = allocate(lines, **shop)
    return found.reserved.tolist()


# Behaviour 1 and the rules of the queue ----------------------------------------------------------------------------


def six_six_three(**second):
    return [
        Line(1, order=1, sku=0, qty=6, placed=1),
        Line(2, order=2, sku=0, qty=6, placed=2, **second),
        Line(3, order=3, sku=0, qty=3, placed=3),
    ]


def test_ten_units_for_six_six_three_go_six_four_none():
    assert reserved_by_line(six_six_three(), stock={(0, 0): 10}) == [6, 4, 0]


def test_a_ship_complete_order_that_cannot_be_whole_is_passed_over_and_says_so():
    found, _, _, passed_over = allocate(six_six_three(ship_complete=True), stock={(0, 0): 10})
    assert found.reserved.tolist() == [6, 0, 3]
    assert passed_over == {2}


def test_a_ship_complete_order_that_found_an_empty_shelf_was_not_passed_over():
    *_, passed_over = allocate(six_six_three(ship_complete=True), stock={(0, 0): 6})
    assert passed_over == set()


def test_a_better_priority_class_comes_before_an_older_order():
    lines = [Line(1, 1, 0, 5, placed=1, priority=3), Line(2, 2, 0, 5, placed=9, priority=1)]
    assert reserved_by_line(lines, stock={(0, 0): 7}) == [2, 5]


def test_orders_of_one_moment_are_told_apart_by_order_and_then_by_line_number():
    lines = [Line(1, 2, 0, 5), Line(2, 1, 0, 5, line_no=10), Line(3, 1, 0, 5, line_no=9)]
    assert reserved_by_line(lines, stock={(0, 0): 11}) == [1, 5, 5]


def test_a_ship_complete_order_takes_all_its_skus_or_none():
    lines = [
        Line(1, 1, 0, 5, ship_complete=True),
        Line(2, 1, 1, 5, line_no=2, ship_complete=True),
        Line(3, 2, 0, 4, placed=1),
    ]
    assert reserved_by_line(lines, stock={(0, 0): 5, (1, 0): 4}) == [0, 0, 4]
    assert reserved_by_line(lines, stock={(0, 0): 5, (1, 0): 5}) == [5, 5, 0]


def test_two_lines_of_one_sku_in_a_ship_complete_order_need_the_sum_of_both():
    lines = [Line(1, 1, 0, 5, ship_complete=True), Line(2, 1, 0, 5, line_no=2, ship_complete=True)]
    assert reserved_by_line(lines, stock={(0, 0): 9}) == [0, 0]
    assert reserved_by_line(lines, stock={(0, 0): 10}) == [5, 5]


def test_a_drop_shipped_line_takes_no_stock_and_its_ship_complete_order_does_not_wait_for_it():
    lines = [
        Line(1, 1, 0, 5, ship_complete=True, dropship=True),
        Line(2, 1, 1, 5, line_no=2, ship_complete=True),
    ]
    found, _, pegged, _ = allocate(lines, stock={(0, 0): 5, (1, 0): 5}, incoming=[Incoming(7, 0, 9, turn=0)])
    assert found.reserved.tolist() == [0, 5]
    assert pegged == {}
    assert found.unmet.tolist() == [0, 0]


# Where it lies ------------------------------------------------------------------------------------------------------


def test_stock_is_taken_from_the_usual_location_then_where_most_is_left_then_by_name():
    lines = [Line(1, 1, 0, 6, usual=2), Line(2, 2, 0, 4, placed=1)]
    _, reserved, _, _ = allocate(lines, stock={(0, 0): 3, (0, 1): 3, (0, 2): 2, (0, 3): 4})
    assert reserved == {(1, 2, 0): 2, (1, 3, 0): 4, (2, 0, 0): 3, (2, 1, 0): 1}


def test_two_locations_are_one_queue():
    lines = [Line(1, 1, 0, 5, usual=0), Line(2, 2, 0, 5, usual=1, placed=1)]
    _, reserved, _, _ = allocate(lines, stock={(0, 0): 2, (0, 1): 4})
    assert reserved == {(1, 0, 0): 2, (1, 1, 0): 3, (2, 1, 0): 1}


# Holds and ties -----------------------------------------------------------------------------------------------------


def test_what_is_picked_stays_although_a_better_ranked_line_wants_it():
    lines = [Line(1, 1, 0, 5, priority=1), Line(2, 2, 0, 5)]
    _, reserved, _, _ = allocate(lines, stock={(0, 0): 6}, holds=[Hold(2, allocation.PICKED, 4, location=0)])
    assert reserved == {(2, 0, allocation.PICKED): 4, (1, 0, 0): 2}


def test_where_less_is_there_than_is_held_the_firmest_hold_keeps_its_units():
    lines = [Line(1, 1, 0, 5, placed=1), Line(2, 2, 0, 5, placed=2)]
    holds = [Hold(1, allocation.TOLD, 4, location=0), Hold(2, allocation.PICKED, 4, location=0)]
    _, reserved, _, _ = allocate(lines, stock={(0, 0): 6}, holds=holds)
    assert reserved == {(2, 0, allocation.PICKED): 4, (1, 0, allocation.TOLD): 2}


def test_tied_units_come_from_their_purchase_order_alone():
    lines = [Line(1, 1, 0, 5), Line(2, 2, 0, 5, placed=1)]
    incoming = [Incoming(10, 0, 4, turn=0), Incoming(11, 0, 9, turn=1)]
    found, reserved, pegged, _ = allocate(
        lines, stock={(0, 0): 3}, incoming=incoming, holds=[Hold(1, allocation.FIXED, 5, supply=10)]
    )
    assert reserved == {(2, 0, 0): 3}, "the shelf is not for the tied line"
    assert pegged == {(1, 10): 4, (2, 11): 2}, "nor is another purchase order"
    assert found.unmet.tolist() == [1, 0]


def test_units_tied_to_a_purchase_order_that_supplies_nothing_wait_until_untied():
    found, reserved, pegged, _ = allocate(
        [Line(1, 1, 0, 5)],
        stock={(0, 0): 5},
        incoming=[Incoming(11, 0, 9, turn=0)],
        holds=[Hold(1, allocation.FIXED, 3, supply=GONE)],
    )
    assert (reserved, pegged, found.unmet.tolist()) == ({(1, 0, 0): 2}, {}, [3])


# Pegs ---------------------------------------------------------------------------------------------------------------


def test_a_purchase_order_of_five_and_one_of_twenty_serve_four_four_four_in_slices():
    lines = [Line(n, n, 0, 4, placed=n) for n in (1, 2, 3)]
    incoming = [Incoming(20, 0, 20, turn=1), Incoming(5, 0, 5, turn=0)]
    found, _, pegged, _ = allocate(lines, incoming=incoming)
    assert pegged == {(1, 5): 4, (2, 5): 1, (2, 20): 3, (3, 20): 4}
    slices = list(zip(found.pegged_line.tolist(), found.pegged_supply.tolist(), strict=True))
    assert slices == [(0, 1), (1, 1), (1, 0), (2, 0)], "in the order of the queue and of supply"


def test_what_supply_does_not_cover_is_unmet():
    found, _, pegged, _ = allocate([Line(1, 1, 0, 8)], stock={(0, 0): 1}, incoming=[Incoming(5, 0, 5, turn=0)])
    assert pegged == {(1, 5): 5}
    assert (found.waiting.tolist(), found.unmet.tolist()) == ([7], [2])


@pytest.mark.parametrize(("ship_complete", "deals"), [(False, 1), (True, 2 + 10)])
def test_thousands_that_may_not_ship_yet_are_decided_without_a_deal_for_each(monkeypatch, ship_complete, deals):
    """Ten units lie there and a thousand come in time: those behind them take what lies, each one at most."""
    done, deal = [], allocation.deal
    monkeypatch.setattr(allocation, "deal", lambda *args: done.append(args) or deal(*args))
    early = [Line(key, key, 0, 1, placed=key, not_before=6) for key in range(3000)]
    whole = Line(5000, 5000, 0, 2000, placed=5000, ship_complete=ship_complete)
    _, reserved, pegged, _ = allocate([*early, whole], {(0, 0): 10}, [Incoming(1, 0, 1000, turn=0, eta=5)])
    assert reserved == {(key, 0, 0): 1 for key in range(1000, 1010)}
    assert pegged == {(key, 1): 1 for key in range(1000)}
    assert len(done) <= deals


def test_a_shop_without_lines_or_stock_is_no_error():
    found, reserved, pegged, _ = allocate([], stock={(0, 0): 5}, incoming=[Incoming(5, 0, 5, turn=0)])
    assert (len(found.queue), reserved, pegged) == (0, {}, {})
    assert reserved_by_line([Line(1, 1, 0, 3)]) == [0]


# Properties ---------------------------------------------------------------------------------------------------------


@st.composite
def shops(draw, with_runs=False):
    """A few SKUs, many orders on them: 30 % ship-complete, several places, holds, ties, ranks that tie; and some that
    committed runs ranked.
    """
    chance = random.Random(draw(st.integers(0, 2**32)))
    skus, places = draw(st.integers(1, 4)), draw(st.integers(1, 3))
    lines, key = [], 0
    for order in range(draw(st.integers(1, 14))):
        shared = {
            "priority": chance.randint(1, 3),
            "placed": chance.randint(0, 4),
            "ship_complete": chance.random() < 0.3,
            "usual": chance.randint(-1, places - 1),
            "not_before": chance.choice((None, None, 3, 6)),
        }
        for line_no in range(1, chance.randint(1, 4) + 1):
            key += 1
            lines.append(
                Line(
                    key, order, chance.randrange(skus), chance.randint(1, 8), line_no=line_no,
                    dropship=chance.random() < 0.08, **shared,
                )
            )  # fmt: skip
    stock = {
        (sku, place): chance.randint(0, 14) for sku in range(skus) for place in range(places) if chance.random() < 0.8
    }
    incoming = [
        Incoming(
            100 + number, chance.randrange(skus), chance.randint(1, 12), turn=number, eta=chance.choice((None, 2, 5, 8))
        )
        for number in range(draw(st.integers(0, 6)))
    ]
    chance.shuffle(incoming)
    holds = []
    for _ in range(draw(st.integers(0, 5))):
        line = chance.choice(lines)
        kind, qty = chance.randint(1, 4), chance.randint(1, 6)
        mine = [one.key for one in incoming if one.sku == line.sku]
        if chance.random() < 0.5:
            holds.append(Hold(line.key, kind, qty, location=chance.randrange(places)))
        else:
            holds.append(Hold(line.key, kind, qty, supply=chance.choice([*mine, GONE])))
    if with_runs and chance.random() < 0.5:
        ranks = chance.sample(range(1, 100), len(lines))
        for line, rank in zip(lines, ranks, strict=True):
            line.stands_back = chance.random() < 0.2
            if not line.stands_back and not line.ship_complete and chance.random() < 0.4:
                line.rank = rank
    # The order of two alike holds on one line is nobody's business, so there are none.
    holds = list({(hold.line, hold.kind, hold.location, hold.supply): hold for hold in holds}.values())
    return lines, stock, incoming, holds


@given(shops(with_runs=True))
def test_the_columns_say_what_the_plain_walk_says(shop):
    lines, stock, incoming, holds = shop
    _, reserved, pegged, passed_over = allocate(lines, stock, incoming, holds)
    expected = walk(lines, stock, incoming, holds)
    assert reserved == expected.reserved
    assert pegged == expected.pegged
    assert passed_over == expected.passed_over


@given(shops(with_runs=True), st.randoms(use_true_random=False))
def test_permuting_the_rows_changes_nothing(shop, chance):
    lines, stock, incoming, holds = shop
    _, *before = allocate(lines, stock, incoming, holds)
    shuffled = [list(rows) for rows in (lines, stock.items(), incoming, holds)]
    for rows in shuffled:
        chance.shuffle(rows)
    _, *after = allocate(shuffled[0], dict(shuffled[1]), shuffled[2], shuffled[3])
    assert before == after


@given(shops(with_runs=True))
def test_units_are_conserved_and_no_place_gives_more_than_it_has(shop):
    lines, stock, incoming, holds = shop
    found, reserved, pegged, _ = allocate(lines, stock, incoming, holds)
    sku_of = {line.key: line.sku for line in lines}
    taken = {}
    for (line, location, _), qty in reserved.items():
        assert qty > 0
        taken[sku_of[line], location] = taken.get((sku_of[line], location), 0) + qty
    assert all(qty <= stock.get(place, 0) for place, qty in taken.items())
    for one in incoming:
        assert sum(qty for (_, supply), qty in pegged.items() if supply == one.key) <= one.qty
    for row, line in enumerate(lines):
        own = sum(qty for (key, _, _), qty in reserved.items() if key == line.key)
        coming = sum(qty for (key, _), qty in pegged.items() if key == line.key)
        assert own == found.reserved[row]
        assert own + found.waiting[row] == line.qty
        assert line.dropship or coming + found.unmet[row] == found.waiting[row]


@given(shops())
def test_nobody_is_served_before_a_better_ranked_line_that_could_have_been(shop):
    lines, stock, incoming, _ = shop
    _, reserved, pegged, _ = allocate(lines, stock, incoming)
    rank = {line.key: (line.priority, line.placed, line.order, line.line_no) for line in lines}
    sku_of = {line.key: line.sku for line in lines}
    own = {line.key: 0 for line in lines}
    for (key, _, _), qty in reserved.items():
        own[key] += qty
    coming = {line.key: sum(qty for (key, _), qty in pegged.items() if key == line.key) for line in lines}
    for better in lines:
        if better.dropship:
            continue
        behind = [key for key in rank if sku_of[key] == better.sku and rank[key] > rank[better.key]]
        in_time = {one.key for one in incoming if one.eta is not None and one.eta <= (better.not_before or 0)}
        can_wait = not own[better.key] and better.qty == sum(
            qty for (key, supply), qty in pegged.items() if key == better.key and supply in in_time
        )
        if not better.ship_complete and own[better.key] < better.qty and not can_wait:
            assert not any(own[key] for key in behind), "a line behind took stock that this one wanted"
        if own[better.key] + coming[better.key] < better.qty:
            assert not any(coming[key] for key in behind), "a line behind is pegged to supply that this one wanted"
