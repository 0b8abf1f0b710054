"""Purchase orders: the drafts that are to be sent, and each order with what waits for it."""
