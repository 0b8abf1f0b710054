"""Whether the desk itself is well: for whoever looks after it."""
