"""One cell at a time: what a text must look like to be a date, a quantity, a price, a name.

A kind takes the shop's `Reading` and gives a function from a cell's text to its value: an integer as it is stored
(days, microseconds, millionths), a text, or None where the cell is empty. What cannot be read raises `CellRefused`
with a reason that staff can act on; a text is repeated in a reason only through `quoted`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from dashboard.database import day_number, instant_number
from dashboard.domain.card_numbers import holds_card_number

IDENTIFIER_LENGTH = 200  # so that the keys of the longest kit file fit into one page of a PostgreSQL index
TEXT_LENGTH = 500
TAGS_LENGTH = 4000
SHOWN_LENGTH = 60  # a fault is one line; what it repeats of a cell is cut after this many characters

# Bounds that keep sums within 64 bits: a line's value stays below 10^17 millionths (domain/columns adds them up).
MOST_UNITS = 1_000_000_000
MOST_MONEY = 1_000_000_000  # currency units in one price or amount
MICROS = 1_000_000
MOST_DAYS = 3650  # a quoted lead time of more than ten years is a slip of the pen
MOST_LINES = 2_147_483_647

# Dates outside are placeholders of other systems ("9999-12-31") or slips; both mean "not known".
FIRST_YEAR, LAST_YEAR = 1900, 2199

CARD_NUMBER = "looks like a whole card number; take it out of the file (it is not repeated here)"

_WHOLE = re.compile(r"[0-9]{1,18}")
_DECIMAL = re.compile(r"(-?)([0-9]*)(?:\.([0-9]*))?")
_ISO = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})"
    r"(?:[T ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:[.,]([0-9]{1,9}))?)?[ ]?(Z|[+-][0-9]{2}:?[0-9]{2})?)?",
    re.IGNORECASE,
)
_BOOLEANS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_OFFICIAL_CURRENCY = re.compile(r"[A-Za-z]{3}")

# The apostrophe that our own export puts before what a spreadsheet would run, and nothing else.
GUARDED_STARTS = ("'=", "'+", "'-", "'@", "'\t", "'\r")


class CellRefused(ValueError):
    """A cell that cannot be read; the message is the reason that the fault prints."""


@dataclass(frozen=True)
class Reading:
    """What a cell's meaning hangs on besides its text: the shop's zone and its day."""

    zone: ZoneInfo
    today: date


def quoted(text: str) -> str:
    """A cell's text as a fault may repeat it: one line, cut, and never a whole card number."""
    if holds_card_number(text):
        return "(a number that is not repeated)"
    shown = text if len(text) <= SHOWN_LENGTH else text[:SHOWN_LENGTH] + "…"
    return "'" + "".join(char if char.isprintable() else repr(char)[1:-1] for char in shown) + "'"


# Texts.


def identifier(reading: Reading) -> Callable[[str], str | None]:
    """The merchant's own string, taken as it stands."""
    return _text_of(IDENTIFIER_LENGTH)


def label(reading: Reading) -> Callable[[str], str | None]:
    """A short word that people filter by: a tier, a channel, a location."""
    return _text_of(IDENTIFIER_LENGTH)


def text(reading: Reading) -> Callable[[str], str | None]:
    """Free text."""
    return _text_of(TEXT_LENGTH)


def tags(reading: Reading) -> Callable[[str], str | None]:
    """`key:value` words, separated by blanks."""
    read = _text_of(TAGS_LENGTH)

    def read_tags(cell: str) -> str | None:
        value = read(cell)
        if value is not None and any(len(word) > IDENTIFIER_LENGTH for word in value.split()):
            raise CellRefused(f"a tag is longer than {IDENTIFIER_LENGTH} characters")
        return value

    read_tags.surely_fits = IDENTIFIER_LENGTH  # type: ignore[attr-defined]
    return read_tags


