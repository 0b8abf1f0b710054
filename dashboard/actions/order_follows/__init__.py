"""Orders that somebody follows: from now on, seen up to now, no longer."""
