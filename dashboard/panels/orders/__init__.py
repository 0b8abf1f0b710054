"""One order, one line: where each unit stands, why, and until when; and finding an order."""
