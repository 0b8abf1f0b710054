"""Something is offered so that a customer stays; or taken back before it was mailed."""
