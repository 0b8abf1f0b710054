"""The day on which a supplier says that ordered goods will come, when it moves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from dashboard.domain.quantities import NAMED_IN_A_SENTENCE
from dashboard.domain.refusals import Refused


class DateRefused(Refused):
    """A day that a supplier cannot have meant, or that moves nothing."""


@dataclass(frozen=True, slots=True)
class ExpectedLine:
    """A line of a purchase order as far as its dates go: each its own, or its order's."""

    line_no: int
    qty_open: int
    own_expected: date | None
    stated: date | None  # what counts now: expected before promised, the line's before its order's
    first_promise: date | None


@dataclass(frozen=True, slots=True)
class MovedLine:
    """What becomes of a line's dates."""

    line_no: int
    expected: date | None  # its own
    first_promise: date | None


def move(lines: Sequence[ExpectedLine], *, subject: str, to: date, whole: bool, today: date) -> tuple[MovedLine, ...]:
    """The dates of the lines that move: of one line, or of every open line of the `whole` purchase order.

    What was first promised stays, whatever is said later; a line that never had a date has this one for its first.
    """
    if to < today:
        raise DateRefused("That day has passed.", "Choose today or a later day.", field="to")
    open_lines = [line for line in lines if line.qty_open]
    if not open_lines:
        raise DateRefused(
            f"Nothing of {subject} is still to come.", "What came, or was cancelled, has no date to move."
        )
    if all(line.stated == to for line in open_lines):
        raise DateRefused(f"{subject} is expected on that day already.", "Choose another day.", field="to")
    return tuple(
        MovedLine(
            line.line_no,
            # Of a whole order the order's own date moves, and takes with it the lines that have none of their own.
            to if not whole or line.own_expected is not None else None,
            line.first_promise or to,
        )
        for line in open_lines
    )


def move_in_words(subject: str, *, moved: int, customers: int, to_tell: Sequence[str], more: int) -> str:
    """What the new day does: how many lines move, how many customers must be told, and of which orders; `more` orders
    stand beside those that are given.
    """
    words = f"{subject} has its new date. "
    if not moved:
        return words + "No waiting line moves."
    words += f"{moved} waiting line{'' if moved == 1 else 's'} move{'s' if moved == 1 else ''}; "
    if not to_tell:
        return words + "nobody must be told."
    orders = list(dict.fromkeys(to_tell))
    shown, rest = ", ".join(orders[:NAMED_IN_A_SENTENCE]), len(orders[NAMED_IN_A_SENTENCE:]) + more
    words += f"{customers} customer{'' if customers == 1 else 's'} must be told: "
    return words + f"order{'' if len(orders) + more == 1 else 's'} {shown}" + (f" and {rest} more." if rest else ".")
