"""Units that planning may not move: fixed to a line, or picked for it."""
