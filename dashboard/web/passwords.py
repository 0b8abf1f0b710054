"""Which passwords the desk accepts."""

from __future__ import annotations

from itertools import pairwise

SHORTEST_PASSWORD = 8
# Long enough for any sentence; beyond it hashing is only a way to keep the machine busy.
LONGEST_PASSWORD = 200
FEWEST_DIFFERENT_CHARACTERS = 4

# The heads of what guessing programs try first; anything that only decorates them is refused as well.
GUESSED_FIRST = (
    "password",
    "passwort",
    "passw0rd",
    "p@ssw0rd",
    "qwerty",
    "qwertz",
    "azerty",
    "letmein",
    "welcome",
    "iloveyou",
    "admin",
    "administrator",
    "football",
    "baseball",
    "dragon",
    "sunshine",
    "princess",
    "monkey",
    "superman",
    "trustno1",
    "backorder",
    "backorderdesk",
    "changeme",
    "secret",
    "asdfgh",
    "asdfghjkl",
    "1q2w3e4r",
    "abc123",
)
RUNS = ("01234567890123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop")
DECORATION = "0123456789!?.,-_*#$%&@ "


def password_faults(password: str, *, email: str = "") -> list[str]:
    """Why a password is not accepted, as sentences; none where it is."""
    if len(password) < SHORTEST_PASSWORD:
        return [f"The password needs at least {SHORTEST_PASSWORD} characters."]
    if len(password) > LONGEST_PASSWORD:
        return [f"The password may have at most {LONGEST_PASSWORD} characters."]
    if _is_obvious(password.casefold(), email.casefold()):
        return ["That password is among the first that are guessed; take three or four words of your own."]
    return []


def _is_obvious(password: str, email: str) -> bool:
    if len(set(password)) < FEWEST_DIFFERENT_CHARACTERS:
        return True
    if any(password in run or password in run[::-1] for run in RUNS):
        return True
    core = password.strip(DECORATION)
    names = {part for part in (email, email.partition("@")[0]) if part}
    return core in GUESSED_FIRST or password in names or core in names or (not core and _is_counted(password))


def _is_counted(digits: str) -> bool:
    """Whether only digits and signs are there, in equal steps: 12345678, 11112222 is not."""
    steps = {ord(after) - ord(before) for before, after in pairwise(digits)}
    return len(steps) == 1
