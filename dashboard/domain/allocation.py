"""Who gets what: stock, then incoming supply, goes to waiting lines in the order of the queue.

The queue is one per SKU, over all its locations: priority class, then the moment of the order, then order id (by code
point), then line number. Dealing a million lines has to cost a fraction of a second, so the rules are written over
numpy columns; `tests/domain/reference_walk.py` says the same in a plain loop, one line at a time, and a property test
holds the two equal.

Everything is an index: a line, an order, a SKU, a location or an incoming supply is a row number of the columns handed
in. Quantities are whole units.
"""

from dataclasses import dataclass, replace

import numpy as np

from dashboard.domain.columns import before_in_group, group_starts, known, sorting

# How firmly a unit is held, the firmest first: that is the order in which holds keep their units where there are fewer
# than were held. A reservation that planning dealt, and that it may deal again, is not held.
NOT_HELD, PICKED, FIXED, TOLD, DEALT = range(5)
HELD_NAMES = ("", "picked", "fixed", "told", "dealt")

# How a committed run ranks a line: before all that no run ranked, the lowest rank first; behind, taking only what is
# held for it; or not at all.
NOT_RANKED, STANDS_BACK = 2**31, -1

NOWHERE = -1  # the location of a tie, the supply of a hold on the shelf, the usual location of an order that has none


@dataclass(frozen=True, slots=True)
class Orders:
    """One row an order."""

    priority: np.ndarray  # class; lower is served first
    place: np.ndarray  # rank by (placed_at, order id)
    ship_complete: np.ndarray  # bool
    usual_location: np.ndarray  # location, or NOWHERE
    not_before: np.ndarray  # a day to come, before which it may not ship; NONE: it may ship today


@dataclass(frozen=True, slots=True)
class Lines:
    """One row an open part of an order line; an undivided line is its own part 1."""

    order: np.ndarray
    line_no: np.ndarray
    part: np.ndarray
    sku: np.ndarray
    open_qty: np.ndarray
    dropship: np.ndarray  # bool: leaves from its supplier, takes neither stock nor supply of the house
    # Of committed runs: NOT_RANKED, STANDS_BACK, or the rank. None: no run ranked any. Lines of ship-complete orders
    # are never ranked, for these take their turn as a whole; they may stand back.
    rank: np.ndarray | None = None


@dataclass(frozen=True, slots=True)
class Stock:
    """One row a SKU and location. Locations are numbered in the order of their names."""

    sku: np.ndarray
    location: np.ndarray
    on_hand: np.ndarray


@dataclass(frozen=True, slots=True)
class Supply:
    """One row an open line of a purchase order that is sent or confirmed."""

    sku: np.ndarray
    turn: np.ndarray  # rank in which supply is used up: by date, po id, line number; overdue, then undated, last
    open_qty: np.ndarray
    eta: np.ndarray  # the day on which it should come, or NONE


@dataclass(frozen=True, slots=True)
class Holds:
    """One row a live hold: units of a line that stay at a location, or wait for one purchase-order line (a tie)."""

    line: np.ndarray
    kind: np.ndarray  # PICKED to DEALT
    location: np.ndarray  # or NOWHERE
    supply: np.ndarray  # or NOWHERE, also for a tie to a purchase order that supplies nothing any more
    qty: np.ndarray

    @classmethod
    def none(cls):
        return cls(*(np.zeros(0, np.int64) for _ in range(5)))


@dataclass(frozen=True, slots=True)
class Allocation:
    queue: np.ndarray  # lines by SKU, and within it in queue order
    reserved: np.ndarray  # per line: units on the shelf that are its own
    waiting: np.ndarray  # per line: open less reserved
    unmet: np.ndarray  # per line: waiting units that no supply covers (drop-shipped units count as covered)
    passed_over: np.ndarray  # per line: of a ship-complete order that left stock lying because not all was there
    # Reservations, in the order of `queue`.
    reserved_line: np.ndarray
    reserved_location: np.ndarray
    reserved_qty: np.ndarray
    reserved_held: np.ndarray  # NOT_HELD or the kind of hold
    # Pegs, in the order of `queue` and, within a line, of supply.
    pegged_line: np.ndarray
    pegged_supply: np.ndarray
    pegged_qty: np.ndarray


