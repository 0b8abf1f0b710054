"""The priority class of an order."""