def _text_of(length: int) -> Callable[[str], str | None]:
    def read(cell: str) -> str | None:
        if not cell.strip():
            return None
        if "\x00" in cell:
            raise CellRefused("has a NUL character in it")
        if cell.startswith(GUARDED_STARTS):
            cell = cell[1:]
        if len(cell) > length:
            raise CellRefused(f"is longer than {length} characters")
        return cell

    read.surely_fits = length  # type: ignore[attr-defined]
    return read


def choice(*words: str) -> Callable[[Reading], Callable[[str], str | None]]:
    """One of a few words, in any case."""

    def kind(reading: Reading) -> Callable[[str], str | None]:
        def read(cell: str) -> str | None:
            word = cell.strip().lower()
            if not word:
                return None
            if word not in words:
                raise CellRefused(f"{quoted(cell)} is none of {', '.join(words)}")
            return word

        return read

    return kind


def currency(reading: Reading) -> Callable[[str], str | None]:
    """Three letters."""

    def read(cell: str) -> str | None:
        code = cell.strip()
        if not code:
            return None
        if not _OFFICIAL_CURRENCY.fullmatch(code):
            raise CellRefused(f"{quoted(cell)} is no currency; write its three letters, for example EUR")
        return code.upper()

    return read


def last_four(reading: Reading) -> Callable[[str], str | None]:
    """The last digits of a card, four at most."""

    def read(cell: str) -> str | None:
        digits = cell.strip()
        if not digits:
            return None
        if not (len(digits) <= 4 and _WHOLE.fullmatch(digits)):
            raise CellRefused("is not at most four digits")  # Whatever it is, it is not repeated.
        return digits

    return read


# Numbers.


def units(reading: Reading) -> Callable[[str], int | None]:
    """A quantity above zero."""
    return _whole(1, MOST_UNITS, "a whole number above 0")


def quantity(reading: Reading) -> Callable[[str], int | None]:
    """A quantity, zero among them."""
    return _whole(0, MOST_UNITS, "a whole number, 0 or more")


def days(reading: Reading) -> Callable[[str], int | None]:
    """A number of days."""
    return _whole(0, MOST_DAYS, f"a whole number of days, 0 to {MOST_DAYS}")


def line_number(reading: Reading) -> Callable[[str], int | None]:
    """The number of a line within its order."""
    return _whole(0, MOST_LINES, "a whole number, 0 or more")


def priority_class(reading: Reading) -> Callable[[str], int | None]:
    """A priority class; lower is served first."""
    return _whole(0, 999, "a whole number from 0 to 999")


def month(reading: Reading) -> Callable[[str], int | None]:
    """A month of the year."""
    return _whole(1, 12, "a month from 1 to 12")


def year(reading: Reading) -> Callable[[str], int | None]:
    """A year in four digits."""
    return _whole(1970, LAST_YEAR, f"a year in four digits, 1970 to {LAST_YEAR}")


def price(reading: Reading) -> Callable[[str], int | None]:
    """Money that cannot be below zero."""
    return _decimal(signed=False)


def amount(reading: Reading) -> Callable[[str], int | None]:
    """Money that may be below zero, as corrections of tax and discount are."""
    return _decimal(signed=True)


def boolean(reading: Reading) -> Callable[[str], bool | None]:
    """true or false, yes or no, 1 or 0."""

    def read(cell: str) -> bool | None:
        word = cell.strip().lower()
        if not word:
            return None
        if word not in _BOOLEANS:
            raise CellRefused(f"{quoted(cell)} is neither true nor false")
        return _BOOLEANS[word]

    return read


def _whole(low: int, high: int, what: str) -> Callable[[str], int | None]:
    def read(cell: str) -> int | None:
        digits = cell.strip()
        if not digits:
            return None
        if not _WHOLE.fullmatch(digits) or not low <= int(digits) <= high:
            if holds_card_number(digits):
                raise CellRefused(CARD_NUMBER)
            if high == MOST_UNITS and _WHOLE.fullmatch(digits) and int(digits) > high:
                raise CellRefused(f"{quoted(cell)} is more than {high:,}")
            raise CellRefused(f"{quoted(cell)} is not {what}")
        return int(digits)

    return read