def allocate(orders, lines, stock, supply, holds, *, located=True):
    """Deals stock and incoming supply to lines: first what is held, then the rest in queue order.

    A hold of more units than there are is cut, the least firm and lowest ranked first; units cut from a shelf queue
    again like any other, and so do those that a run dealt from supply that is no more; units cut from another tie wait
    until somebody unties them. A ship-complete order takes stock for
    all its open lines at once or none; its drop-shipped lines are outside that condition, and while a unit of it is
    tied to a purchase order it cannot leave whole. A line that may not ship before a day to come, and of an order that
    may leave in part, leaves the shelf to those behind it if incoming supply covers it by that day: all of what it
    waits for, after what lines before it wait for.

    With `located` false nobody asks where units lie: how many each line has is said, and no reservation.
    """
    skus = 1 + max((int(column.max()) for column in (lines.sku, stock.sku, supply.sku) if len(column)), default=0)
    order_rank, line_rank = queue_ranks(orders, lines)
    queue = sorting(lines.sku, line_rank)
    kept, tied = cut_holds(orders, lines, stock, supply, holds)
    on_shelf = holds.location != NOWHERE

    held = total(holds.line[on_shelf], kept[on_shelf], len(lines.sku))
    wanting = lines.open_qty - held - tied
    wanting[lines.dropship] = 0
    held_back = np.where(stands_back(lines), wanting, 0)
    wanting -= held_back
    free = stock.on_hand - total(stock_row(stock, lines.sku[holds.line], holds.location), kept, len(stock.sku))

    on_shelves = total(stock.sku, free, skus)
    supply_free = supply.open_qty - total(holds.supply, kept, len(supply.sku))
    patient = _patient(orders, lines, queue, wanting, supply, supply_free, on_shelves)
    while True:
        asking = np.where(patient, 0, wanting)
        dealt, passed_over = deal(orders, lines, queue, order_rank, asking, tied + held_back, on_shelves)
        waiting = wanting - dealt
        pegs = peg(lines.sku, queue, waiting, supply, supply_free, skus)
        in_vain = _in_vain(orders, lines, patient, waiting, pegs, supply)
        if not len(in_vain):
            break
        # What is decided for the first of them hangs on lines before it alone, and those stand.
        patient[in_vain[np.argmin(line_rank[in_vain])]] = False
        patient &= _finds_something(orders, lines, queue, wanting, patient, on_shelves)
    places = locate(orders, lines, queue, dealt, stock, free) if located else (np.zeros(0, np.int64),) * 4
    if len(holds.line):
        rank = np.empty(len(queue), np.int64)
        rank[queue] = np.arange(len(queue))
        places = _with_held(places, holds, kept, on_shelf, rank) if located else places
        pegs = _with_ties(pegs, holds, kept, supply, rank)

    reserved = held + dealt
    waiting = lines.open_qty - reserved
    unmet = waiting - total(pegs[0], pegs[2], len(waiting))
    unmet[lines.dropship] = 0
    return Allocation(queue, reserved, waiting, unmet, passed_over, *places, *pegs)


def stands_back(lines):
    """Which lines take only what is held for them, because a run had them give up the rest."""
    return np.zeros(len(lines.sku), bool) if lines.rank is None else lines.rank == STANDS_BACK


def queue_ranks(orders, lines):
    """The rank of every order, and of every line, in the one queue that all SKUs share."""
    by_rank = sorting(orders.priority, orders.place)
    order_rank = np.empty(len(by_rank), np.int64)
    order_rank[by_rank] = np.arange(len(by_rank))
    keys = order_rank[lines.order], lines.line_no, lines.part
    if lines.rank is not None:
        keys = np.where(lines.rank == STANDS_BACK, NOT_RANKED, lines.rank), *keys
    return order_rank, _places_by(*keys)


def _places_by(*keys):
    by = sorting(*keys)
    places = np.empty(len(by), np.int64)
    places[by] = np.arange(len(by))
    return places


