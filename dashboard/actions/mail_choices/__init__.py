"""Somebody chooses which news they are mailed, and when."""
