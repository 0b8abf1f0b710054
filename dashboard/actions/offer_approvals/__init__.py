"""Somebody with the right lets an offer above another one's limit go out, or does not."""
