"""The customer wants fewer of a line."""
