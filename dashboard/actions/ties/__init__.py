"""A waiting quantity bound to one purchase-order line."""
