"""Why the shelf was empty when a line met it."""

import math

import numpy as np

from dashboard.domain.fast_movers import demand

CAUSES = ("planned", "not-ordered", "supplier-late", "demand-spike", "low-stock", "unknown")
PLANNED, NOT_ORDERED, SUPPLIER_LATE, DEMAND_SPIKE, LOW_STOCK, UNKNOWN = range(6)
NOT_SET = -1  # staff named no cause of their own

SPIKE_DAYS = 14  # the days before the shelf emptied that may hold a spike
USUAL_DAYS = 90  # the days before those, to which it is compared


def find_causes(*, by_staff, planned, unmet, overdue, dropship, spike, low_stock):
    """The cause of each line's wait: what staff set, else the first that its facts say.

    `unmet` counts units without supply, `overdue` says that some unit is pegged to overdue supply, `spike` and
    `low_stock` are facts of the SKU. A drop-shipped line never met the shelf, so only its supplier can be a cause.
    """
    cause = np.select(
        (planned, unmet > 0, overdue, dropship, spike, low_stock),
        (PLANNED, NOT_ORDERED, SUPPLIER_LATE, UNKNOWN, DEMAND_SPIKE, LOW_STOCK),
        UNKNOWN,
    )
    return np.where(by_staff == NOT_SET, cause, by_staff)


def is_spike(recent_units, usual_units, usual_squares):
    """Whether demand on the 14 days before the shelf emptied stands out from the 90 days before those.

    That is: above 14 times the usual daily mean by more than 2·√14 daily standard deviations (the spread of a sum of
    14 independent days). `usual_units` and `usual_squares` sum the units of each of the 90 days, and their squares.
    """
    mean, sd = demand(usual_units, usual_squares, USUAL_DAYS)
    return recent_units > SPIKE_DAYS * mean + 2 * math.sqrt(SPIKE_DAYS) * sd


def is_low(typed, computed):
    """Whether the merchant keeps less safety stock than demand and lead time ask for; unknown counts as no."""
    return typed is not None and computed is not None and typed < computed
