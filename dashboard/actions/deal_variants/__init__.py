"""Ways of dealing supply out again: kept under a name, and changed."""
