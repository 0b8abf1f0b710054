"""How fast a SKU sells, and how much of it should stand on the shelf."""

import math

DEMAND_DAYS = 90  # the whole days before today over which demand is counted
NINETY_FIVE_PERCENT = 1.6449  # z of the normal distribution: the service level unless a SKU's class says otherwise


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
    ):
        if number < 0:
            raise StockRuleRefused(f"{name} is {number}; it cannot be negative.")
    return whole_units(z * math.sqrt(lead_days * demand_sd**2 + demand_per_day**2 * lead_sd**2))


def reorder_point(*, demand_per_day, lead_days, safety, extra_units=0):
    """The stock at which to order again: what sells within the lead time, the safety stock, and what known events
    add; rounded up to whole units.
    """
    if demand_per_day < 0 or lead_days < 0 or safety < 0 or extra_units < 0:
        raise StockRuleRefused("Demand, lead time, safety stock and extra units cannot be negative.")
    return whole_units(demand_per_day * lead_days + safety + extra_units)


def whole_units(amount):
    """Rounds up to whole units, forgiving the last bits of a floating-point sum (3.0000000001 is 3)."""
    return math.ceil(round(amount, 9))