def cut_holds(orders, lines, stock, supply, holds):
    """The units that each hold keeps, and the units of each line that are tied: whether the tie is covered or not, but
    for those of a run, which tied them because they were there.

    First no line holds more than it has open, then no shelf and no purchase-order line gives more than it has. What a
    run dealt comes after all else, and fills what that leaves: a firmer hold may be of units that are no longer there.
    Who loses is decided by the queue, not by the ranks that a run gave: those are of what is dealt after it.
    """
    kept, stays = np.zeros((2, len(holds.line)), np.int64)
    if not len(kept):
        return kept, np.zeros(len(lines.sku), np.int64)
    is_tie, of_a_run = holds.location == NOWHERE, holds.kind == DEALT
    turn = np.where(holds.supply == NOWHERE, NOWHERE, _at(supply.turn, holds.supply))
    row = stock_row(stock, lines.sku[holds.line], holds.location)
    there = np.where(is_tie, _at(supply.open_qty, holds.supply), _at(stock.on_hand, row))
    source = 1 + np.where(is_tie, len(stock.sku) + 1 + holds.supply, row)
    _, place = queue_ranks(orders, replace(lines, rank=None))
    for some in (np.flatnonzero(~of_a_run), np.flatnonzero(of_a_run)):
        line, kind = holds.line[some], holds.kind[some]
        still_open = lines.open_qty - total(holds.line, stays, len(lines.sku))
        asked = _up_to(still_open[line], holds.qty[some], line, kind, holds.location[some], turn[some])
        given = total(source, kept, 1 + source.max())[source[some]]
        kept[some] = _up_to(there[some] - given, asked, source[some], kind, place[line])
        stays[some] = np.where(is_tie[some] & ~of_a_run[some], asked, kept[some])
    return kept, total(holds.line[is_tie], stays[is_tie], len(lines.sku))


def deal(orders, lines, queue, order_rank, wanting, tied, free):
    """The units each line takes from the shelf, and the lines that a ship-complete rule passed over.

    A line that may be served in part takes what is left at its turn, so after any number of such lines the shelf is
    down to its stock less all they wanted, or empty. Hence what a line finds is known by running totals, but for the
    ship-complete orders before it; and only those need a walk that would find enough if no other of them took any.
    """
    sku = lines.sku[queue]
    starts = group_starts(sku)
    wanted = wanting[queue]
    order = lines.order[queue]
    whole = orders.ship_complete[order] & (wanted > 0)
    plainly = np.where(whole, 0, wanted)
    found = free[sku] - before_in_group(plainly, starts)

    if whole.any():
        in_whole = orders.ship_complete[lines.order] & ~lines.dropship
        refused = np.zeros(len(orders.place), bool)
        refused[lines.order[in_whole & (tied > 0)]] = True
        refused[order[whole & (found < wanted)]] = True
        candidates = np.flatnonzero(whole & ~refused[order])
        candidates = candidates[np.argsort(order_rank[order[candidates]], kind="stable")]
        taken = _take_whole(order[candidates], sku[candidates], wanted[candidates], found[candidates])
        served = np.zeros(len(orders.place), bool)
        served[order[candidates[taken]]] = True
        wanted = np.where(whole & ~served[order], 0, wanted)
        found = free[sku] - before_in_group(wanted, starts)

    dealt = np.empty(len(queue), np.int64)
    dealt[queue] = np.clip(found, 0, wanted)
    left_lying = np.zeros(len(orders.place), bool)
    left_lying[order[whole & (wanted == 0) & (found > 0)]] = True
    passed_over = left_lying[lines.order] & (wanting > 0)
    return dealt, passed_over


