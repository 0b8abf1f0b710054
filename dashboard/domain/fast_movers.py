"""How fast a SKU sells, how much of it should stand on the shelf, and how it stands against that."""

import math
from dataclasses import dataclass

import numpy as np

from dashboard.domain.columns import NEVER, NONE, known

DEMAND_DAYS = 90  # the whole days before today over which demand is counted
NINETY_FIVE_PERCENT = 1.6449  # z of the normal distribution: the service level unless a SKU's class says otherwise
ORDER_DAYS = 30  # an order fills up to the reorder point and covers so many days beyond it

STATUSES = ("out", "below", "soon", "ok", "idle")  # the most pressing first
OUT, BELOW, SOON, OK, IDLE = range(5)
PRESSING = STATUSES[:SOON]  # nothing there, or less than there should be

PRESSING_SKUS = "pressing_skus"  # the figure of the daily snapshot: how many SKUs are out or below their point

# Broken figures are sorted by as whole numbers of millionths.
MILLIONTHS = 1_000_000
UNKNOWN_FIRST, UNKNOWN_LAST = -1, NEVER


class StockRuleRefused(ValueError):
    """Stock rules cannot be computed from these numbers; the message says which."""


def demand(units, squares, selling_days):
    """Units a day and their standard deviation (n − 1) over the days when the SKU could be bought, zeros included.

    `units` and `squares` are the sum, and the sum of the squares, of the units ordered on each of those days.
    Both are None where there was no such day; the spread of a single day is 0.
    """
    if selling_days <= 0:
        return None, None
    spread = (squares - units * units / selling_days) / (selling_days - 1) if selling_days > 1 else 0.0
    return units / selling_days, math.sqrt(max(spread, 0.0))


def safety_stock(*, demand_per_day, demand_sd, lead_days, lead_sd, z=NINETY_FIVE_PERCENT):
    """z · √(L·σ_d² + d²·σ_L²), rounded up to whole units: what covers the spread of demand and of lead time
    (Silver, Pyke and Thomas, Inventory and Production Management in Supply Chains, chapter 7).
    """
    for name, number in (
        ("Demand", demand_per_day),
        ("The spread of demand", demand_sd),
        ("Lead time", lead_days),
        ("The spread of lead time", lead_sd),
        ("The service level", z),
    ):
        if number < 0:
            raise StockRuleRefused(f"{name} is {number}; it cannot be negative.")
    return int(whole_units(z * math.sqrt(lead_days * demand_sd**2 + demand_per_day**2 * lead_sd**2)))


def reorder_point(*, demand_per_day, lead_days, safety, extra_units=0):
    """The stock at which to order again: what sells within the lead time, the safety stock, and what known events
    add; rounded up to whole units. Of one SKU, or of columns of them.
    """
    if any(np.any(np.asarray(amount) < 0) for amount in (demand_per_day, lead_days, safety, extra_units)):
        raise StockRuleRefused("Demand, lead time, safety stock and extra units cannot be negative.")
    return whole_units(demand_per_day * lead_days + safety + extra_units)


def whole_units(amount):
    """Rounds up to whole units, forgiving the last bits of a floating-point sum (3.0000000001 is 3)."""
    return np.ceil(np.round(amount, 9)).astype(np.int64)


def is_within_lead_time(starts_in, ends_in, lead_days):
    """Whether an event, so many days from today, has a day on which what is ordered today may not have come yet."""
    return (ends_in >= 0) & (starts_in <= lead_days)


@dataclass(frozen=True, slots=True)
class Shelf:
    """Units of each SKU: counted, held for named lines, to come, and waited for. `on_hand` is NONE where nobody ever
    counted: then nothing can be reserved, and the rules take it for empty.
    """

    on_hand: np.ndarray
    reserved: np.ndarray
    incoming: np.ndarray
    backordered: np.ndarray


@dataclass(frozen=True, slots=True)
class Rules:
    """What each SKU's reorder point rests on; NONE where it is not known."""

    units: np.ndarray  # ordered over the 90 days
    selling_days: np.ndarray
    lead_days: np.ndarray  # of all `lead_receipts` together; as quoted where there are none
    lead_receipts: np.ndarray
    extra_units: np.ndarray  # that events add within the lead time
    safety_stock: np.ndarray  # computed, as the next are typed
    typed_safety_stock: np.ndarray
    typed_reorder_point: np.ndarray
    min_order_qty: np.ndarray
    pack_size: np.ndarray


@dataclass(frozen=True, slots=True)
class Stand:
    """How each SKU stands; whole numbers, NONE where one is not known."""

    available: np.ndarray
    demand_order: np.ndarray  # demand a day in millionths, unknown before none
    cover_order: np.ndarray  # days of cover in millionths, unknown last: nothing runs out there
    lead_order: np.ndarray  # lead time in millionths of a day, unknown first
    safety_stock: np.ndarray
    reorder_point: np.ndarray
    position: np.ndarray
    suggested_order: np.ndarray
    status: np.ndarray  # places in STATUSES


def stand(shelf: Shelf, rules: Rules) -> Stand:
    """How SKUs stand against their reorder points, what to order, and how pressing that is."""
    is_sold, is_led = rules.selling_days > 0, known(rules.lead_days)
    selling_days, lead_receipts = np.maximum(rules.selling_days, 1), np.maximum(rules.lead_receipts, 1)
    per_day = np.where(is_sold, rules.units / selling_days, 0.0)
    has_demand = is_sold & (rules.units > 0)
    lead_days = np.where(is_led, rules.lead_days, 0)
    lead = lead_days / lead_receipts

    safety = np.where(known(rules.typed_safety_stock), rules.typed_safety_stock, rules.safety_stock)
    computable = is_sold & is_led & known(safety)
    computed = reorder_point(
        demand_per_day=per_day, lead_days=lead, safety=np.where(computable, safety, 0), extra_units=rules.extra_units
    )
    point = np.where(computable, computed, NONE)
    point = np.where(known(rules.typed_reorder_point), rules.typed_reorder_point, point)

    on_hand = np.where(known(shelf.on_hand), shelf.on_hand, 0)
    available = np.maximum(on_hand - shelf.reserved, 0)
    position = on_hand + shelf.incoming - shelf.reserved - shelf.backordered
    is_below = known(point) & (position < point)
    wanted = whole_units(np.where(is_below, point, 0) + per_day * ORDER_DAYS - position)
    wanted = np.maximum(wanted, rules.min_order_qty)
    pack = np.maximum(rules.pack_size, 1)
    suggested = np.where(is_below, -(-wanted // pack) * pack, 0)

    # In whole numbers: a cover of just the lead time is not under it, whatever the last bits say.
    units = np.where(has_demand, rules.units, 1)
    sells_out_sooner = available * selling_days * lead_receipts < lead_days * units
    status = np.select(
        (
            (available == 0) & (has_demand | (shelf.backordered > 0)),
            is_below,
            has_demand & is_led & sells_out_sooner,
            ~has_demand,
        ),
        (OUT, BELOW, SOON, IDLE),
        OK,
    )
    return Stand(
        available,
        np.where(is_sold, _millionths(per_day), UNKNOWN_FIRST),
        np.where(has_demand, _millionths(available * selling_days / units), UNKNOWN_LAST),
        np.where(is_led, _millionths(lead), UNKNOWN_FIRST),
        safety,
        point,
        position,
        suggested,
        status,
    )


def _millionths(amount):
    return np.rint(amount * MILLIONTHS).astype(np.int64)
