"""A message that a mail server took came back: the customer never read it."""
