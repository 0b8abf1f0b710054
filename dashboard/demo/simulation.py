"""Two years of Alder & Quay, day by day: people buy, shelves empty, buyers order, suppliers come late, customers leave.

The rules, which are the known truth behind the files:

* **Demand.** Lines of a SKU on a day are negative binomial (a Poisson count with a gamma rate) with mean
  level · Zipf share · week · year · growth · events. The units of a line come from `catalogue.UNITS`; wholesale
  customers take two to six times as many.
* **Selling.** A SKU sold on backorder never refuses an order. A `deny` SKU sells what is free and no more.
* **Dealing out.** Units go to lines in the order of their placing, whatever the tier: the shop had no desk yet.
  A ship-complete order leaves when its last line is there; so do many others of several lines, because nobody takes
  the trouble of a second parcel (`SET_ASIDE`). Some lines send a first part ahead.
* **Buying.** Once a week the buyer looks at a supplier's SKUs and orders what has fallen below the reorder point:
  a share `cover` (too low, that is the flaw) of what is sold in the *quoted* lead time. Some reviews are missed and
  some SKUs forgotten for weeks. Suppliers keep their word by their habit (`suppliers.py`).
* **Leaving.** Customers cancel by `cancel_hazard.py`; the shop itself cancels 0.0002 of waiting lines a day; 0.3 % of
  orders turn out to be fraud on the next day; 0.1 % a day of waiting lines of three units or more are cut by a third.

Days are numbers from 0 to 729, today is 730. Nothing depends on the calendar, so another `today` gives the same
world, shifted. A size is reached by finding the level of demand that leaves the wanted number of backorders.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np

from . import cancel_hazard
from .catalogue import (
    ALLOW,
    ANNOUNCED_LAMP,
    DENY,
    FORGOTTEN_LANTERN,
    LAUNCHED_STOOL,
    MAGAZINE_CHAIR,
    PLANNED,
    UNITS,
    catalogue,
)
from .chance import chance
from .customers import COUNTRY_CURRENCY, UNITED_STATES, Customers
from .suppliers import GIVEN_UP, NEWCOMER, suppliers
from .world import (
    ALL_GONE,
    ASSEMBLY,
    CAMPAIGN,
    CREDIT,
    DEPOSIT,
    GIFT,
    MARKETPLACE,
    MAY_SPLIT,
    NO_DAY,
    PAST_DAYS,
    PHONE,
    REDUCED,
    SET_ASIDE,
    SHIP_COMPLETE,
    STORE,
    WEB,
    WHOLESALE,
    Event,
    Truth,
    World,
)


@dataclass(frozen=True)
class Size:
    """How large a shop is, and how much of its past is written down."""

    number: int
    backorders: int
    level: float  # order lines a day with which the search for the right level begins
    skus: int
    suppliers: int
    companies: int
    whole_days: int
    older_share: float  # of the orders older than that, such a share is written: an even sample
    stock_days: int
    buys_late: float = 0.0  # so much of a quoted lead time's sales the buyer lets everything run lower than elsewhere


SIZES = {
    "small": Size(1, 2_000, 121.0, 300, 18, 160, PAST_DAYS, 1.0, PAST_DAYS),
    "medium": Size(2, 50_000, 3_200.0, 2_600, 48, 2_500, 120, 0.08, 120),
    # Its buyer is in great trouble: else a million waiting lines would stand among six million that do not wait.
    "large": Size(3, 1_000_000, 25_000.0, 20_000, 160, 30_000, 98, 0.02, 98, buys_late=1.6),
}

# The search for the level stops when the count of backorders is this near to what was asked for.
NEAR_ENOUGH = 0.07
# The desk's queue, which knows classes and passes ship-complete orders over, leaves two per cent more lines waiting
# than the shop's own habit of first come, first served.
MORE_BY_THE_QUEUE = 1.02
TRIES = 4

GROWTH = 1.7  # demand at the end of the two years over demand at their beginning
WEEK = np.array([1.12, 1.06, 1.0, 0.97, 1.02, 0.95, 0.88])
RETAIL_LINES = np.array([1] * 14 + [2] * 4 + [3, 4])
WHOLESALE_LINES = np.array([1, 2, 3, 3, 4, 5, 6, 8])
CHANNEL_EDGES = np.array([0.60, 0.78, 0.89, 0.955])  # web, marketplace, store, phone; the rest is wholesale
REPEAT = 0.42  # share of people's orders that come from somebody who bought before
OPENS, CLOSES, LAST_PICK = int(6.5 * 3600), int(23.4 * 3600), int(14.5 * 3600)
PICK_DAYS = np.array([0] * 8 + [1] * 9 + [2] * 3)

MISSED_REVIEW = 0.06  # of SKUs that should be ordered in a week are overlooked
FORGOTTEN_NOW, FORGOTTEN_ONCE = 0.075, 0.195  # of SKUs: not ordered for weeks, until today or long ago
PURCHASE_LINES_AT_MOST = 40
PURCHASE_CANCELLED = 0.015
OVER_DELIVERED = 0.004
SHORT_CLOSED = 0.08  # of balances never come, and the line is closed without them
SHOP_CANCELS = 0.0002
FRAUD = 0.003
CUT = 0.001
SET_ASIDE_SHARE = 0.45
SEND_AHEAD = 0.15  # chance that the part of a line that is there leaves ahead of the rest

ANNOUNCED_ON, ANNOUNCED_ORDERED, ANNOUNCED_DUE = PAST_DAYS - 38, PAST_DAYS - 66, PAST_DAYS + 24

COSTLY = 60_000  # cents
COMPANY_REACH = 0.1  # companies also order by phone


def simulate(size="small", seed=1, *, today: date) -> World:
    """The demo merchant of a size (`small`, `medium`, `large`) as it stands on the morning of `today`."""
    wanted = SIZES[size].backorders / MORE_BY_THE_QUEUE
    level, best = SIZES[size].level, None
    for _ in range(TRIES):
        world = _Shop(size, seed, today, level).run()
        if best is None or abs(world.backordered - wanted) < abs(best.backordered - wanted):
            best = world
        if abs(best.backordered / wanted - 1) <= NEAR_ENOUGH:
            break
        # Half of a small shop's distance from the aim is luck, which another level draws anew.
        level *= (wanted / max(world.backordered, 1)) ** 0.6
    return best


WAITING = {
    "order": np.int32, "line": np.int16, "sku": np.int32, "need": np.int32, "held": np.int32, "placed": np.int16,
    "promise": np.int16, "last": np.int16, "not_before": np.int16, "strength": np.float32, "flags": np.int8,
    "kept": np.bool_,
}  # fmt: skip


SHIPPED = ("order", "line", "sku", "held", "kept")
PACKED_FROM = {"order": "order", "line": "line", "sku": "sku", "qty": "held"}


class _Columns:
    """Rows collected day by day as pieces of columns, put together once."""

    def __init__(self, **types):
        self.types = types
        self.pieces = {name: [] for name in types}

    def add(self, **columns):
        for name, kind in self.types.items():
            self.pieces[name].append(np.asarray(columns[name]).astype(kind))

    def whole(self):
        result = {}
        for name, kind in self.types.items():
            pieces = self.pieces.pop(name)
            result[name] = np.concatenate(pieces) if pieces else np.empty(0, kind)
        return result


class _Shop:
    """The state of the shop on a day."""

    def __init__(self, size, seed, today, level):
        self.size, self.seed, self.today, self.level = size, seed, today, level
        self.plan = SIZES[size]
        streams = [np.random.default_rng([seed, self.plan.number, stream]) for stream in range(5)]
        self.rng_shop, self.rng_demand, self.rng_buyer, self.rng_leaving, self.rng_order = streams
        self.catalogue = catalogue(skus=self.plan.skus, rng=self.rng_shop)
        self.suppliers = suppliers(count=self.plan.suppliers)
        self.customers = Customers(seed, self.plan.companies)
        self.assign_suppliers()
        self.write_truth()
        self.stock_shelves()
        self.next_order = 0
        self.next_person = self.plan.companies
        self.waiting = {name: np.empty(0, kind) for name, kind in WAITING.items()}
        self.waiting_by_day = np.zeros(PAST_DAYS, np.int64)
        self.orders = _Columns(
            order=np.int32, day=np.int16, second=np.int32, customer=np.int32, channel=np.int8, currency=np.int8,
            flags=np.int8, priority=np.int8, promise=np.int16, last=np.int16, not_before=np.int16, lines=np.int16,
        )  # fmt: skip
        self.lines = _Columns(order=np.int32, line=np.int16, sku=np.int32, qty=np.int32, promise=np.int16, tags=np.int8)
        self.shipments = _Columns(order=np.int32, line=np.int16, qty=np.int32, day=np.int16)
        self.packed = _Columns(order=np.int32, line=np.int16, sku=np.int32, qty=np.int32)
        self.cancellations = _Columns(order=np.int32, line=np.int16, qty=np.int32, day=np.int16, reason=np.int8)
        self.expected_cancels, self.real_cancels = np.zeros(PAST_DAYS), np.zeros(PAST_DAYS, dtype=int)

    # The stage.

    def assign_suppliers(self):
        trade, family = self.catalogue.trade, self.catalogue.family
        current = [
            [n for n, s in enumerate(self.suppliers) if t in s.trades and s.until is None]
            for t in range(trade.max() + 1)
        ]
        # The families of a trade go to its suppliers in turn.
        turn = {t: {f: n for n, f in enumerate(np.unique(family[trade == t]).tolist())} for t in range(len(current))}
        pairs = zip(trade.tolist(), family.tolist(), strict=True)
        self.supplier_of = np.array([current[t][turn[t][f] % len(current[t])] for t, f in pairs])
        self.former_supplier_of, self.supplier_between = self.supplier_of.copy(), self.supplier_of.copy()
        for number, supplier in enumerate(self.suppliers):
            if supplier.name == GIVEN_UP:
                self.former_supplier_of[np.isin(trade, supplier.trades) & (family % 2 == 0)] = number
                self.given_up_on = PAST_DAYS - supplier.until
            if supplier.name == NEWCOMER:
                # Two SKUs only, so that its deliveries stay too few for any figure.
                steady = (self.catalogue.policy == ALLOW) & ~self.catalogue.ended & (family > LAUNCHED_STOOL)
                self.supplier_of[np.flatnonzero(steady & (trade == 0))[:2]] = number
                self.newcomer, self.newcomer_on = number, PAST_DAYS - supplier.since
        self.quoted = np.array([s.quoted for s in self.suppliers])
        self.straight = np.array([s.dropship for s in self.suppliers])

    def supplier_on(self, day):
        """Who supplies each SKU on a day: newcomers begin and others are given up."""
        if day < self.given_up_on:
            return self.former_supplier_of
        return self.supplier_of if day >= self.newcomer_on else self.supplier_between

    def write_truth(self):
        rng, skus = self.rng_shop, len(self.catalogue)
        family = self.catalogue.family
        rate = self.level * self.catalogue.weight
        starts = np.where(rng.random(skus) < 0.15, rng.integers(60, 600, skus), 0)
        starts[np.isin(family, (MAGAZINE_CHAIR, FORGOTTEN_LANTERN))] = 0
        starts[family == ANNOUNCED_LAMP] = ANNOUNCED_ON
        starts[family == LAUNCHED_STOOL] = PAST_DAYS - 330
        ends = np.full(skus, PAST_DAYS + 400)
        ends[self.catalogue.ended] = rng.integers(300, 620, self.catalogue.ended.sum())
        starts[self.catalogue.ended] = 0
        depth = self.evenly(2**0.5)
        cover = np.where(self.evenly(3**0.5) < 0.30, 0.75 + 0.55 * depth, -0.35 + 1.05 * depth)
        cover -= self.plan.buys_late
        lanterns = np.flatnonzero(family == FORGOTTEN_LANTERN).tolist()
        forgotten = [(sku, PAST_DAYS - int(rng.integers(45, 75)), PAST_DAYS) for sku in lanterns]
        lot = self.evenly(5**0.5)
        for sku in np.flatnonzero(family > LAUNCHED_STOOL).tolist():
            if lot[sku] < FORGOTTEN_NOW:
                forgotten.append((sku, PAST_DAYS - int(rng.integers(30, 190)), PAST_DAYS))
            elif lot[sku] < FORGOTTEN_NOW + FORGOTTEN_ONCE:
                first = int(rng.integers(60, 560))
                forgotten.append((sku, first, first + int(rng.integers(25, 70))))
        self.truth = Truth(
            level=self.level,
            growth=GROWTH,
            rate=rate,
            dispersion=rng.uniform(1.2, 4.0, skus),
            season=np.where(self.catalogue.trade == 0, 0.18, 0.10) + rng.uniform(0, 0.08, skus),
            season_peak=np.where(np.isin(self.catalogue.trade, (0, 1, 5)), 20, 140) + rng.integers(-15, 16, skus),
            week=WEEK,
            events=self.plan_events(),
            sale_starts=starts,
            sale_ends=ends,
            suppliers=self.suppliers,
            cover=cover,
            forgotten=forgotten,
        )
        self.forgotten_from = [[] for _ in range(PAST_DAYS + 1)]
        self.forgotten_to = [[] for _ in range(PAST_DAYS + 1)]
        for sku, first, last in forgotten:
            self.forgotten_from[first].append(sku)
            self.forgotten_to[last].append(sku)

    def evenly(self, step):
        """A draw in [0, 1) for each SKU, spread evenly over fast and slow sellers by steps of an irrational number.

        Independent draws would let one forgotten best seller decide how large the backlog of a small shop is.
        """
        rank = np.empty(len(self.catalogue), dtype=np.int64)
        rank[np.argsort(-self.catalogue.weight, kind="stable")] = np.arange(len(rank))
        return (self.rng_shop.random() + rank * step) % 1

    def plan_events(self):
        rng, family = self.rng_shop, self.catalogue.family

        def some(share):
            return np.flatnonzero((rng.random(len(family)) < share) & (family > LAUNCHED_STOOL))

        chair = np.flatnonzero(family == MAGAZINE_CHAIR)
        return [
            Event("Garden week", "garden-week", some(0.12), 352, 358, 2.2, True),
            Event("Warehouse sale", "warehouse-sale", some(0.20), 528, 534, 2.0, True),
            Event("Members' week", "members-week", some(0.16), PAST_DAYS - 12, PAST_DAYS - 6, 1.9, True),
            Event("Founders' sale", "founders-sale", some(0.14), PAST_DAYS + 9, PAST_DAYS + 15, 2.0, True),
            Event("Design fair stand", "design-fair", some(0.05), PAST_DAYS + 20, PAST_DAYS + 22, 2.8, True),
            Event("Magazine cover", "", chair, PAST_DAYS - 13, PAST_DAYS - 3, 5.0, False),
            Event("Television feature", "", some(0.03), PAST_DAYS - 120, PAST_DAYS - 113, 4.0, False),
            Event("Shared by a film star", "", some(0.02), PAST_DAYS - 46, PAST_DAYS - 39, 4.5, False),
        ]

    def stock_shelves(self):
        skus, rng = len(self.catalogue), self.rng_shop
        mean_units = UNITS.mean(axis=1)[self.catalogue.habit]
        self.units_a_line = mean_units
        straight = self.straight[self.supplier_of]
        self.daily = self.truth.rate / GROWTH * mean_units * 1.25
        open_at_start = (self.truth.sale_starts == 0) & ~straight
        self.free = np.where(open_at_start, rng.uniform(10, 55, skus) * self.daily, 0).astype(np.int64)
        self.shelf = self.free.copy()
        self.incoming = np.zeros(skus, dtype=np.int64)
        self.backlog = np.zeros(skus, dtype=np.int64)
        self.next_date = np.zeros(skus, dtype=np.int64)
        self.forgotten = np.zeros(skus, dtype=bool)
        self.leaving_shelf = np.zeros((4, skus), dtype=np.int64)
        self.review_day = np.arange(len(self.suppliers)) % 7
        self.target_days = rng.uniform(18, 45, skus)
        self.arrivals = [[] for _ in range(PAST_DAYS)]
        self.calls_off = [[] for _ in range(PAST_DAYS)]
        self.po, self.po_lines = [], _Columns(po=np.int32, line=np.int16, sku=np.int32, qty=np.int32, cost=np.int64)
        self.po_line_expected = {}
        self.received = _Columns(po=np.int32, line=np.int16, qty=np.int32, day=np.int16)
        self.history = np.zeros((self.plan.stock_days, skus), dtype=np.int32)

    # The days.

    def run(self):
        for day in range(PAST_DAYS):
            self.day = day
            self.receive()
            self.leave()
            self.deal_waiting()
            self.sell()
            self.close_shelf()
            self.buy()
            self.waiting_by_day[day] = (self.waiting["need"] > 0).sum()
        return self.finish()

    def receive(self):
        for sku, qty in self.calls_off[self.day]:
            np.subtract.at(self.incoming, sku, qty)
        for po, line, sku, qty, still_due in self.arrivals[self.day]:
            np.add.at(self.free, sku, qty)
            np.add.at(self.shelf, sku, qty)
            np.subtract.at(self.incoming, sku, still_due)
            self.received.add(po=np.full(len(line), po), line=line, qty=qty, day=np.full(len(line), self.day))
        self.arrivals[self.day] = self.calls_off[self.day] = None

    def leave(self):
        """Waiting lines are cancelled or cut; what was held for them is free again."""
        w = self.waiting
        if not len(w["order"]):
            return
        waited = self.day - w["placed"].astype(np.int32)
        past = self.day - w["promise"].astype(np.int32)
        risk = cancel_hazard.day_chance(w["strength"], waited=waited, past_promise=past)
        risk[self.day - w["last"].astype(np.int32) == 1] = cancel_hazard.AFTER_LAST_DATE
        # A line whose units are all there waits only for its parcel: nobody is asked about it any more.
        risk[w["need"] == 0] = 0
        draw = self.rng_leaving.random(len(risk))
        by_customer = draw < risk
        by_shop = ~by_customer & (draw > 1 - SHOP_CANCELS)
        fraud = (waited == 1) & (chance(self.seed, "fraud", w["order"]) < FRAUD) & ~by_customer
        self.expected_cancels[self.day] = risk.sum()
        self.real_cancels[self.day] = by_customer.sum()
        gone = by_customer | by_shop | fraud
        units = w["need"] + w["held"]
        cut = ~gone & (draw > 1 - SHOP_CANCELS - CUT) & (w["need"] >= 1) & (units >= 3)
        reason = np.where(fraud, 2, np.where(by_shop, 1, 0))
        amount = np.where(gone, units, np.where(cut, units // 3, 0))
        rows = np.flatnonzero(amount)
        if not len(rows):
            return
        from_need = np.minimum(w["need"][rows], amount[rows])
        from_held = amount[rows] - from_need
        skus = len(self.free)
        self.backlog -= np.bincount(w["sku"][rows], from_need, skus).astype(np.int64)
        self.free += np.bincount(w["sku"][rows], from_held, skus).astype(np.int64)
        w["need"][rows] -= from_need
        w["held"][rows] -= from_held
        kept = rows[w["kept"][rows]]
        self.cancellations.add(
            order=w["order"][kept],
            line=w["line"][kept],
            qty=amount[kept],
            day=np.full(len(kept), self.day),
            reason=reason[kept],
        )
        # What is left without need is taken away when goods have been dealt out: a line that is gone holds nothing,
        # and one whose cut left only units that it holds already is shipped with the others.

    def keep_waiting(self, mask):
        if not mask.all():
            self.waiting = {name: column[mask] for name, column in self.waiting.items()}

    def deal_waiting(self):
        """What came in goes to those who wait; whoever has everything leaves the line."""
        w = self.waiting
        ready = (self.free[w["sku"]] > 0) & (w["need"] > 0) & (w["not_before"] <= self.day)
        rows = np.flatnonzero(ready)
        give = self.deal(w["sku"][rows], w["need"][rows])
        w["need"][rows] -= give
        w["held"][rows] += give
        fed = rows[give > 0]
        self.send_ahead(w, fed)
        self.keep_waiting(~self.ship_complete(w))

    def ship_complete(self, rows, *, late=None):
        """Ships lines that lack nothing, of an order that is kept together once no line of it does; says which."""
        done = rows["need"] == 0
        together = np.flatnonzero(rows["flags"] & (SHIP_COMPLETE | SET_ASIDE))
        if len(together):
            orders = rows["order"][together]
            # A line that was cancelled holds nothing and goes, whatever the rest of its order does.
            gone = rows["held"][together] == 0
            done[together] &= gone | ~np.isin(orders, orders[rows["need"][together] > 0])
        leaving = np.flatnonzero(done & (rows["held"] > 0))
        self.ship({name: rows[name][leaving] for name in SHIPPED}, late=None if late is None else late[leaving])
        return done

    def deal(self, sku, need):
        """Free units to lines, first come first served within a SKU; the rows stand in the order of their placing."""
        if not len(sku):
            return np.zeros(0, dtype=np.int64)
        order = np.argsort(sku, kind="stable")
        sorted_sku, sorted_need = sku[order], need[order].astype(np.int64)
        total = np.cumsum(sorted_need)
        first = np.flatnonzero(_begins(sorted_sku))
        sizes = np.diff(first, append=len(sku))
        before = total - sorted_need - np.repeat(total[first] - sorted_need[first], sizes)
        given = np.clip(self.free[sorted_sku] - before, 0, sorted_need)
        totals = np.add.reduceat(given, first)
        self.free[sorted_sku[first]] -= totals
        self.backlog[sorted_sku[first]] -= totals
        give = np.empty_like(given)
        give[order] = given
        return give

    def send_ahead(self, w, rows, *, late=None):
        """Of lines that got only a part, some send that part at once."""
        may = (w["need"][rows] > 0) & (w["flags"][rows] & (SHIP_COMPLETE | SET_ASIDE | MAY_SPLIT) == MAY_SPLIT)
        rows = rows[may]
        rows = rows[chance(self.seed, "ahead", w["order"][rows]) < SEND_AHEAD]
        if len(rows):
            self.ship({name: w[name][rows] for name in SHIPPED}, late=None if late is None else late[rows])
            w["held"][rows] = 0

    def ship(self, rows, *, late=None):
        """Units leave after the days that picking takes; what leaves only today or later is still open."""
        if not len(rows["order"]):
            return
        lag = PICK_DAYS[(chance(self.seed, "pick", rows["order"]) * len(PICK_DAYS)).astype(int)]
        lag = np.where(self.straight[self.supplier_of[rows["sku"]]], 0, lag)
        if late is not None:
            # Ordered after the last pick of the day.
            lag = np.maximum(lag, late)
        leaves = self.day + lag
        np.add.at(self.leaving_shelf, (leaves % 4, rows["sku"]), rows["held"])
        gone = leaves < PAST_DAYS
        kept = rows["kept"] & gone
        self.shipments.add(order=rows["order"][kept], line=rows["line"][kept], qty=rows["held"][kept], day=leaves[kept])
        if self.day >= PAST_DAYS - 3:
            still = rows["kept"] & ~gone
            self.packed.add(**{name: rows[source][still] for name, source in PACKED_FROM.items()})

    def close_shelf(self):
        turn = self.day % 4
        self.shelf -= self.leaving_shelf[turn]
        self.leaving_shelf[turn] = 0
        row = self.day - (PAST_DAYS - self.plan.stock_days)
        if row >= 0:
            self.history[row] = self.shelf

    # Selling.

    def rates(self):
        """Expected order lines by SKU on this day: the truth about demand."""
        truth, ago = self.truth, PAST_DAYS - self.day
        year = 1 + truth.season * np.cos(2 * np.pi * (ago - truth.season_peak) / 365.25)
        rate = truth.rate * year * (GROWTH ** (-ago / PAST_DAYS) * WEEK[self.day % 7])
        for event in truth.events:
            if event.starts <= self.day <= event.ends:
                rate[event.skus] *= event.boost
        rate[(self.day < truth.sale_starts) | (self.day > truth.sale_ends)] = 0
        return rate

    def sell(self):
        rng, rate = self.rng_demand, self.rates()
        shape = self.truth.dispersion
        count = rng.poisson(rate * rng.standard_gamma(shape) / shape)
        sku = np.repeat(np.arange(len(rate), dtype=np.int32), count)
        rng.shuffle(sku)
        qty = UNITS[self.catalogue.habit[sku], rng.integers(0, UNITS.shape[1], len(sku))]
        sold = self.within_stock(sku, qty)
        sku, qty = sku[sold], qty[sold]
        if len(sku):
            self.take_orders(sku, qty)

    def within_stock(self, sku, qty):
        """Which lines can be sold: all, but of a SKU that is not sold on backorder only what is free."""
        sold = np.ones(len(sku), dtype=bool)
        rows = np.flatnonzero(self.catalogue.policy[sku] == DENY)
        sold[rows] = _running(sku[rows], qty[rows]) <= self.free[sku[rows]]
        return sold

    def take_orders(self, sku, qty):
        rng, lines = self.rng_order, len(sku)
        channel = np.searchsorted(CHANNEL_EDGES, rng.random(lines), side="right").astype(np.int8)
        size = np.where(
            channel == WHOLESALE,
            WHOLESALE_LINES[rng.integers(0, len(WHOLESALE_LINES), lines)],
            RETAIL_LINES[rng.integers(0, len(RETAIL_LINES), lines)],
        )
        ends = np.cumsum(size)
        orders = int(np.searchsorted(ends, lines)) + 1
        starts = ends[:orders] - size[:orders]
        size = np.diff(starts, append=lines)
        of = np.repeat(np.arange(orders), size)
        line = np.arange(lines) - starts[of] + 1
        number = self.next_order + np.arange(orders)
        self.next_order += orders
        channel = channel[:orders]
        customer = self.who_orders(channel, rng)
        country = self.customers.country(customer)
        tier = self.customers.tier(customer)
        channel[(channel == STORE) & (country != UNITED_STATES)] = WEB
        second = np.sort(rng.integers(OPENS, CLOSES, orders))
        draw = rng.random((6, orders))

        wholesale = (channel == WHOLESALE)[of]
        scaled = wholesale & (self.catalogue.policy[sku] != DENY)
        # A hotel takes thirty chairs, but not eighteen dining tables.
        times = 2 + (draw[0][of] * np.where(self.catalogue.price[sku] < COSTLY, 5, 1)).astype(np.int32)
        qty = np.where(scaled, qty * times, qty).astype(np.int32)

        flags = np.where((draw[1] < 0.08) & (size > 1) | (draw[1] < 0.025), SHIP_COMPLETE, 0)
        flags |= np.where(channel == MARKETPLACE, 0, MAY_SPLIT)
        flags |= np.where((draw[1] > 0.985) & (channel != MARKETPLACE), CREDIT, 0)
        aside = (size > 1) & (chance(self.seed, "set aside", number) < SET_ASIDE_SHARE)
        flags |= np.where(aside, SET_ASIDE, 0)
        priority = np.where(draw[2] < 0.004, 1, np.where(draw[2] < 0.008, 2, np.where(draw[2] > 0.997, 5, 0)))
        not_before = np.where(draw[3] < 0.012, self.day + 10 + (draw[4] * 35).astype(int), -1)

        promise = self.promises(sku, qty, of, draw[5])
        promise = np.maximum(promise, not_before[of])
        told = draw[5] >= 0.10
        latest = np.zeros(orders, dtype=np.int64)
        np.maximum.at(latest, of, promise)
        latest = np.where(told, latest, NO_DAY)
        own = np.where(told[of], promise, NO_DAY)
        wants_by = np.where(told, latest, self.day + 25) + 6 + (draw[4] * 30).astype(int)
        last = np.where(draw[3] > 0.955, wants_by, NO_DAY)

        tags = self.tags(sku, qty, of, draw, wholesale)
        strength = cancel_hazard.strength(
            value=self.catalogue.price[sku] * qty,
            tier=tier[of],
            channel=channel[of],
            gift=tags & GIFT > 0,
            deposit=tags & DEPOSIT > 0,
            promised=told[of],
        )
        kept = np.full(orders, self.day >= PAST_DAYS - self.plan.whole_days)
        kept |= chance(self.seed, "sample", number) < self.plan.older_share
        kept_line = kept[of]
        self.orders.add(
            order=number[kept], day=np.full(kept.sum(), self.day), second=second[kept], customer=customer[kept],
            channel=channel[kept], currency=COUNTRY_CURRENCY[country][kept], flags=flags[kept], priority=priority[kept],
            promise=latest[kept], last=last[kept], not_before=not_before[kept], lines=size[kept],
        )  # fmt: skip
        self.lines.add(
            order=number[of][kept_line], line=line[kept_line], sku=sku[kept_line], qty=qty[kept_line],
            promise=own[kept_line], tags=tags[kept_line],
        )  # fmt: skip
        units = np.bincount(sku, qty, len(self.free))
        self.daily += (units - self.daily) / 45
        self.backlog += units.astype(np.int64)
        self.serve_new(
            {
                "order": number[of], "line": line, "sku": sku, "need": qty, "held": np.zeros_like(qty),
                "placed": np.full(lines, self.day), "promise": own, "last": last[of], "not_before": not_before[of],
                "strength": strength, "flags": flags[of], "kept": kept_line,
            },
            late=second[of] > LAST_PICK,
        )  # fmt: skip

    def who_orders(self, channel, rng):
        """Companies order wholesale and a little by phone; people come back or come for the first time."""
        orders = len(channel)
        draw, which = rng.random(orders), rng.random(orders)
        people = self.next_person - self.plan.companies
        company = (channel == WHOLESALE) | ((channel == PHONE) & (draw < COMPANY_REACH))
        back = ~company & (draw < REPEAT) & (people > 0)
        fresh = ~company & ~back
        customer = np.where(company, (which**1.7 * self.plan.companies).astype(np.int64), 0)
        customer[back] = self.plan.companies + (which[back] * people).astype(np.int64)
        customer[fresh] = self.next_person + np.arange(fresh.sum())
        self.next_person += int(fresh.sum())
        return customer

    def promises(self, sku, qty, of, draw):
        """The date told for each line: from the shelf, from the next delivery's date, or from the quoted lead time."""
        supplier = self.supplier_on(self.day)[sku]
        packing = 2 + (draw[of] * 3).astype(np.int64)
        next_date = self.next_date[sku]
        delivery = np.where(next_date > self.day, next_date + 3, self.day + 12)
        promise = np.where(self.incoming[sku] > 0, delivery, self.day + self.quoted[supplier] + 8)
        here = _running(sku, qty) <= self.free[sku]
        promise = np.where(here, self.day + packing, np.maximum(promise, self.day + 4))
        return np.where(self.catalogue.policy[sku] == PLANNED, ANNOUNCED_DUE + 4, promise)

    def tags(self, sku, qty, of, draw, wholesale):
        price = self.catalogue.price[sku]
        tags = np.where((draw[2][of] > 0.45) & (draw[2][of] < 0.53) & ~wholesale, GIFT, 0)
        tags |= np.where((price * qty >= 60_000) & (draw[4][of] < 0.32), DEPOSIT, 0)
        tags |= np.where((price >= 69_000) & (draw[0][of] < 0.25), ASSEMBLY, 0)
        for event in self.truth.events:
            if event.planned and event.starts <= self.day <= event.ends:
                reduced = np.zeros(len(self.free), dtype=bool)
                reduced[event.skus] = True
                tags |= np.where(reduced[sku] & ~wholesale, CAMPAIGN | REDUCED, 0)
        return tags

    def serve_new(self, rows, *, late):
        """Today's lines take what is still free; what is not whole waits."""
        rows = {name: np.asarray(rows[name]).astype(kind) for name, kind in WAITING.items()}
        may = np.flatnonzero((self.free[rows["sku"]] > 0) & (rows["not_before"] <= self.day))
        give = self.deal(rows["sku"][may], rows["need"][may])
        rows["need"][may] -= give
        rows["held"][may] += give
        self.send_ahead(rows, may[give > 0], late=late)
        stays = ~self.ship_complete(rows, late=late)
        if stays.any():
            self.waiting = {name: np.concatenate((self.waiting[name], rows[name][stays])) for name in WAITING}

    # Buying.

    def buy(self):
        self.forgotten[self.forgotten_from[self.day]] = True
        self.forgotten[self.forgotten_to[self.day]] = False
        if self.day == ANNOUNCED_ORDERED:
            self.order_announced()
        of = self.supplier_on(self.day)
        reviewed = np.array([self.is_reviewed(n, s) for n, s in enumerate(self.suppliers)])
        position = self.free + self.incoming - self.backlog
        straight = self.straight[of]
        quoted = self.quoted[of]
        point = np.where(straight, 0, self.truth.cover * self.daily * quoted)
        soon = (self.truth.sale_starts - quoted <= self.day) & (self.day <= self.truth.sale_ends - 60)
        wants = reviewed[of] & (position < point) & ~self.forgotten & soon & (self.catalogue.policy != PLANNED)
        if self.day == self.newcomer_on:
            wants |= of == self.newcomer  # a trial order, needed or not
        rows = np.flatnonzero(wants)
        if not len(rows):
            return
        certain = straight[rows] | (of[rows] == self.newcomer)
        rows = rows[self.rng_buyer.random(len(rows)) >= np.where(certain, 0, MISSED_REVIEW)]
        rows = rows[np.argsort(of[rows], kind="stable")]
        cover = np.where(straight[rows], 0, self.daily[rows] * self.target_days[rows])
        amount = point[rows] + cover - position[rows]
        for number in np.unique(of[rows]):
            mine = of[rows] == number
            supplier, skus = self.suppliers[number], rows[mine]
            packs = np.ceil(np.maximum(amount[mine], supplier.minimum) / supplier.pack)
            qty = (packs * supplier.pack).astype(np.int64)
            for first in range(0, len(skus), PURCHASE_LINES_AT_MOST):
                part = slice(first, first + PURCHASE_LINES_AT_MOST)
                self.place(int(number), skus[part], qty[part])

    def is_reviewed(self, number, supplier):
        if supplier.since is not None:
            ago = PAST_DAYS - self.day
            return ago <= supplier.since and (supplier.since - ago) % supplier.every == 0
        if supplier.until is not None and PAST_DAYS - self.day <= supplier.until:
            return False
        return supplier.every == 1 or self.day % 7 == self.review_day[number]

    def place(self, number, skus, qty):
        """A purchase order: its fate is drawn now and learnt by the shop day by day."""
        rng, supplier, day = self.rng_buyer, self.suppliers[number], self.day
        po, lines = len(self.po), np.arange(1, len(skus) + 1)
        promised = day + supplier.quoted
        arrival = day + supplier.lead_time(days_ago=PAST_DAYS - day, rng=rng)
        draw = rng.random(4)
        called_off = draw[0] < PURCHASE_CANCELLED and not supplier.dropship and supplier.since is None
        expected = promised
        if arrival > promised and draw[1] < supplier.tells:
            told_on = promised - int(draw[2] * 20) + 2
            if told_on < PAST_DAYS:
                expected = max(arrival + round(draw[3] * 4 - 1.5), told_on + 1, promised + 1)
        cost = np.round(self.catalogue.cost[skus] * rng.uniform(0.98, 1.03, len(skus))).astype(np.int64)
        self.po_lines.add(po=np.full(len(skus), po), line=lines, sku=skus, qty=qty, cost=cost)
        self.incoming[skus] += qty
        self.next_date[skus] = np.where(self.next_date[skus] > day, self.next_date[skus], promised)
        status = "confirmed" if draw[3] < 0.6 else "sent"
        if called_off:
            off = min(day + 3 + int(draw[2] * supplier.quoted), arrival - 1)
            if off < PAST_DAYS:
                self.calls_off[off].append((skus, qty))
                status = "cancelled"
            # One that will be called off later simply has not come yet.
            self.po.append((number, day, promised, promised, status))
            return
        second = rng.random(len(skus)) < supplier.parts
        part = np.where(second, np.maximum((qty * rng.uniform(0.3, 0.8, len(skus))).astype(np.int64), 1), qty)
        second &= part < qty
        never = second & (rng.random(len(skus)) < SHORT_CLOSED)
        extra = np.where(~second & (rng.random(len(skus)) < OVER_DELIVERED), supplier.pack, 0)
        balance = arrival + 4 + int(rng.exponential(9))
        if arrival < PAST_DAYS:
            settled = np.where(never, qty, part)
            self.arrivals[arrival].append((po, lines, skus, part + extra, settled))
            if balance < PAST_DAYS:
                rest = second & ~never
                if rest.any():
                    left = (qty - part)[rest]
                    self.arrivals[balance].append((po, lines[rest], skus[rest], left, left))
                status = "closed"
            elif (second & ~never).any():
                for line in lines[second].tolist():
                    self.po_line_expected[po, line] = balance
            else:
                status = "closed"
        self.po.append((number, day, promised, expected, status))

    def order_announced(self):
        """The lamp that was announced: one purchase order, confirmed, larger than what was sold ahead so far."""
        skus = np.flatnonzero(self.catalogue.family == ANNOUNCED_LAMP)
        qty = np.ceil(self.truth.rate[skus] * self.units_a_line[skus] * 75).astype(np.int64) + 10
        cost = self.catalogue.cost[skus]
        lines = np.arange(1, len(skus) + 1)
        self.po_lines.add(po=np.full(len(skus), len(self.po)), line=lines, sku=skus, qty=qty, cost=cost)
        self.po.append((int(self.supplier_of[skus[0]]), self.day, ANNOUNCED_DUE, ANNOUNCED_DUE, "confirmed"))
        self.incoming[skus] += qty
        self.next_date[skus] = ANNOUNCED_DUE

    def draft_orders(self):
        """What the buyer has begun to write this week and not sent: it supplies nothing."""
        forgotten = np.flatnonzero(self.forgotten & (self.backlog > 0))
        for number in np.unique(self.supplier_of[forgotten])[:2]:
            skus = forgotten[self.supplier_of[forgotten] == number][:4]
            self.po_lines.add(
                po=np.full(len(skus), len(self.po)),
                line=np.arange(1, len(skus) + 1),
                sku=skus,
                qty=self.backlog[skus] + self.suppliers[number].minimum,
                cost=self.catalogue.cost[skus],
            )
            promised = PAST_DAYS - 1 + self.suppliers[number].quoted
            self.po.append((int(number), PAST_DAYS - 1, promised, promised, "draft"))

    # The end.

    def finish(self):
        w = self.waiting
        self.keep_waiting(w["kept"])
        w = self.waiting
        packed = self.packed.whole()
        orders = self.orders.whole()
        self.draft_orders()
        still_open = np.unique(np.concatenate((w["order"], packed["order"])))
        orders["flags"][~np.isin(orders["order"], still_open)] |= ALL_GONE
        truth = self.truth
        truth.open_order, truth.open_line = w["order"], w["line"]
        truth.open_chance = cancel_hazard.chance_within(
            14,
            w["strength"].astype(float),
            waited=PAST_DAYS - w["placed"].astype(np.int64),
            past_promise=PAST_DAYS - w["promise"].astype(np.int64),
            days_to_last_date=w["last"].astype(np.int64) - PAST_DAYS,
        )
        truth.expected_cancels, truth.real_cancels = self.expected_cancels, self.real_cancels
        po = list(zip(*self.po, strict=True))
        purchase_lines = self.po_lines.whole()
        purchase_lines["expected"] = np.full(len(purchase_lines["po"]), -1)
        # Purchase orders were placed one after the other, so their lines stand sorted by order and number.
        key = purchase_lines["po"].astype(np.int64) * 64 + purchase_lines["line"]
        for (number, line), day in self.po_line_expected.items():
            purchase_lines["expected"][np.searchsorted(key, number * 64 + line)] = day
        return World(
            size=self.size,
            seed=self.seed,
            today=self.today,
            whole_days=self.plan.whole_days,
            stock_days=self.plan.stock_days,
            backordered=int((w["need"] > 0).sum()),
            waiting_by_day=self.waiting_by_day,
            catalogue=self.catalogue,
            customers=self.customers,
            supplier_of=self.supplier_of,
            former_supplier_of=self.former_supplier_of,
            orders=orders,
            lines=self.lines.whole(),
            shipments=_parcels(self.shipments.whole()),
            cancellations=self.cancellations.whole(),
            purchase_orders=dict(
                zip(("supplier", "ordered", "promised", "expected"), map(np.array, po[:4]), strict=True), status=po[4]
            ),
            purchase_lines=purchase_lines,
            receipts=self.received.whole(),
            on_hand=self.shelf,
            stock_history=self.history,
            truth=truth,
        )


def _parcels(shipments):
    """Shipments by order, line and day, with what left of a line on one day as one."""
    order = np.lexsort((shipments["day"], shipments["line"], shipments["order"]))
    rows = {name: column[order] for name, column in shipments.items()}
    begins = [_begins(rows[name]) for name in ("order", "line", "day")]
    first = np.flatnonzero(np.logical_or.reduce(begins))
    return {name: column[first] for name, column in rows.items()} | {"qty": np.add.reduceat(rows["qty"], first)}


def _running(sku, qty):
    """The total of each line's SKU up to and with the line, in the order of the rows."""
    order = np.argsort(sku, kind="stable")
    total, first = np.cumsum(qty[order]), _begins(sku[order])
    before = np.maximum.accumulate(np.where(first, total - qty[order], 0)) if len(sku) else total
    result = np.empty(len(sku), dtype=np.int64)
    result[order] = total - before
    return result


def _begins(column):
    """Where a value of a sorted column stands for the first time."""
    begins = np.ones(len(column), dtype=bool)
    np.not_equal(column[1:], column[:-1], out=begins[1:])
    return begins
