"""Whose a line is, and until when it is put away."""
