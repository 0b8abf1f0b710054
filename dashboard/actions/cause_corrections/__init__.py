"""Why a line waits, corrected by staff."""
