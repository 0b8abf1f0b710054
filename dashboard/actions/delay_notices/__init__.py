"""Customers are told that goods come later than they were told before."""
