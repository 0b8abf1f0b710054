"""Calls that customers were promised."""
