"""Dates of purchase orders: a supplier says another day."""
