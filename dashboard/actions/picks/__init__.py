"""Picks: a list of reserved units is out of its shelves, and held for its parcels."""
