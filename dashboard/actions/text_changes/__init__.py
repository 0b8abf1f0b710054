"""A merchant writes a letter or an answer to customers anew."""
