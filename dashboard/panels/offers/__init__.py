"""Offers: what customers are offered so that they stay, what waits to be allowed, and how it ended."""
