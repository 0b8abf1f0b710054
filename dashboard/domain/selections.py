"""One act for many lines: each is done or refused by itself, and each says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.domain.refusals import Refused

# Each row is an act of its own, with its own plan; more of them would keep somebody waiting for a page.
SELECTED_AT_MOST = 100


class SelectionRefused(Refused):
    """A selection that no act is done to."""


@dataclass(frozen=True, slots=True)
class RowResult:
    """What became of one row of a selection."""

    order: str
    line_no: int | None  # None: the whole order
    customer: str
    said: str  # the notice, or why it was refused
    is_done: bool
    is_repeat: bool = False  # it had been done by the same form
    waits: bool = False  # somebody else must allow it first
    letter: str = ""  # what its customer reads


def refuse_wrong_size(count: int) -> None:
    """Whether a selection can be acted upon at once."""
    if count == 0:
        raise SelectionRefused("Nothing is selected.", "Select rows of a table first.")
    if count > SELECTED_AT_MOST:
        raise SelectionRefused(
            f"{count:,} are selected.", f"At most {SELECTED_AT_MOST} are acted upon at once: filter for fewer."
        )


def done_in_words(results: Sequence[RowResult], *, noun: str) -> str:
    """How many were done, how many of these wait for somebody else, and how many were not done."""
    done = sum(result.is_done for result in results)
    if not done:
        return f"Nothing was done: {len(results)} {noun}{' was' if len(results) == 1 else 's were'} refused."
    words = f"Done for {done} {noun}{'' if done == 1 else 's'}"
    if waiting := sum(result.waits for result in results):
        words += f"; {waiting} of them {'waits' if waiting == 1 else 'wait'} for approval"
    refused = len(results) - done
    return words + (f"; {refused} {'was' if refused == 1 else 'were'} refused." if refused else ".")
