"""One act for many lines."""
