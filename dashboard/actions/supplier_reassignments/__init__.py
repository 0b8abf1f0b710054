"""Units that were to come from one supplier come from another."""