def _decimal(*, signed: bool) -> Callable[[str], int | None]:
    def read(cell: str) -> int | None:
        number = cell.strip()
        if not number:
            return None
        parts = _DECIMAL.fullmatch(number)
        if parts is None or not (parts[2] or parts[3]):
            if holds_card_number(number):
                raise CellRefused(CARD_NUMBER)
            hint = "; write a decimal point and no thousands separator" if "," in number else ""
            raise CellRefused(f"{quoted(cell)} is no number{hint}")
        fraction = (parts[3] or "").rstrip("0")
        if len(fraction) > 6:
            raise CellRefused(f"{quoted(cell)} has more than 6 decimals")
        whole = parts[2].lstrip("0")
        if len(whole) > 10 or int(whole or 0) >= MOST_MONEY:
            raise CellRefused(CARD_NUMBER if holds_card_number(number) else f"is {MOST_MONEY:,} or more")
        micros = int(whole or 0) * MICROS + int(fraction.ljust(6, "0"))
        if parts[1] and micros:
            if not signed:
                raise CellRefused(f"{quoted(cell)} is below 0")
            return -micros
        return micros

    return read


# Dates and moments. A moment is read as (microseconds, the shop's day number).


def day(reading: Reading) -> Callable[[str], int | None]:
    """A date; of a time its date in the shop's zone."""
    read = moment(reading)
    return lambda cell: None if (value := read(cell)) is None else value[1]


def past_day(reading: Reading) -> Callable[[str], int | None]:
    """A date that has come."""
    read = past_moment(reading)
    return lambda cell: None if (value := read(cell)) is None else value[1]


def past_moment(reading: Reading) -> Callable[[str], tuple[int, int] | None]:
    """A moment that has come: a fact dated after the shop's day is none."""
    read = moment(reading)
    last = day_number(reading.today)

    def read_past(cell: str) -> tuple[int, int] | None:
        value = read(cell)
        if value is not None and value[1] > last:
            raise CellRefused(f"{quoted(cell)} is after today, {reading.today.isoformat()}")
        return value

    return read_past


def moment(reading: Reading) -> Callable[[str], tuple[int, int] | None]:
    """A date (its midnight in the shop's zone) or a time, with an offset or in the shop's zone."""
    zone = reading.zone

    @lru_cache(maxsize=4096)
    def midnight(year: int, month: int, day: int) -> tuple[int, int]:
        on = date(year, month, day)
        return instant_number(datetime.combine(on, time.min, tzinfo=zone).astimezone(UTC)), day_number(on)

    def read(cell: str) -> tuple[int, int] | None:
        stated = cell.strip()
        if not stated:
            return None
        parts = _ISO.fullmatch(stated)
        if parts is None:
            raise CellRefused(f"{quoted(cell)} is no date; write for example 2026-03-01 or 2026-03-01T14:30:00+01:00")
        try:
            on = int(parts[1]), int(parts[2]), int(parts[3])
            if not FIRST_YEAR <= on[0] <= LAST_YEAR:
                raise CellRefused(
                    f"{quoted(cell)} is not between {FIRST_YEAR} and {LAST_YEAR}; leave the cell empty if not known"
                )
            if parts[4] is None:
                return midnight(*on)
            seconds = int(parts[6] or 0), int((parts[7] or "").ljust(6, "0")[:6])
            local = datetime(*on, int(parts[4]), int(parts[5]), *seconds, tzinfo=_offset(parts[8]) or zone)
            return instant_number(local), day_number(local.astimezone(zone).date())
        except CellRefused:
            raise
        except (ValueError, OverflowError):
            raise CellRefused(f"{quoted(cell)} is no date of the calendar or no time of the day") from None

    return read


def _offset(stated: str | None) -> Any:
    """The zone of a written offset, or None where none is written."""
    if stated is None:
        return None
    if stated in "Zz":
        return UTC
    return datetime.strptime(stated.replace(":", ""), "%z").tzinfo
