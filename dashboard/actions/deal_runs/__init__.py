"""Runs that deal supply out again: asked for, simulated, committed, undone."""