def _patient(orders, lines, queue, wanting, supply, supply_free, on_shelves):
    """Lines that leave the shelf to others because supply that comes by the day before which they may not ship covers
    them. Of SKUs that ship-complete orders want too, all that may yet turn out so: those for which that supply reaches
    so far, even if lines before them found every shelf full.
    """
    in_whole = orders.ship_complete[lines.order]
    may_wait = known(orders.not_before)[lines.order] & ~in_whole & ~lines.dropship & (wanting > 0)
    may_wait &= on_shelves[lines.sku] > 0  # Where nothing lies, it is all the same.
    if not may_wait.any():
        return may_wait
    reach_of = _reach(supply, supply_free)
    coupled = np.unique(lines.sku[in_whole & (wanting > 0)])
    alone = may_wait & ~np.isin(lines.sku, coupled)
    for sku, rows in _rows_by_sku(lines.sku[queue], queue, lines.sku[alone]):
        stay = _patient_of_sku(orders, lines, rows, wanting, may_wait, reach_of.get(int(sku), []), on_shelves[sku])
        may_wait[rows] = False
        may_wait[stay] = True
    if not (may_wait & ~alone).any():
        return may_wait

    may_wait &= alone | _finds_something(orders, lines, queue, wanting, may_wait, on_shelves)
    plain = np.where(may_wait | in_whole, 0, wanting)
    before = np.empty(len(queue), np.int64)
    before[queue] = before_in_group(plain[queue], group_starts(lines.sku[queue]))
    for line in np.flatnonzero(may_wait & ~alone).tolist():
        sku, day = int(lines.sku[line]), int(orders.not_before[lines.order[line]])
        reach = max((end for end, eta in reach_of.get(sku, ()) if known(eta) and eta <= day), default=0)
        least = max(0, int(before[line]) - max(0, int(on_shelves[sku])))
        may_wait[line] = least + int(wanting[line]) <= reach
    return may_wait


def _patient_of_sku(orders, lines, rows, wanting, may_wait, reach, on_shelf):
    """Of the lines of a SKU, in the order of the queue, those that leave the shelf to others: one walk, because what a
    line finds, and what waits before it, hangs on lines before it alone.
    """
    stay, left, waiting, at = [], int(on_shelf), 0, 0
    days = orders.not_before[lines.order[rows]].tolist()
    for line, wants, may, day in zip(rows.tolist(), wanting[rows].tolist(), may_wait[rows].tolist(), days, strict=True):
        while at < len(reach) and reach[at][0] <= waiting:
            at += 1
        if may and _is_covered(reach, at, waiting + wants, day):
            stay.append(line)
            waiting += wants
        else:
            found = min(left, wants)
            left -= found
            waiting += wants - found
        if not left:
            break
    return stay


def _is_covered(reach, at, until, day):
    """Whether the supplies from one on reach so far, and each that is needed comes by a day."""
    while at < len(reach):
        end, eta = reach[at]
        if not known(eta) or eta > day:
            return False
        if end >= until:
            return True
        at += 1
    return False


def _finds_something(orders, lines, queue, wanting, patient, on_shelves):
    """Lines that could take something: those that plainly ask before them leave something on the shelf."""
    plain = np.where(patient | orders.ship_complete[lines.order], 0, wanting)
    before = np.empty(len(queue), np.int64)
    before[queue] = before_in_group(plain[queue], group_starts(lines.sku[queue]))
    return before < on_shelves[lines.sku]


def _reach(supply, supply_free):
    """For each SKU, how many units have come when each of its supplies is used up, and its day."""
    reach_of, units = {}, {}
    for row in sorting(supply.sku, supply.turn).tolist():
        sku = int(supply.sku[row])
        units[sku] = units.get(sku, 0) + int(supply_free[row])
        reach_of.setdefault(sku, []).append((units[sku], int(supply.eta[row])))
    return reach_of


def _in_vain(orders, lines, patient, waiting, pegs, supply):
    """Patient lines that incoming supply does not cover by their day."""
    if not patient.any():
        return np.zeros(0, np.int64)
    line, row, qty = pegs
    in_time = known(supply.eta[row]) & (supply.eta[row] <= orders.not_before[lines.order[line]])
    return np.flatnonzero(patient & (total(line[in_time], qty[in_time], len(waiting)) < waiting))


