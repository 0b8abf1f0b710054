"""A customer's personal data is taken away."""
