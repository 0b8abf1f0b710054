"""A pick list that somebody has walked: what was reserved is out of its shelf and on the way to its parcel."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.domain.quantities import named, units
from dashboard.domain.refusals import Refused

PICKED_AT_MOST = 100  # rows of one list: more than anybody carries at once, and still an address that a server takes


class PickRefused(Refused):
    """A list of which nothing can be marked as picked."""


def refuse_wrong_rows(*, asked: int, standing: int) -> None:
    """A list has rows, not more than somebody walks at once, and something of it is still reserved and not picked."""
    if asked > PICKED_AT_MOST:
        raise PickRefused(
            f"{asked} rows are too many for one list.", f"Mark at most {PICKED_AT_MOST} at once.", field="rows"
        )
    if not asked:
        raise PickRefused("No row is ticked.", "Tick what you have picked.", field="rows")
    if not standing:
        raise PickRefused("Nothing of this is reserved and not picked yet.", "Read the list again.", field="rows")


def picked_in_words(picked: Sequence[tuple[str, int]], *, lines: int, gone: int) -> str:
    """What is held for its parcel from now on; `gone` rows of the list were no longer there to pick."""
    qty = sum(some for _, some in picked)
    words = f"{units(qty)} of {lines} line{'' if lines == 1 else 's'} picked: {named(picked)}. "
    words += "Nobody else gets them; ship them once they are packed."
    if gone:
        words += f" {gone} row{'' if gone == 1 else 's'} of the list had gone to others meanwhile."
    return words
