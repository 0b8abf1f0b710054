"""Receiving: what a scanner finds, what should come today, and what came last."""
