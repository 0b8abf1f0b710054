"""Why a line waits, as somebody knows it who knows better than the facts."""

from __future__ import annotations

from dashboard.domain.order_lines import LineUnits
from dashboard.domain.refusals import Refused

CAUSE_NAMES = {
    "planned": "Planned",
    "not-ordered": "Not ordered",
    "supplier-late": "Supplier late",
    "demand-spike": "Demand spike",
    "low-stock": "Low safety stock",
    "unknown": "Unknown",
}
AS_FOUND = "as the facts say"


class CauseCorrectionRefused(Refused):
    """A cause that cannot be set so."""


def correct(line: LineUnits, *, before: str | None, to: str | None) -> None:
    """Whether a line's cause may be set, or left to the facts again (None)."""
    if line.open == 0:
        raise CauseCorrectionRefused(f"Nothing of {line.name} is open any more.", "It waits for no reason.")
    if to is not None and to not in CAUSE_NAMES:
        raise CauseCorrectionRefused("That is no cause.", "Choose one of those offered.", field="cause")
    if to == before:
        raise CauseCorrectionRefused(
            f"The cause of {line.name} is {cause_in_words(before)} already.", "Choose another one.", field="cause"
        )


def cause_in_words(cause: str | None) -> str:
    """A cause within a sentence."""
    return AS_FOUND if cause is None else f"“{CAUSE_NAMES[cause]}”"


def corrected_in_words(line: LineUnits, *, to: str | None) -> str:
    """What was corrected."""
    return f"The cause of {line.name} is {cause_in_words(to)} now."
