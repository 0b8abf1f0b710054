"""Ways of dealing supply out again that are run on a schedule: set, paused, resumed, and carried out."""
