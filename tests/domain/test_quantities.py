"""Units in sentences."""

from __future__ import annotations

from dashboard.domain.quantities import named


def test_an_order_is_named_once_with_all_its_units():
    assert named([("10482", 6), ("10529", 1), ("10482", 2)]) == "8 for order 10482, 1 for 10529"


def test_orders_that_are_not_named_are_counted():
    four = [(str(number), 1) for number in range(4)]
    assert named(four) == "1 for order 0, 1 for 1, 1 for 2 and 1 more order"
    assert named(four[:1], more=2) == "1 for order 0 and 2 more orders"
