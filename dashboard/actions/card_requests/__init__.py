"""A customer is asked for another card, or another means of payment."""
