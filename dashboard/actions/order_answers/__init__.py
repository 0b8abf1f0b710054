"""Answers to customers who ask where their order is."""
