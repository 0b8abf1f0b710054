"""What is true of orders, stock and promises: pure functions over plain values and numpy columns.

No Flask, no SQLAlchemy, no clock: whoever calls hands in the facts and the day.
"""
