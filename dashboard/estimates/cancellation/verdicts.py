"""What became of an attempt to learn."""

IN_FORCE = "in-force"  # it scores, until a later one does
NO_SIGNAL = "no-signal"  # nothing tells who leaves: the base rate is shown
WORSE = "worse"  # the one before it does better on the same fortnights, and stays
TOO_LITTLE = "too-little"  # too few customers have cancelled yet

VERDICTS = (IN_FORCE, NO_SIGNAL, WORSE, TOO_LITTLE)
SCORING = (IN_FORCE, NO_SIGNAL)
