"""Why the shelf was empty."""

import numpy as np
import pytest

from dashboard.domain.causes import CAUSES, NOT_SET, find_causes, is_low, is_spike
from dashboard.domain.fast_movers import StockRuleRefused, demand, reorder_point, safety_stock
from dashboard.domain.lead_times import lead_time


def cause(**facts):
    cells = {
        "by_staff": NOT_SET, "planned": False, "unmet": 0, "overdue": False, "dropship": False, "spike": False,
        "low_stock": False,
    } | facts  # fmt: skip
    return CAUSES[int(find_causes(**{name: np.array([cell]) for name, cell in cells.items()})[0])]


def test_the_first_cause_that_applies_counts():
    everything = {"planned": True, "unmet": 3, "overdue": True, "spike": True, "low_stock": True}
    for name in ("planned", "unmet", "overdue", "spike", "low_stock"):
        assert (
            cause(**everything)
            == {
                "planned": "planned",
                "unmet": "not-ordered",
                "overdue": "supplier-late",
                "spike": "demand-spike",
                "low_stock": "low-stock",
            }[name]
        )
        everything[name] = False
    assert cause(**everything) == "unknown"


def test_what_staff_set_wins():
    assert cause(planned=True, by_staff=CAUSES.index("supplier-late")) == "supplier-late"


def test_a_drop_shipped_line_never_met_the_shelf():
    assert cause(dropship=True, spike=True, low_stock=True) == "unknown"
    assert cause(dropship=True, overdue=True) == "supplier-late"


def test_a_spike_is_more_than_two_standard_deviations_of_a_fortnight():
    # One unit a day on each of 90 days: no spread, 14 units are usual and 15 are not.
    assert not is_spike(14, 90, 90)
    assert is_spike(15, 90, 90)
    # 90 units on 9 days of 10: mean 1, sd √(810/89) = 3.0168; the mark is 14 + 2·√14·3.0168 = 36.58.
    assert not is_spike(36, 90, 900)
    assert is_spike(37, 90, 900)


def test_low_stock_needs_a_typed_and_a_computed_one():
    assert is_low(4, 5)
    assert not is_low(5, 5)
    assert not is_low(None, 5)
    assert not is_low(4, None)


def test_safety_stock_is_the_textbook_formula_rounded_up():
    # z · √(L·σ_d² + d²·σ_L²) = 1.6449 · √(9·4 + 25·4) = 1.6449 · 11.6619 = 19.18
    assert safety_stock(demand_per_day=5, demand_sd=2, lead_days=9, lead_sd=2) == 20
    assert safety_stock(demand_per_day=5, demand_sd=0, lead_days=9, lead_sd=0) == 0


def test_a_reorder_point_without_variability_is_the_demand_of_the_lead_time():
    assert reorder_point(demand_per_day=2.5, lead_days=10, safety=0) == 25


def test_negative_input_is_refused_by_name():
    with pytest.raises(StockRuleRefused, match="spread of lead time"):
        safety_stock(demand_per_day=5, demand_sd=2, lead_days=9, lead_sd=-1)
    with pytest.raises(StockRuleRefused):
        reorder_point(demand_per_day=-1, lead_days=9, safety=1)


def test_demand_is_counted_over_selling_days_zeros_included():
    per_day, sd = demand(units=568, squares=568**2, selling_days=90)  # all on one day
    assert (round(per_day, 4), round(sd, 4)) == (6.3111, 59.8725)
    assert demand(0, 0, 0) == (None, None)


def test_lead_time_is_the_skus_own_then_the_suppliers_then_the_quoted():
    five, many = (5, 50, 510), (20, 400, 8100)
    assert lead_time(of_sku=five, of_supplier=many, quoted=7) == (10.0, pytest.approx(1.5811, abs=1e-4))
    assert lead_time(of_sku=(4, 40, 400), of_supplier=many, quoted=7)[0] == 20.0
    assert lead_time(of_sku=(4, 40, 400), of_supplier=(4, 40, 400), quoted=7) == (7.0, 0.0)
    assert lead_time(of_sku=(0, 0, 0), of_supplier=(0, 0, 0), quoted=None) == (None, None)
