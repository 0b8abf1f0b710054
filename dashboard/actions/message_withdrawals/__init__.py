"""A message that has not left is taken out of the outbox."""
