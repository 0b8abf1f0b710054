"""A merchant sets a rule of the house: who is served first, what may be given, how long things are kept."""
