"""A drafted purchase order goes to its supplier."""
