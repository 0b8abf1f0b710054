"""Notes about orders and lines."""
