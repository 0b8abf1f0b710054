"""Supply dealt out again: the ways that are kept, the runs, and what each would do or did."""
