"""The rules of the house: what each means, what it is, and who changed it."""
