"""When a customer's personal data may be taken away."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from dashboard.domain.refusals import Refused


class ErasureRefused(Refused):
    """A customer cannot be erased; the message says why."""


def refuse_erasure(*, erased_on: date | None, came_back: bool, lines: int, although_open: bool) -> None:
    """Nobody is erased twice, nor while goods are owed to them, unless that is said."""
    if erased_on is not None and not came_back:
        raise ErasureRefused(f"This customer was erased on {erased_on.isoformat()} already.")
    if lines and not although_open:
        raise ErasureRefused(
            f"{lines} line{' is' if lines == 1 else 's are'} still open: without an address nobody can be told of "
            f"{'it' if lines == 1 else 'them'}.",
            "Ship or cancel what is open first, or tick that it is wanted all the same.",
            field="although_open",
        )


def erased_in_words(name: str, counts: Mapping[str, int], lines: int) -> str:
    """What an erasure took, and what stays."""
    emptied = ", ".join(
        f"{counts[what]} {one if counts[what] == 1 else one + 's'}"
        for what, one in (("messages", "message"), ("notes", "note"))
    )
    still = f" {lines} line{' stays' if lines == 1 else 's stay'} open." if lines else ""
    return f"{name} is erased: name, addresses, card, {emptied}. Orders, amounts and the history stay.{still}"
