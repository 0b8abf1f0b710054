"""A supplier confirms a purchase order, with its day."""
