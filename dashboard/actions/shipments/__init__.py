"""What is reserved of a line, or of an order, leaves."""
