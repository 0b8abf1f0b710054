"""Files in: what came, when, who loaded it, what was said of it, and how old the newest of each kind is."""
