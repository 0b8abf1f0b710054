"""A hold or a tie ends, and planning may deal its units again."""