def locate(orders, lines, queue, dealt, stock, free):
    """Where the dealt units of each line lie: its order's usual location first, then wherever most is left at that
    moment, then by name.

    Returns the columns line, location, qty and held, in the order of `queue`.
    """
    served = queue[dealt[queue] > 0]
    sku = lines.sku[served]
    rows = np.flatnonzero(free > 0)
    rows = rows[sorting(stock.sku[rows], stock.location[rows])]
    stocked = stock.sku[rows]
    first = np.searchsorted(stocked, sku)
    several = np.searchsorted(stocked, sku, side="right") - first > 1
    if not several.any():
        return served, stock.location[rows[first]], dealt[served], np.zeros(len(served), np.int64)

    position, location, qty = _walk_locations(
        np.flatnonzero(several),
        sku,
        dealt[served],
        orders.usual_location[lines.order[served]],
        {
            int(one): dict(zip(stock.location[mine].tolist(), free[mine].tolist(), strict=True))
            for one, mine in _rows_by_sku(stocked, rows, sku[several])
        },
    )
    single = np.flatnonzero(~several)
    position = np.concatenate((single, position))
    location = np.concatenate((stock.location[rows[first[single]]], location))
    qty = np.concatenate((dealt[served[single]], qty))
    by_queue = np.argsort(position, kind="stable")
    return served[position[by_queue]], location[by_queue], qty[by_queue], np.zeros(len(qty), np.int64)


def peg(line_sku, queue, waiting, supply, supply_free, skus):
    """Ties what still waits, in queue order, to incoming supply in its order.

    Waiting units and supplied units of a SKU are laid along the same ruler; every stretch between two marks belongs
    to one line and one supply. Returns the columns line, supply and qty, in the order of `queue` and supply.
    """
    lines = queue[waiting[queue] > 0]
    supplies = sorting(supply.sku, supply.turn)
    supplies = supplies[supply_free[supplies] > 0]
    if not len(lines) or not len(supplies):
        return (np.zeros(0, np.int64),) * 3
    wanted, given = waiting[lines], supply_free[supplies]
    wanted_sku, given_sku = line_sku[lines], supply.sku[supplies]
    all_wanted, all_given = total(wanted_sku, wanted, skus), total(given_sku, given, skus)
    length = np.maximum(all_wanted, all_given)
    origin = np.cumsum(length) - length
    matched = origin + np.minimum(all_wanted, all_given)

    wanted_to = origin[wanted_sku] + before_in_group(wanted, group_starts(wanted_sku)) + wanted
    given_to = origin[given_sku] + before_in_group(given, group_starts(given_sku)) + given
    marks = np.concatenate(
        (np.minimum(wanted_to, matched[wanted_sku]), np.minimum(given_to, matched[given_sku]), origin)
    )
    marks.sort()
    length = np.diff(marks)
    marks = marks[1:][length > 0]
    length = length[length > 0]
    by = np.searchsorted(wanted_to, marks)
    sku = wanted_sku[np.minimum(by, len(by) and len(wanted_sku) - 1)]
    inside = (marks > origin[sku]) & (marks <= matched[sku])
    marks, length, by = marks[inside], length[inside], by[inside]
    return lines[by], supplies[np.searchsorted(given_to, marks)], length


def total(index, amounts, size):
    """The sum of the amounts of each index from 0 to size; an index below zero belongs nowhere."""
    if len(index) and index.min() < 0:
        index, amounts = index[index >= 0], amounts[index >= 0]
    # The sums pass through doubles, which hold whole numbers exactly up to 9·10^15 units.
    return np.bincount(index, amounts, size).astype(np.int64)


def stock_row(stock, sku, location):
    """The row of stock of each SKU and location, or NOWHERE."""
    if not len(stock.sku):
        return np.full(len(sku), NOWHERE)
    span = 2 + int(max(stock.location.max(), location.max(initial=0)))
    key = stock.sku * span + stock.location
    by_key = np.argsort(key)
    wanted = sku * span + location
    row = by_key[np.minimum(np.searchsorted(key, wanted, sorter=by_key), len(key) - 1)]
    return np.where((location != NOWHERE) & (key[row] == wanted), row, NOWHERE)


