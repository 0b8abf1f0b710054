"""What the desk holds of one customer."""
