"""Stock counts: what stands on a shelf, as somebody counted it."""