def _take_whole(order, sku, wanted, found):
    """Which rows of ship-complete orders, given in queue order, are served when each takes all or nothing."""
    taken_of = {}
    served = []
    ends = np.flatnonzero(np.diff(order, append=-1)) + 1
    sku, wanted, found = sku.tolist(), wanted.tolist(), found.tolist()
    start = 0
    for end in ends.tolist():
        needs = {}
        for row in range(start, end):
            needs[sku[row]] = needs.get(sku[row], 0) + wanted[row]
        # All rows of one SKU in one order find the same, since nobody stands between them.
        if all(found[row] - taken_of.get(sku[row], 0) >= needs[sku[row]] for row in range(start, end)):
            for one, qty in needs.items():
                taken_of[one] = taken_of.get(one, 0) + qty
            served.extend(range(start, end))
        start = end
    return np.array(served, np.int64)


def _walk_locations(rows, sku, qty, usual, left):
    """Takes the units of each row from the locations `left` of its SKU, row after row."""
    position, location, taken = [], [], []
    for row, one, wanted, home in zip(
        rows.tolist(), sku[rows].tolist(), qty[rows].tolist(), usual[rows].tolist(), strict=True
    ):
        places = left[one]
        here = home if places.get(home) else _fullest(places)
        while wanted:
            some = min(wanted, places[here])
            places[here] -= some
            wanted -= some
            position.append(row)
            location.append(here)
            taken.append(some)
            if wanted:
                here = _fullest(places)
    return np.array(position, np.int64), np.array(location, np.int64), np.array(taken, np.int64)


def _fullest(places):
    """Where most is left: the first by name of several, for they stand in that order."""
    most = here = -1
    for place, units in places.items():
        if units > most:
            most, here = units, place
    return here


def _rows_by_sku(stocked, rows, skus):
    skus = np.unique(skus)
    ends = (np.searchsorted(stocked, skus, side=side).tolist() for side in ("left", "right"))
    for sku, start, end in zip(skus.tolist(), *ends, strict=True):
        yield sku, rows[start:end]


def _with_held(places, holds, kept, on_shelf, rank):
    """Reservations that planning dealt, joined by those that are held."""
    rows = np.flatnonzero(on_shelf & (kept > 0))
    line, location, qty, held = (
        np.concatenate(pair)
        for pair in zip(places, (holds.line[rows], holds.location[rows], kept[rows], holds.kind[rows]), strict=True)
    )
    return _summed(rank, line, qty, location, held)


def _with_ties(pegs, holds, kept, supply, rank):
    rows = np.flatnonzero((holds.supply != NOWHERE) & (kept > 0))
    line = np.concatenate((pegs[0], holds.line[rows]))
    to = np.concatenate((pegs[1], holds.supply[rows]))
    qty = np.concatenate((pegs[2], kept[rows]))
    line, _, to, qty = _summed(rank, line, qty, _at(supply.turn, to), to, qty_last=True)
    return line, to, qty


def _summed(rank, line, qty, *parts, qty_last=False):
    """Adds up rows that are alike but for their quantity, in the order of the queue and then of the parts."""
    by = sorting(rank[line], *parts)
    line, qty, parts = line[by], qty[by], [part[by] for part in parts]
    new = np.ones(len(by), bool)
    new[1:] = np.diff(line) != 0
    for part in parts:
        new[1:] |= np.diff(part) != 0
    firsts = np.flatnonzero(new)
    summed = np.add.reduceat(qty, firsts) if len(firsts) else qty
    first, *rest = (part[firsts] for part in parts)
    return (line[firsts], first, *rest, summed) if qty_last else (line[firsts], first, summed, *rest)


def _up_to(available, wanted, group, *turn):
    """What each row gets where the rows of a group share what is available, in turn."""
    by = sorting(group, *turn)
    before = before_in_group(wanted[by], group_starts(group[by]))
    got = np.empty(len(wanted), np.int64)
    got[by] = np.clip(available[by] - before, 0, wanted[by])
    return got


def _at(column, index):
    """The column's values at an index, with zero where the index is NOWHERE."""
    if not len(column):
        return np.zeros(len(index), np.int64)
    return np.where(index == NOWHERE, 0, column[index])
