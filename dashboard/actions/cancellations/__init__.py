"""The rest of a line, or of an order, is cancelled."""
