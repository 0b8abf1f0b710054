"""Deliveries: what a supplier's van brings for a purchase order, taken in at once."""
