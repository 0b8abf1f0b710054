"""Receipts: goods come in for a line of a purchase order, or turn out not to have come."""
