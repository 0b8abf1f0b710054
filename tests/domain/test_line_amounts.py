"""What parts and units of a line are worth: whatever the steps, they sum to the line."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dashboard.domain.line_amounts import (
    Amounts,
    LineMoney,
    of_line,
    of_parts,
    of_units,
    shares,
    shipping_shares,
    summed,
)
from dashboard.domain.order_lines import PartUnits

CENT = 10_000
MICROS = st.integers(0, 10**13)
WEIGHTS = st.lists(st.integers(0, 10_000), min_size=1, max_size=20)


@given(MICROS, WEIGHTS, st.sampled_from((1, CENT, 1_000_000)))
def test_shares_sum_to_the_total_and_are_whole_coins_where_it_is(total, weights, coin):
    given_out = shares(total, weights, coin=coin)
    assert sum(given_out) == total
    assert total % coin or not any(share % coin for share in given_out)
    step = coin if total % coin == 0 else 1
    if any(weights):
        exact = [total * weight / sum(weights) for weight in weights]
        assert all(abs(share - wanted) <= step + 1 for share, wanted in zip(given_out, exact, strict=True))


@given(st.lists(st.integers(1, 50), min_size=1, max_size=8), MICROS, MICROS, st.data())
def test_parts_and_the_units_of_a_part_sum_to_the_line(quantities, tax, discount, data):
    qty = sum(quantities)
    line = LineMoney(unit_price=19_990_000, discount=discount, tax=tax, shipping=None, coin=CENT)
    parts = [PartUnits(number, qty, 0, 0) for number, qty in enumerate(quantities, start=1)]
    amounts = of_parts(line, parts)
    assert summed(amounts) == Amounts(of_line(line, qty).goods, tax, None)
    steps, gone = [], 0
    while gone < quantities[0]:
        some = data.draw(st.integers(1, quantities[0] - gone))
        steps.append(of_units(amounts[0], quantities[0], gone=gone, units=some, coin=CENT))
        gone += some
    assert summed(steps) == amounts[0]


def test_shipping_goes_by_the_value_of_the_goods_and_by_units_where_a_price_is_not_known():
    assert shipping_shares(10 * CENT, [(1, 3), (1, 7)], coin=CENT) == (3 * CENT, 7 * CENT)
    assert shipping_shares(10 * CENT, [(1, 3), (4, None)], coin=CENT) == (2 * CENT, 8 * CENT)
    assert shipping_shares(None, [(1, 3)], coin=CENT) == (None,)
