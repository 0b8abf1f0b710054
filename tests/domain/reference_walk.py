"""The rules of the queue as a plain loop, one line at a time: what `dashboard.domain.allocation` must equal."""

from dataclasses import dataclass, field

NOT_HELD, DEALT = 0, 4


@dataclass
class Line:
    key: int
    order: int
    sku: int
    qty: int
    priority: int = 3
    placed: int = 0
    line_no: int = 1
    ship_complete: bool = False
    usual: int = -1
    dropship: bool = False
    not_before: int | None = None  # a day to come
    rank: int | None = None  # of a committed run; ship-complete orders have none
    stands_back: bool = False


@dataclass
class Hold:
    line: int  # a Line's key
    kind: int
    qty: int
    location: int = -1
    supply: int = -1


@dataclass
class Incoming:
    key: int
    sku: int
    qty: int
    turn: int
    eta: int | None = None


@dataclass
class Walked:
    reserved: dict = field(default_factory=dict)  # (line, location, held) -> qty
    pegged: dict = field(default_factory=dict)  # (line, supply) -> qty
    passed_over: set = field(default_factory=set)


def walk(lines, stock, incoming, holds):
    """Deals as the contract says. `stock` is {(sku, location): on hand}."""
    walked = Walked()
    plain = sorted(lines, key=lambda line: (line.priority, line.placed, line.order, line.line_no))
    queue = sorted(plain, key=lambda line: (line.rank is None, line.rank or 0))
    place = {line.key: number for number, line in enumerate(plain)}
    by_key = {line.key: line for line in lines}
    shelf, supply = dict(stock), {one.key: one.qty for one in incoming}
    rest = {line.key: line.qty for line in lines}
    tied = dict.fromkeys(rest, 0)

    by_a_run = [hold for hold in holds if hold.kind == DEALT]
    for some in ([hold for hold in holds if hold.kind != DEALT], by_a_run):
        granted = []
        for hold in sorted(some, key=lambda hold: (hold.line, hold.kind, hold.location, hold.supply)):
            qty = min(hold.qty, rest[hold.line])
            rest[hold.line] -= qty
            granted.append((hold, qty))
            if hold.location < 0:
                tied[hold.line] += qty
        for hold, qty in sorted(granted, key=lambda pair: (pair[0].kind, place[pair[0].line])):
            if hold.location >= 0:
                got = min(qty, shelf.get((by_key[hold.line].sku, hold.location), 0))
                if got:
                    shelf[by_key[hold.line].sku, hold.location] -= got
                    _add(walked.reserved, (hold.line, hold.location, hold.kind), got)
                rest[hold.line] += qty - got
            else:
                got = min(qty, supply.get(hold.supply, 0))
                if hold.kind == DEALT:
                    rest[hold.line] += qty - got
                    tied[hold.line] -= qty - got
                if got:
                    supply[hold.supply] -= got
                    _add(walked.pegged, (hold.line, hold.supply), got)

    back = {line.key: rest[line.key] if line.stands_back and not line.dropship else 0 for line in queue}
    for key, qty in back.items():
        rest[key] -= qty

    orders = {}
    for line in queue:
        orders.setdefault(line.order if line.ship_complete else (line.order, line.key), []).append(line)
    for own in orders.values():
        mine = [line for line in own if not line.dropship]
        if own[0].ship_complete:
            wanted = {}
            for line in mine:
                wanted[line.sku] = wanted.get(line.sku, 0) + rest[line.key]
            there = {sku: sum(qty for (one, _), qty in shelf.items() if one == sku) for sku in wanted}
            stay = any(tied[line.key] or back[line.key] for line in mine)
            if stay or any(there[sku] < wanted[sku] for sku in wanted):
                if any(there[line.sku] and rest[line.key] for line in mine):
                    walked.passed_over.update(line.key for line in mine if rest[line.key])
                continue
        for line in mine:
            if (
                line.not_before is not None
                and not own[0].ship_complete
                and _covered(line, queue, rest, incoming, supply)
            ):
                continue
            while rest[line.key]:
                places = {place: qty for (sku, place), qty in shelf.items() if sku == line.sku and qty}
                if not places:
                    break
                here = line.usual if line.usual in places else min(places, key=lambda place: (-places[place], place))
                got = min(rest[line.key], places[here])
                shelf[line.sku, here] -= got
                rest[line.key] -= got
                _add(walked.reserved, (line.key, here, NOT_HELD), got)

    for line in queue:
        if line.dropship:
            continue
        for one in sorted(incoming, key=lambda one: one.turn):
            if one.sku == line.sku and (got := min(rest[line.key], supply[one.key])):
                supply[one.key] -= got
                rest[line.key] -= got
                _add(walked.pegged, (line.key, one.key), got)
    return walked


def _covered(line, queue, rest, incoming, supply):
    """Whether supply that comes by the line's day covers all it wants, after what lines before it wait for."""
    before = sum(rest[one.key] for one in queue[: queue.index(line)] if one.sku == line.sku and not one.dropship)
    wanted = range(before, before + rest[line.key])
    units = [
        one.eta is not None and one.eta <= line.not_before
        for one in sorted(incoming, key=lambda one: one.turn)
        if one.sku == line.sku
        for _ in range(supply[one.key])
    ]
    return all(unit < len(units) and units[unit] for unit in wanted)


def _add(amounts, key, qty):
    amounts[key] = amounts.get(key, 0) + qty
