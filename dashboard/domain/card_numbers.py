"""Whole card numbers, found in order to be kept out."""

from __future__ import annotations

import re

# Digits with nothing but blanks and hyphens between them, 14 or more; what people put between a card's groups.
_GAP = r"[ \t\u00a0\u2007\u202f\u2010-\u2013\u2212-]"
_RUN = re.compile(rf"[0-9](?:{_GAP}*[0-9]){{13,}}")
_GROUP = re.compile(r"[0-9]+")
SHORTEST, LONGEST = 14, 19

# First digits of each issuer and the lengths of its cards (ISO/IEC 7812 ranges as the networks publish them).
# Each range is (from, to) over the same number of leading digits.
_LONG = frozenset(range(16, 20))
ISSUERS: tuple[tuple[int, int, frozenset[int]], ...] = (
    (4, 4, frozenset({16, 19})),  # Visa
    (51, 55, frozenset({16})),  # Mastercard
    (2221, 2720, frozenset({16})),  # Mastercard
    (34, 34, frozenset({15})),  # American Express
    (37, 37, frozenset({15})),  # American Express
    (300, 305, frozenset(range(14, 20))),  # Diners Club
    (3095, 3095, frozenset(range(14, 20))),  # Diners Club
    (36, 36, frozenset(range(14, 20))),  # Diners Club
    (38, 39, frozenset(range(14, 20))),  # Diners Club
    (3528, 3589, _LONG),  # JCB
    (6011, 6011, _LONG),  # Discover
    (644, 649, _LONG),  # Discover
    (65, 65, _LONG),  # Discover, RuPay
    (62, 62, _LONG),  # UnionPay
    (81, 81, _LONG),  # UnionPay, RuPay
    (82, 82, frozenset({16})),  # RuPay
    (60, 60, frozenset({16})),  # RuPay
    (2200, 2204, _LONG),  # Mir
    (50, 50, frozenset(range(14, 20))),  # Maestro
    (56, 58, frozenset(range(14, 20))),  # Maestro
    (63, 63, frozenset(range(14, 20))),  # Maestro
    (67, 67, frozenset(range(14, 20))),  # Maestro
)


def holds_card_number(text: str) -> bool:
    """Whether a whole card number stands somewhere in the text: an issuer's range of that length, and Luhn's check."""
    return any(_of_groups(_GROUP.findall(run.group())) for run in _RUN.finditer(text))


def may_hold_card_number(text: str) -> bool:
    """Whether it is worth looking closer: fourteen digits with nothing but blanks and hyphens between them."""
    return _RUN.search(text) is not None


def is_card_number(digits: str) -> bool:
    """Whether these digits, taken alone, are a whole card number."""
    if not SHORTEST <= len(digits) <= LONGEST:
        return False
    return any(
        len(digits) in lengths and low <= int(digits[: len(str(low))]) <= high for low, high, lengths in ISSUERS
    ) and _passes_luhn(digits)


def _of_groups(groups: list[str]) -> bool:
    """Neighbouring groups may be other numbers, an expiry date for example: each stretch of groups is tried."""
    for start in range(len(groups)):
        digits = ""
        for group in groups[start:]:
            digits += group
            if len(digits) > LONGEST:
                break
            if is_card_number(digits):
                return True
    return False


def _passes_luhn(digits: str) -> bool:
    """The check digit of ISO/IEC 7812-1, annex B."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
